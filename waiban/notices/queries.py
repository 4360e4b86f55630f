"""Questions about notices that are more than one filter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Min

from waiban.core.time import now
from waiban.notices.enums import State
from waiban.notices.models import Heartbeat, Notice, NoticeQuerySet
from waiban.notices.rules import STALE_AFTER
from waiban.notices.sweeps import all_sweeps

if TYPE_CHECKING:
    from waiban.accounts.models import User

CAP = 100
"""Counts are not carried further than this: 99+ says enough and costs the same whatever is in the box."""

BELL = 8
PAGE = 30
PENDING = (State.NEW, State.SENDING, State.FAILED, State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Pulse:
    """One sweep with what its heartbeat says. `stale`: silent for longer than it may be."""

    name: str
    label: str
    every: int
    at: datetime | None
    rows: int
    ms: int
    error: str
    stale: bool


def unread_count(user: User) -> int:
    """Number of unread notices, at most CAP."""
    return Notice.objects.visible_to(user).inbox().unread().order_by()[:CAP].count()


def latest(user: User) -> list[Notice]:
    """The newest notices for the bell, unread first."""
    box = Notice.objects.visible_to(user).inbox().order_by("-pk")
    newest = list(box.unread()[:BELL])
    if len(newest) < BELL:
        newest += box.filter(read_at__isnull=False)[: BELL - len(newest)]
    return newest


def inbox(user: User, *, unread: bool, flow_key: str) -> NoticeQuerySet:
    """The in-box of a person, narrowed to what is unread or to one flow."""
    box = Notice.objects.visible_to(user).inbox()
    if unread:
        box = box.unread()
    return box.filter(case__flow_key=flow_key) if flow_key else box


def flow_keys(user: User) -> list[str]:
    """Flows from which a person has recent notices (the last thousand), for the filter of the in-box."""
    recent = Notice.objects.visible_to(user).inbox().filter(case__isnull=False).order_by("-pk")
    return sorted(set(recent.values_list("case__flow_key", flat=True)[:1000]))


def pulses() -> list[Pulse]:
    """All registered sweeps with their heartbeats, the longest silent first."""
    beats = Heartbeat.objects.in_bulk()
    found = [_pulse(sweep.name, sweep.label, sweep.every, beats.get(sweep.name)) for sweep in all_sweeps()]
    return sorted(found, key=lambda pulse: (pulse.at is not None, pulse.at, pulse.name))


def _pulse(name: str, label: str, every: int, beat: Heartbeat | None) -> Pulse:
    """Join a sweep with its heartbeat; slow sweeps may be silent for three of their periods."""
    at = beat.at if beat else None
    allowed = max(STALE_AFTER, timedelta(seconds=3 * every))
    return Pulse(
        name=name,
        label=label,
        every=every,
        at=at,
        rows=beat.rows if beat else 0,
        ms=beat.ms if beat else 0,
        error=beat.error if beat else "",
        stale=at is None or now() - at > allowed,
    )


def silence() -> timedelta | None:
    """How long the most silent of the frequent sweeps has been quiet; None when one never ran."""
    frequent = [sweep.name for sweep in all_sweeps() if sweep.every <= STALE_AFTER.total_seconds() / 3]
    beats = dict(Heartbeat.objects.filter(name__in=frequent).values_list("name", "at"))
    moments = [beats.get(name) for name in frequent]
    if any(moment is None for moment in moments):
        return None
    return max((now() - moment for moment in moments if moment), default=timedelta(0))


def reminders_late() -> bool:
    """Whether the banner 提醒可能延迟 belongs on every page."""
    quiet = silence()
    return quiet is None or quiet > STALE_AFTER


def outbox_counts() -> dict[str, int]:
    """Number of rows in the outbox by state; what has been sent is not counted."""
    counted = (
        Notice.objects.outside()
        .filter(state__in=PENDING)
        .order_by()
        .values_list("state")
        .annotate(Count("pk"))
    )
    found = dict(counted)
    return {state.label: found.get(state, 0) for state in PENDING}


def oldest_waiting() -> datetime | None:
    """Since when the oldest message has been waiting to be sent at all."""
    return Notice.objects.filter(state=State.NEW, attempts=0).aggregate(oldest=Min("created_at"))["oldest"]


def to_confirm(limit: int = 50) -> list[Notice]:
    """Messages of which nobody knows whether they arrived, newest first."""
    return _stuck(State.UNKNOWN, limit)


def given_up(limit: int = 50) -> list[Notice]:
    """Messages that failed, newest first; those without a next attempt need a person."""
    return _stuck(State.FAILED, limit)


def _stuck(state: State, limit: int) -> list[Notice]:
    """The newest rows of one state, with their recipients."""
    return list(Notice.objects.filter(state=state).select_related("recipient").order_by("-pk")[:limit])
