"""The moments at which a step is reminded of: tables to be checked against a calendar of December 2026."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waiban.core.time import at
from waiban.notices.reminders import Call, next_moment, turn
from waiban.workdays.axis import Axis

# 2026-12-01 is a Tuesday; the 12th (Saturday) is worked, the 14th (Monday) is a day off.
AXIS = Axis(1, {date(2026, 12, 12): True, date(2026, 12, 14): False}, {2026})


def day(number: int, clock: str) -> datetime:
    return at(date(2026, 12, number), clock)


def calls(ready: datetime, due: datetime | None, count: int, **more: int) -> list[str]:
    """The first moments after the arrival, as "DD HH:MM"."""
    found: list[str] = []
    moment = ready
    for _ in range(count):
        again = next_moment(ready, due, moment, AXIS, **more)
        if again is None:
            break
        found.append(f"{again:%d %H:%M}")
        moment = again
    return found


@pytest.mark.parametrize(
    ("ready", "due", "expected"),
    [
        # two days: near on the day before would break the quiet of the first 24 hours
        (day(2, "10:00"), day(4, "17:30"), ["04 08:30", "07 09:00", "08 09:00"]),
        (day(1, "08:00"), day(4, "17:30"), ["03 08:30", "04 08:30", "07 09:00"]),
        # due on the day of its arrival: said at the arrival, next is overdue
        (day(2, "10:00"), day(2, "17:30"), ["03 09:00", "04 09:00", "07 09:00"]),
        # before a worked Saturday, behind a Monday off
        (day(8, "09:00"), day(12, "17:30"), ["11 08:30", "12 08:30", "15 09:00"]),
        (day(8, "09:00"), day(15, "17:30"), ["12 08:30", "15 08:30", "16 09:00"]),
        # a limit in calendar days may end on a Sunday
        (day(1, "09:00"), day(6, "17:30"), ["04 08:30", "06 08:30", "07 09:00"]),
        (day(2, "10:00"), None, []),
    ],
)
def test_a_step_is_reminded_of_before_on_and_after_its_due_day(
    ready: datetime, due: datetime | None, expected: list[str]
) -> None:
    assert calls(ready, due, 3) == expected


def test_lead_and_distance_follow_the_settings_of_the_step() -> None:
    ready, due = day(1, "08:00"), day(9, "17:30")
    assert calls(ready, due, 4, before=6, every=2) == ["04 08:30", "09 08:30", "10 09:00", "12 09:00"]
    assert calls(ready, due, 4, before=0, every=0) == ["09 08:30"]


def said(call: Call | None) -> tuple[str, int] | None:
    return (call.kind, call.ordinal) if call else None


@pytest.mark.parametrize(
    ("since", "now", "expected", "late"),
    [
        (day(4, "08:30"), day(4, "08:30"), ("due_today", 0), False),
        (day(4, "08:30"), day(4, "08:59"), ("due_today", 0), False),
        (day(4, "08:30"), day(4, "09:01"), ("due_today", 0), True),
        (day(7, "09:00"), day(7, "09:01"), ("overdue", 1), False),
        # three days of standstill: one word, the latest, marked late
        (day(4, "08:30"), day(9, "09:05"), ("overdue", 3), True),
        (day(7, "09:00"), day(9, "08:59"), ("overdue", 2), True),
        (day(5, "00:00"), day(6, "23:00"), None, False),
    ],
)
def test_a_missed_period_is_made_good_by_one_late_call(
    since: datetime, now: datetime, expected: tuple[str, int] | None, late: bool
) -> None:
    found = turn(day(2, "10:00"), day(4, "17:30"), since, now, AXIS)
    assert (said(found.call), found.late) == (expected, late)
    assert found.again is not None and found.again > now


def test_a_deadline_moved_to_today_is_said_at_once_and_not_called_late() -> None:
    found = turn(
        day(1, "10:00"), day(4, "17:30"), day(1, "10:00"), day(4, "11:00"), AXIS, armed=day(4, "10:59")
    )
    assert (said(found.call), found.late) == (("due_today", 0), False)


def test_a_step_without_limit_says_nothing_and_is_not_looked_at_again() -> None:
    assert turn(day(1, "10:00"), None, day(1, "10:00"), day(9, "10:00"), AXIS).again is None


moments = st.integers(0, 20 * 24 * 60).map(lambda minutes: day(1, "00:00") + timedelta(minutes=minutes))


@settings(deadline=None, max_examples=150)
@given(
    ready=moments,
    limit=st.integers(0, 20),
    pauses=st.lists(st.integers(1, 5000), min_size=1, max_size=60),
    before=st.integers(0, 6),
    every=st.integers(0, 3),
)
def test_sweeps_at_any_moments_say_every_stage_at_most_once_and_never_skip_the_last(
    ready: datetime, limit: int, pauses: list[int], before: int, every: int
) -> None:
    due = at(ready.date() + timedelta(days=limit), "17:30")
    more = {"before": before, "every": every}
    armed, now, told = ready, ready, []
    for minutes in pauses:
        now += timedelta(minutes=minutes)
        if armed is None or armed > now:
            continue
        found = turn(ready, due, armed, now, AXIS, **more)
        if found.call:
            assert armed <= found.call.moment <= now
            told.append((found.call.kind, found.call.ordinal))
        armed = found.again
    assert len(told) == len(set(told))
    everything = turn(ready, due, ready, now, AXIS, **more)
    if everything.call and armed != ready:
        assert told[-1] == (everything.call.kind, everything.call.ordinal)
