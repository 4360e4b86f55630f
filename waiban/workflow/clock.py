"""Lights and clocks as pure functions over the working half-day axis.

Three clocks are kept: calendar days since T0 (what the public hears), net working half-days of the office
(what it is measured by) and half-days in which only others could act.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from waiban.workdays.axis import Axis

from .enums import Light

AMBER_SLACK = 4
"""Half-days of slack at which the amber light comes on (two working days)."""

AMBER_SHARE = 0.8
"""Share of the limit whose use turns the light amber."""

Interval = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Signal:
    """A light with its word: never colour alone."""

    light: Light
    word: str


OVERDUE = Signal(Light.RED, "逾期")
LATE = Signal(Light.RED, "预计误期")
NEAR = Signal(Light.AMBER, "临近")
FINE = Signal(Light.GREEN, "正常")
NOT_YET = Signal(Light.GREY, "未开始")


def signal(*, overdue: bool, slack: int | None, used: int, limit: int) -> Signal:
    """Choose the light of an open item. `slack`, `used` and `limit` are half-days.

    Red: overdue, or the forecast misses the target. Amber: slack of two working days or less, or four
    fifths of a limit of more than one day used. Source: architecture 4.3.
    """
    if overdue:
        return OVERDUE
    if slack is not None and slack < 0:
        return LATE
    if slack is not None and slack <= AMBER_SLACK:
        return NEAR
    if limit > 2 and used >= AMBER_SHARE * limit:
        return NEAR
    return FINE


def worst(signals: Iterable[Signal]) -> Signal:
    """Return the most urgent of some signals; green when there is none."""
    rank = (OVERDUE, LATE, NEAR)
    found = set(signals)
    return next((item for item in rank if item in found), FINE)


def day_number(anchor_boundary: int, finish: int, axis: Axis) -> int:
    """Count calendar days from the first working day behind T0 (day 1) to the day of a boundary."""
    first = axis.date_of(axis.next_day_start(anchor_boundary))[0]
    return (day_of(finish, axis) - first).days + 1


def day_of(boundary: int, axis: Axis) -> date:
    """Return the day on which a boundary falls: that of the half-day before it."""
    return axis.date_of(max(boundary - 1, 0))[0]


def longer_by(
    pauses: Sequence[tuple[datetime, datetime | None]], start: int, limit: int, now: datetime, axis: Axis
) -> int:
    """Count the half-days by which a limit that began at boundary `start` is longer for the pauses within it.

    `pauses` are in order of time. The half-day in which a pause begins is given back to the holder, the one
    in which it ends is his again. A pause that begins when the limit has run out (17:30 of its last day)
    makes nothing good.
    """
    end = start + limit
    for begin, finish in pauses:
        first = max(axis.index_open(begin), start)
        if first < axis.next_day_start(max(end, start + 1)):
            end += max(axis.index_open(min(finish or now, now)) - first, 0)
    return end - start - limit


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """Merge overlapping intervals of half-days."""
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def length(intervals: Sequence[Interval]) -> int:
    """Add up merged intervals."""
    return sum(end - start for start, end in intervals)


@dataclass(frozen=True, slots=True)
class Totals:
    """The three clocks of a case: calendar days, and working half-days of the office and of others."""

    calendar_days: int
    office: int
    outside: int


def totals(
    *, office: Iterable[Interval], outside: Iterable[Interval], anchor: int | None, now: int, axis: Axis
) -> Totals:
    """Sum the clocks. A half-day in which the office could act is the office's, whoever else acts too."""
    inside = union(office)
    both = union([*inside, *union(outside)])
    days = day_number(anchor, now + 1, axis) if anchor is not None else 0
    return Totals(max(days, 0), length(inside), length(both) - length(inside))
