"""Renders the sample pages with the real templates and the menu of the samples."""

from pathlib import Path
from unittest.mock import patch

from django.template import engines
from django.template.loader import render_to_string

from tests.ui.pages import PAGES
from waiban.core import menu

SAMPLES = Path(__file__).parent / "templates"


def render(name: str) -> str:
    """Return one sample page. Its menu replaces the registry, which asks the database for badges."""
    folders = engines["django"].engine.dirs
    if SAMPLES not in folders:
        folders.append(SAMPLES)
    template, make = PAGES[name]
    context = make()
    entries = context.pop("menu", [])
    with patch.object(menu, "groups_for", lambda request: entries):
        return render_to_string(template, context)
