"""The content security policy allows nothing inline, so no template and no script of ours may use it."""

import re
from pathlib import Path

import pytest
from django.conf import settings

INLINE = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "script without source": re.compile(
        r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE
    ),
    "javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "autoescape": re.compile(r"\|safe\b|autoescape off|mark_safe"),
}
FOLDERS = ("core", "accounts", "audit", "errors", "account", "components")
TEMPLATES = sorted(
    path for name in FOLDERS for path in (settings.BASE_DIR / "templates" / name).rglob("*.html")
)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_a_template_has_nothing_inline_and_never_switches_escaping_off(template: Path) -> None:
    text = template.read_text()
    assert [name for name, pattern in INLINE.items() if pattern.search(text)] == []


def test_the_script_of_drafts_touches_no_markup_and_stays_small() -> None:
    text = (settings.BASE_DIR / "static/js/draft.js").read_text()
    assert "innerHTML" not in text
    assert "localStorage" not in text
    assert len(text.encode()) < 10_000
