"""Files of the interface: small, in order, and free of what the content security policy forbids."""

import re
from pathlib import Path

import pytest
from django.conf import settings

STYLES = sorted(Path(settings.BASE_DIR, "static", "css").glob("*.css"))
SCRIPTS = sorted(Path(settings.BASE_DIR, "static", "js").glob("*.js"))
TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_stylesheet_stays_short_and_asks_no_other_host(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    assert text.count("{") == text.count("}")
    assert "@import" not in text
    assert not re.search(r"url\(['\"]?(https?:)?//", text)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_small_and_builds_no_code_from_text(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) < 10_000
    for forbidden in (
        "eval(",
        "new Function",
        "innerHTML",
        "document.write",
        ".setAttribute('style'",
        'setAttribute("style"',
    ):
        assert forbidden not in text


def test_no_template_writes_inline_style_handlers_or_scripts() -> None:
    found = []
    for path in TEMPLATES:
        text = re.sub(
            r"\{% comment %\}.*?\{% endcomment %\}", "", path.read_text(encoding="utf-8"), flags=re.S
        )
        if "/mail/" in path.as_posix():
            continue
        if re.search(r"\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|<style\b|<script(?![^>]*\bsrc=)", text):
            found.append(path.name)
    assert found == []


def test_red_means_late_or_wrong_and_nothing_else() -> None:
    """The hex of the red stands once; everything else names the variable."""
    for path in STYLES:
        if path.name != "theme.css":
            assert "#c5302a" not in path.read_text(encoding="utf-8").lower(), path.name
