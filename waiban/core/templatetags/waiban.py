"""Menu, money, masks and addresses for templates. Lights, days and icons live in `ui` and `icons`."""

from decimal import Decimal
from typing import Any

from django import template
from django.http import HttpRequest

from waiban.core import menu
from waiban.core.fields import Sealed
from waiban.core.masks import MASKS
from waiban.core.money import in_units

register = template.Library()


@register.simple_tag(takes_context=True)
def menu_groups(context: template.Context) -> list[tuple[str, list[menu.Entry]]]:
    """Return [(group title, [entry])] for this person: entry.title .url .icon .badge .active .phone."""
    request: HttpRequest | None = context.get("request")
    if request is None or not request.user.is_authenticated:
        return []
    return menu.groups_for(request)


@register.filter
def money(yuan: Decimal | int | None, unit: str = "") -> str:
    """Print an amount of 元 as "46.5 亿", "8.2 万" or "950 元"; unit "万" or "亿" fixes the unit; None →
    "—".
    """
    return in_units(yuan, unit)


@register.filter
def mask(value: Any, kind: str = "text") -> str:
    """Print a personal value masked; kind "id", "passport", "phone" or "text" for plain strings."""
    if isinstance(value, Sealed):
        return value.mask
    return MASKS[kind](str(value)) if value else ""


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: Any) -> str:
    """Return "?…" of this page with some values changed; an empty value removes its key, and so does a new
    filter the place in the pages.
    """
    query = context["request"].GET.copy()
    for key in {"cursor", "back", *changes}:
        query.pop(key, None)
    for key, value in changes.items():
        if value not in ("", None):
            query[key] = value
    return f"?{query.urlencode()}"
