"""When a step is to be reminded of: pure functions of its arrival, its limit and the working days.

A step that is open gets, besides the word 新待办 at its arrival:

* **near**: 08:30 of the working day that lies `before` half-days ahead of the due day; silent in the first
  24 hours after the arrival, for the arrival itself has just named the limit;
* **due today**: 08:30 of the due day, unless the step arrived on that very day;
* **overdue**: 09:00 of every `every`-th working day after the due day, counted 1, 2, 3 …

Whatever a standstill left out is made good by one notice, the latest, marked 迟发. The engine asks
`next_moment` when it writes a limit, the sweep asks `turn` when that moment has come: one set of rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from waiban.core.time import at, local
from waiban.notices.enums import Kind
from waiban.notices.rules import LATE_AFTER

if TYPE_CHECKING:
    from waiban.workdays.axis import Axis

MORNING_CALL = "08:30"
OVERDUE_CALL = "09:00"
QUIET = timedelta(hours=24)
BEFORE = 2
"""Default lead of the first reminder, in working half-days."""
EVERY = 1
"""Default distance of overdue reminders, in working days."""


@dataclass(frozen=True, slots=True)
class Call:
    """One reminder of one step: what kind, the how-maniest (overdue only, else 0), and its moment."""

    kind: str
    ordinal: int
    moment: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """What a sweep has to do with one step: say `call` (None = nothing), then look again at `again`."""

    call: Call | None
    late: bool
    again: datetime | None


def _ahead(ready_at: datetime, due_at: datetime, axis: Axis, before: int) -> list[Call]:
    """The calls up to and including the due day, in order of time."""
    due_day = local(due_at).date()
    calls = []
    if before > 0:
        due_index = axis.last_boundary_on_or_before(due_day) - (1 if axis.is_workday(due_day) else 0)
        near_day, _half = axis.date_of(max(due_index - before, 0))
        near = at(near_day, MORNING_CALL)
        if near_day < due_day and near >= ready_at + QUIET:
            calls.append(Call(Kind.NEAR, 0, near))
    if local(ready_at).date() < due_day:
        calls.append(Call(Kind.DUE_TODAY, 0, at(due_day, MORNING_CALL)))
    return calls


def _overdue(due_day: date, count: int, axis: Axis, every: int) -> Call:
    """The count-th overdue call (1, 2, …)."""
    return Call(Kind.OVERDUE, count, at(axis.add(due_day, 1 + (count - 1) * every), OVERDUE_CALL))


def _overdue_by(due_day: date, moment: datetime, axis: Axis, every: int) -> int:
    """How many overdue calls have come by a moment."""
    wall = local(moment)
    days = (axis.last_boundary_on_or_before(wall.date()) - axis.last_boundary_on_or_before(due_day)) // 2
    if axis.is_workday(wall.date()) and moment < at(wall.date(), OVERDUE_CALL):
        days -= 1
    return 0 if days < 1 else 1 + (days - 1) // every


def next_moment(
    ready_at: datetime,
    due_at: datetime | None,
    after: datetime,
    axis: Axis,
    *,
    before: int | None = None,
    every: int | None = None,
) -> datetime | None:
    """Return the moment of the first reminder later than `after`; None when the step has no limit.

    before: lead in working half-days, 0 = none; every: working days between overdue reminders, 0 = none;
    None takes the default.
    """
    if due_at is None:
        return None
    before = BEFORE if before is None else before
    every = EVERY if every is None else every
    for call in _ahead(ready_at, due_at, axis, before):
        if call.moment > after:
            return call.moment
    if every == 0:
        return None
    due_day = local(due_at).date()
    return _overdue(due_day, _overdue_by(due_day, after, axis, every) + 1, axis, every).moment


def turn(
    ready_at: datetime,
    due_at: datetime | None,
    since: datetime,
    now: datetime,
    axis: Axis,
    *,
    armed: datetime | None = None,
    before: int | None = None,
    every: int | None = None,
) -> Turn:
    """Decide what to say at `now` about a step whose reminders before `since` are dealt with.

    Of all calls in `since` … `now` only the latest is said. It is late when it stands for several that came
    after `armed` (default `since`; the moment from which a sweep could have known), or comes half an hour
    after its own moment.
    """
    if due_at is None:
        return Turn(None, False, None)
    before = BEFORE if before is None else before
    every = EVERY if every is None else every
    again = next_moment(ready_at, due_at, now, axis, before=before, every=every)
    missed = [call for call in _ahead(ready_at, due_at, axis, before) if since <= call.moment <= now]
    missed += _overdue_between(local(due_at).date(), since, now, axis, every)
    if not missed:
        return Turn(None, False, again)
    armed = since if armed is None else armed
    call = max(missed, key=lambda each: each.moment)
    several = sum(each.moment >= armed for each in missed) > 1
    return Turn(call, several or now - max(call.moment, armed) > LATE_AFTER, again)


def _overdue_between(due_day: date, since: datetime, now: datetime, axis: Axis, every: int) -> list[Call]:
    """The last two overdue calls between two moments: enough to know whether the latest stands alone."""
    if every == 0:
        return []
    first = _overdue_by(due_day, since - timedelta(microseconds=1), axis, every) + 1
    last = _overdue_by(due_day, now, axis, every)
    return [_overdue(due_day, count, axis, every) for count in range(max(first, last - 1), last + 1)]
