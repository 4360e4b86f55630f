"""Nothing typed by a person reaches a page unescaped: what switches escaping off is counted by hand."""

import re

from tests.architecture.house import PRODUCT, modules, place, source, templates

UNESCAPED = re.compile(
    r"mark_safe|SafeString\(|SafeText|\|safe\b|\|safeseq\b|autoescape off|__html__|html_safe"
)
ALLOWED = {
    "templates/notices/mail/notice.txt": "plain text, where nothing is markup",
    "waiban/core/templatetags/icons.py": "drawings of the installed icon package and two constant attributes",
}
"""File → why it may call text safe."""


def test_escaping_is_switched_off_only_where_listed() -> None:
    found = {place(path) for path in (*modules(*PRODUCT), *templates()) if UNESCAPED.search(source(path))}
    assert found == set(ALLOWED)


def test_format_html_is_never_given_a_ready_string() -> None:
    """`format_html(f"…")` escapes nothing."""
    wrong = re.compile(r"format_html(?:_join)?\(\s*(?:f[\"']|[^\"'\s)]+\s*%|[^\"'\s)]+\.format\()")
    assert [place(path) for path in modules(*PRODUCT) if wrong.search(source(path))] == []
