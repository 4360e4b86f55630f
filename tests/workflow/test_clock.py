"""Lights, pauses and the three clocks."""

from datetime import date, datetime, timedelta

import pytest

from tests.workflow.factories import MONDAY, moment
from waiban.workdays.axis import Axis
from waiban.workflow import clock
from waiban.workflow.clock import FINE, LATE, NEAR, OVERDUE, signal


@pytest.mark.parametrize(
    ("overdue", "slack", "used", "limit", "expected"),
    [
        (True, 99, 0, 4, OVERDUE),
        (False, -1, 0, 4, LATE),
        (False, 0, 0, 4, NEAR),
        (False, 4, 0, 4, NEAR),
        (False, 5, 0, 4, FINE),
        (False, None, 0, 4, FINE),
        (False, None, 8, 10, NEAR),
        (False, None, 7, 10, FINE),
        (False, None, 2, 2, FINE),
        (False, 5, 4, 5, NEAR),
    ],
)
def test_the_light_of_an_open_item(
    overdue: bool, slack: int | None, used: int, limit: int, expected: clock.Signal
) -> None:
    assert signal(overdue=overdue, slack=slack, used=used, limit=limit) == expected


def test_the_worst_light_speaks_for_the_case() -> None:
    assert clock.worst([]) == FINE
    assert clock.worst([FINE, NEAR]) == NEAR
    assert clock.worst([NEAR, LATE, FINE]) == LATE
    assert clock.worst([LATE, OVERDUE]) == OVERDUE


def test_the_first_working_day_after_the_anchor_is_day_one(axis: Axis) -> None:
    monday = axis.index(MONDAY)
    assert clock.day_number(monday, monday + 2, axis) == 1
    assert clock.day_number(monday - 1, monday + 2, axis) == 1, "accepted on Friday at noon"
    assert clock.day_number(monday, monday + 12, axis) == 8, "the weekend counts"
    assert clock.day_of(0, axis) == clock.day_of(1, axis) == date(2020, 1, 1)


def pause(*stretches: tuple[int, str, int, str]) -> list[tuple[datetime, datetime | None]]:
    """Make pauses from (day, hour, day, hour) counted from the Monday."""
    return [
        (moment(MONDAY + timedelta(days=a), b), moment(MONDAY + timedelta(days=c), d))
        for a, b, c, d in stretches
    ]


@pytest.mark.parametrize(
    ("stretches", "expected"),
    [
        ([], 0),
        ([(0, "10:00", 0, "11:00")], 0),
        ([(0, "10:00", 0, "14:00")], 1),
        ([(0, "10:00", 1, "10:00")], 2),
        ([(0, "18:00", 1, "08:00")], 0),
        ([(4, "14:00", 7, "09:00")], 0),
        ([(1, "14:00", 2, "09:00")], 1),
        ([(1, "14:00", 2, "09:00"), (2, "10:00", 3, "10:00")], 3),
        ([(2, "08:00", 3, "10:00")], 0),
        ([(-9, "08:00", 0, "14:00")], 1),
        ([(-9, "08:00", -8, "08:00")], 0),
    ],
)
def test_a_limit_of_two_days_is_longer_by_the_pauses_within_it(
    axis: Axis, stretches: list[tuple[int, str, int, str]], expected: int
) -> None:
    now = moment(MONDAY + timedelta(days=30))
    assert clock.longer_by(pause(*stretches), axis.index(MONDAY), 4, now, axis) == expected


def test_a_pause_that_lasts_counts_up_to_now(axis: Axis) -> None:
    open_since = [(moment(MONDAY, "10:00"), None)]
    later = moment(MONDAY + timedelta(days=2), "10:00")
    assert clock.longer_by(open_since, axis.index(MONDAY), 4, later, axis) == 4


def test_a_pause_in_the_last_afternoon_of_a_half_day_is_made_good(axis: Axis) -> None:
    stretch = pause((0, "15:00", 1, "15:00"))
    now = moment(MONDAY + timedelta(days=3))
    assert clock.longer_by(stretch, axis.index(MONDAY), 1, now, axis) == 2
    assert clock.longer_by(stretch, axis.index(MONDAY), 0, now, axis) == 2


def test_half_days_are_merged_and_the_office_comes_first(axis: Axis) -> None:
    assert clock.union([(4, 6), (0, 3), (2, 4), (9, 9), (1, 2)]) == [(0, 6)]
    assert clock.length([(0, 3), (5, 6)]) == 4
    monday = axis.index(MONDAY)
    office = [(monday, monday + 4), (monday + 2, monday + 6)]
    outside = [(monday + 4, monday + 10)]
    found = clock.totals(office=office, outside=outside, anchor=monday, now=monday + 9, axis=axis)
    assert (found.calendar_days, found.office, found.outside) == (5, 6, 4)
    before = clock.totals(office=office, outside=[], anchor=None, now=monday, axis=axis)
    assert (before.calendar_days, before.outside) == (0, 0)
    ahead = clock.totals(office=[], outside=[], anchor=monday + 20, now=monday, axis=axis)
    assert ahead.calendar_days == 0
