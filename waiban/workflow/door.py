"""The door itself: a case under its lock, and what is written when it is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from waiban.accounts.actors import Actor
from waiban.accounts.models import User
from waiban.core.errors import Conflict
from waiban.core.time import now as clock_now
from waiban.workdays.axis import Axis

from . import acts, store
from .enums import CaseStatus
from .rules import Doer, right_to
from .settling import settle
from .state import CaseState, Item
from .sweep import announce


@dataclass(slots=True)
class Effect:
    """What a step's form did inside the act: shown data, and new facts and dates for the engine.

    `facts` replaces the facts of the case, `dates` merges into its dates (ISO text, None removes).
    """

    data: dict[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] | None = None
    dates: Mapping[str, str | None] | None = None
    title: str = ""


@dataclass(slots=True)
class Door:
    """A case under its lock, with the moment of the act and the axis it is timed on."""

    state: CaseState
    now: datetime
    axis: Axis
    doer: Doer | None = None

    def item(self, item_id: int) -> Item:
        """Return an item of the case; raises `Conflict` when it is not one."""
        found = self.state.find(item_id)
        if found is None:
            raise Conflict("该环节不存在或已被替换，请刷新页面。", "NO_ITEM")
        return found

    def names(self) -> Mapping[int, str]:
        """Names of those who have done something in the case, read only when an act has to be refused."""
        ids = {item.done_by_id for item in self.state.items if item.done_by_id}
        return dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))


@contextmanager
def enter(case_id: int) -> Iterator[Door]:
    """Lock one case, let the caller act on it, bring it to rest and write it, all in one transaction.

    Raises `Conflict` when the case does not exist.
    """
    with transaction.atomic():
        states, axis = store.load([case_id])
        if case_id not in states:
            raise Conflict("该办件不存在。", "NO_CASE")
        door = Door(states[case_id], clock_now(), axis)
        yield door
        leave([door])


def leave(doors: Sequence[Door]) -> None:
    for door in doors:
        settle(door.state, now=door.now, axis=door.axis)
    store.save([d.state for d in doors], {d.state.id: d.doer for d in doors}, now=doors[0].now)
    told = [
        (door.state, item)
        for door in doors
        for item in door.state.items
        if item.id is not None and item.is_open and item.tell
    ]
    if told:
        announce(told, doors[0].now)


def check(door: Door, item: Item, actor: Actor, version: int | None) -> Doer:
    """Check state, right and version, in this order: who comes too late shall read who was first."""
    require_open(door, item)
    door.doer = right_to(door.state, item, actor)
    acts.require_open(door.state, item, {}, version)
    return door.doer


def require_open(door: Door, item: Item) -> None:
    """Raise `Conflict` unless the item can be acted on; only then are the names of the doers read."""
    closed = not item.is_open or door.state.paused_at or door.state.status != CaseStatus.RUNNING
    acts.require_open(door.state, item, door.names() if closed else {})
