"""The left menu: each app registers its own lines in `apps.ready()`; the page shows those the person may
use.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from waiban.core.actorlike import ActorLike

# Groups in the order of the page; the first one has no heading.
GROUPS = ("", "业务", "支撑", "领导", "系统")
PHONE_LINES = 4


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the menu.

    group: one of GROUPS; icon: name in the Tabler sprite; roles: who sees it (None: everybody signed in);
    when: a further condition on the actor; badge: number beside it, asked once a page; phone: belongs to
    the bar at the bottom of a phone.
    """

    group: str
    title: str
    url_name: str
    icon: str
    order: int
    roles: frozenset[str] | None = None
    badge: Callable[[HttpRequest], int | None] | None = None
    when: Callable[[ActorLike], bool] | None = None
    phone: bool = False

    def is_for(self, actor: ActorLike) -> bool:
        """Tell whether the person sees the line. It is courtesy only: the page itself checks the right."""
        if self.roles is not None and not (self.roles & actor.roles):
            return False
        return self.when is None or self.when(actor)


@dataclass(slots=True)
class Entry:
    """A line as the template prints it."""

    title: str
    url: str
    icon: str
    badge: int | None
    phone: bool
    active: bool = False


_ITEMS: dict[tuple[str, str], Item] = {}


def register(item: Item) -> None:
    """Add a line; the same title in the same group replaces the earlier one. Raises ValueError on a foreign
    group.
    """
    if item.group not in GROUPS:
        raise ValueError(f"unknown menu group {item.group!r}")
    _ITEMS[item.group, item.title] = item


def groups_for(request: HttpRequest) -> list[tuple[str, list[Entry]]]:
    """Return the groups with the lines for this person; the line with the longest matching address is
    active.
    """
    shown: list[tuple[str, list[Entry]]] = []
    everything: list[Entry] = []
    for group in GROUPS:
        items = sorted((i for i in _ITEMS.values() if i.group == group), key=lambda i: (i.order, i.title))
        made = (_entry(item, request) for item in items if item.is_for(request.actor))
        entries = [entry for entry in made if entry is not None]
        if entries:
            shown.append((group, entries))
            everything += entries
    matching = [entry for entry in everything if request.path.startswith(entry.url)]
    if matching:
        max(matching, key=lambda entry: len(entry.url)).active = True
    return shown


def lost_items() -> list[Item]:
    """Return the lines whose address does not exist; a system check names them."""
    return [item for item in _ITEMS.values() if not _address(item)]


def _address(item: Item) -> str:
    try:
        return reverse(item.url_name)
    except NoReverseMatch:
        return ""


def _entry(item: Item, request: HttpRequest) -> Entry | None:
    """None for a line that leads nowhere: a menu is no reason for every page to fail."""
    url = _address(item)
    if not url:
        return None
    badge = item.badge(request) if item.badge else None
    return Entry(item.title, url, item.icon, badge or None, item.phone)
