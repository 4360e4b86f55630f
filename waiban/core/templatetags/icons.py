"""Icons of the Tabler set, written into the page by the server.

The sprite of the set weighs two megabytes; a page needs some forty icons of it. Each icon is therefore cut
out of the sprite once a process and written inline: no second request, no icon font, nothing that the
content security policy would have to allow.
"""

from functools import lru_cache
from pathlib import Path

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

FOLDER = "vendor/@tabler/icons-sprite"
EMPTY_PATH = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'
# Text of this module and of a pinned package, never of a person: safe by origin, not by escaping.
LINES = SafeString('fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"')
FILLED = SafeString('fill="currentColor"')


@register.simple_tag
@lru_cache(maxsize=1024)
def icon(name: str, filled: bool = False, css: str = "", label: str = "") -> SafeString:
    """Return one icon as inline SVG that takes the size set by the class `icon`.

    `name` is the name in the Tabler set ("plane-departure"); `css` is added to the classes; an icon with a
    `label` is announced to screen readers, one without is decoration. Raises LookupError for a name that
    the set does not have.
    """
    voice = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" {} {}>{}</svg>',
        f"icon {css}".strip(),
        FILLED if filled else LINES,
        voice,
        _drawing(name, filled),
    )


def _drawing(name: str, filled: bool) -> SafeString:
    """Return the paths of one icon."""
    sprite = _sprite(filled)
    start = sprite.find(f'id="tabler-{"filled-" if filled else ""}{name}"')
    if start < 0:
        raise LookupError(f"the Tabler set has no {'filled ' if filled else ''}icon named {name!r}")
    start = sprite.index(">", start) + 1
    return SafeString(sprite[start : sprite.index("</symbol>", start)].replace(EMPTY_PATH, "").strip())


@lru_cache(maxsize=2)
def _sprite(filled: bool) -> str:
    """Return the text of a sprite, from the packages or, where these are absent, from the collected files."""
    name = f"{FOLDER}/tabler-sprite{'-filled' if filled else ''}.svg"
    found = finders.find(name)
    path = Path(found) if found else Path(settings.STATIC_ROOT) / name
    return path.read_text(encoding="utf-8")
