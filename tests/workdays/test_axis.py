"""The axis of working half-days, against the published dates and against the slow way of counting."""

from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waiban.core.time import SHANGHAI, at
from waiban.workdays.axis import Axis, OutOfCalendar, add_workdays, due_at, workdays_between

D = date.fromisoformat
wall = datetime.fromisoformat


def days(*spans: str) -> set[date]:
    """'01-01..01-03' → the dates of a span; the year comes first: '2026-01-01..01-03'."""
    found = set()
    for span in spans:
        first, _, last = span.partition("..")
        start = D(first)
        end = D(f"{start.year}-{last}") if last else start
        found |= {start + timedelta(days=n) for n in range((end - start).days + 1)}
    return found


# domain/conventions.md 7.5
OFF = {
    2026: days(
        "2026-01-01..01-03",
        "2026-02-15..02-23",
        "2026-04-04..04-06",
        "2026-05-01..05-05",
        "2026-06-19..06-21",
        "2026-09-25..09-27",
        "2026-10-01..10-07",
    ),
    2025: days(
        "2025-01-01",
        "2025-01-28..02-04",
        "2025-04-04..04-06",
        "2025-05-01..05-05",
        "2025-05-31..06-02",
        "2025-10-01..10-08",
    ),
    2024: days(
        "2024-01-01",
        "2024-02-10..02-17",
        "2024-04-04..04-06",
        "2024-05-01..05-05",
        "2024-06-08..06-10",
        "2024-09-15..09-17",
        "2024-10-01..10-07",
    ),
}
MAKEUP = {
    2026: days("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"),
    2025: days("2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"),
    2024: days(
        "2024-02-04",
        "2024-02-18",
        "2024-04-07",
        "2024-04-28",
        "2024-05-11",
        "2024-09-14",
        "2024-09-29",
        "2024-10-12",
    ),
}
EXCEPTIONS = {day: False for year in OFF.values() for day in year} | {
    day: True for year in MAKEUP.values() for day in year
}
AXIS = Axis(7, EXCEPTIONS, {2024, 2025, 2026})
FIRST, LAST = date(2020, 1, 2), date(2040, 12, 31)

in_range = st.dates(date(2021, 1, 1), date(2039, 12, 31))
halves = st.integers(0, 1)
moments = st.datetimes(wall("2021-01-01"), wall("2039-12-31"))


def works(day: date) -> bool:
    return EXCEPTIONS.get(day, day.weekday() < 5)


@pytest.mark.parametrize(
    ("receipt", "days", "due"),
    [
        ("2026-02-09", 3, "2026-02-12"),
        ("2026-02-12", 3, "2026-02-24"),  # 13, 14 (make-up), then 24
        ("2026-09-30", 3, "2026-10-10"),  # 8, 9, 10 (make-up)
        ("2026-02-09", 1, "2026-02-10"),
        ("2026-02-14", 1, "2026-02-24"),
        ("2025-12-31", 1, "2026-01-04"),  # a Sunday on which the office works
        ("2025-01-24", 2, "2025-01-27"),  # Sunday 26 make-up, Monday 27
        ("2025-09-26", 3, "2025-09-30"),
        ("2025-09-30", 3, "2025-10-11"),
        ("2024-02-02", 3, "2024-02-06"),
        ("2024-02-09", 2, "2024-02-19"),
        ("2024-10-11", 1, "2024-10-12"),
        ("2024-12-31", 1, "2025-01-02"),
        ("2026-10-03", 2, "2026-10-09"),  # received on a day off
        ("2026-11-21", 1, "2026-11-23"),  # received on a Saturday
        ("2026-11-24", 0, "2026-11-24"),
        ("2026-11-21", 0, "2026-11-23"),
        ("2026-12-31", 1, "2027-01-01"),  # 2027 is not published: plain weekdays
    ],
)
def test_a_limit_in_working_days_ends_on_the_published_date(receipt: str, days: int, due: str) -> None:
    assert AXIS.due_date_after_receipt(D(receipt), days) == D(due)


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_each_day_of_a_published_year_works_as_chinesecalendar_says(year: int) -> None:
    day = date(year, 1, 1)
    while day.year == year:
        assert AXIS.is_workday(day) == chinese_calendar.is_workday(day) == works(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize(("year", "workdays"), [(2024, 251), (2025, 248), (2026, 248)])
def test_a_published_year_has_its_known_number_of_working_days(year: int, workdays: int) -> None:
    assert workdays_between(AXIS, date(year, 1, 1), date(year + 1, 1, 1)) == workdays


@pytest.mark.parametrize(
    ("moment", "day", "half"),
    [
        ("2026-02-09T00:00", "2026-02-09", 0),
        ("2026-02-09T11:59:59", "2026-02-09", 0),
        ("2026-02-09T12:00", "2026-02-09", 1),
        ("2026-02-09T17:30", "2026-02-09", 1),
        ("2026-02-09T23:59", "2026-02-09", 1),
        ("2026-02-15T15:00", "2026-02-24", 0),  # a day off belongs to the next working morning
        ("2026-02-14T15:00", "2026-02-14", 1),  # a Saturday that works
        ("2026-11-21T18:00", "2026-11-23", 0),
    ],
)
def test_a_moment_falls_into_its_half_day(moment: str, day: str, half: int) -> None:
    assert AXIS.date_of(AXIS.index_at(wall(moment))) == (D(day), half)


def test_an_aware_moment_is_read_on_the_clock_of_shanghai() -> None:
    assert AXIS.date_of(AXIS.index_at(datetime(2026, 2, 9, 3, 59, tzinfo=UTC))) == (date(2026, 2, 9), 0)
    assert AXIS.date_of(AXIS.index_at(datetime(2026, 2, 9, 16, 0, tzinfo=UTC))) == (date(2026, 2, 10), 0)


def test_half_days_end_at_noon_and_at_half_past_five() -> None:
    monday = AXIS.index(date(2026, 2, 9))
    assert AXIS.end_of(monday + 1) == at(date(2026, 2, 9), "12:00")
    assert AXIS.end_of(monday + 2) == at(date(2026, 2, 9), "17:30")
    assert AXIS.end_of(monday + 2).tzinfo == SHANGHAI


def test_the_last_boundary_on_or_before_a_day_off_lies_before_it() -> None:
    assert AXIS.end_of(AXIS.last_boundary_on_or_before(date(2026, 2, 20))) == at(date(2026, 2, 14), "17:30")
    assert AXIS.end_of(AXIS.last_boundary_on_or_before(date(2026, 2, 24))) == at(date(2026, 2, 24), "17:30")


def test_only_years_without_a_notice_are_tentative() -> None:
    assert not AXIS.tentative(AXIS.last_boundary_on_or_before(date(2026, 12, 31)))
    assert AXIS.tentative(AXIS.index(date(2027, 1, 4)) + 1)
    assert AXIS.tentative(0)
    assert AXIS.year_published(2026) and not AXIS.year_published(2027)


def test_an_axis_without_any_notice_is_the_plain_week_and_tentative() -> None:
    plain = Axis(1, {})
    assert plain.due_date_after_receipt(date(2026, 9, 30), 3) == date(2026, 10, 5)
    assert plain.tentative(plain.index(date(2026, 9, 30)))


@pytest.mark.parametrize(
    "ask",
    [
        lambda: AXIS.index(date(1, 1, 1)),
        lambda: AXIS.index(date(9999, 12, 31)),
        lambda: AXIS.add(date(1999, 12, 31), 1),
        lambda: AXIS.add(date(2041, 1, 1), 1),
        lambda: AXIS.add(date(2026, 1, 5), 10**9),
        lambda: AXIS.add(date(2026, 1, 5), -(10**9)),
        lambda: AXIS.date_of(-1),
        lambda: AXIS.date_of(10**30),
        lambda: AXIS.end_of(0),
        lambda: AXIS.is_workday(date(2041, 1, 1)),
        lambda: AXIS.between(date(2026, 1, 1), date(3000, 1, 1)),
        lambda: AXIS.index_at(wall("0001-01-01")),
    ],
)
def test_beyond_the_calendar_a_chinese_sentence_is_raised(ask) -> None:
    with pytest.raises(OutOfCalendar, match="超出工作日历的范围"):
        ask()


@pytest.mark.parametrize(
    "ask",
    [
        lambda: AXIS.index(date(2026, 1, 5), 2),
        lambda: AXIS.due_date_after_receipt(date(2026, 1, 5), -1),
        lambda: due_at(wall("2026-01-05T09:00"), -1, [], AXIS),
    ],
)
def test_meaningless_amounts_are_refused_in_chinese(ask) -> None:
    with pytest.raises(ValueError, match="不能"):
        ask()


@given(in_range, halves)
def test_index_and_date_are_inverse(day: date, half: int) -> None:
    index = AXIS.index(day, half)
    found, found_half = AXIS.date_of(index)
    assert AXIS.index(found, found_half) == index
    if works(day):
        assert (found, found_half) == (day, half)
    else:
        assert found > day and found_half == 0


@given(in_range, in_range)
def test_the_index_never_runs_backwards(a: date, b: date) -> None:
    low, high = sorted((a, b))
    assert AXIS.index(low) <= AXIS.index(high)
    assert AXIS.between(a, b) == -AXIS.between(b, a)


@given(in_range, st.integers(1, 200))
def test_adding_then_counting_gives_the_same_number(day: date, n: int) -> None:
    due = AXIS.add(day, n)
    assert works(due)
    assert workdays_between(AXIS, day + timedelta(days=1), due + timedelta(days=1)) == n
    assert AXIS.add(due, -n) == day or not works(day)


@given(in_range, halves, st.integers(0, 120))
@settings(max_examples=60)
def test_half_day_arithmetic_equals_the_slow_loop(day: date, half: int, n: int) -> None:
    current = (day, half) if works(day) else (next_workday(day), 0)
    for _ in range(n):
        current = (current[0], 1) if current[1] == 0 else (next_workday(current[0]), 0)
    assert add_workdays(AXIS, day, n, half) == current


def next_workday(day: date) -> date:
    day += timedelta(days=1)
    while not works(day):
        day += timedelta(days=1)
    return day


@given(st.integers(0, 8000))
def test_rounding_up_to_a_whole_day_gives_a_morning(boundary: int) -> None:
    rounded = AXIS.next_day_start(boundary)
    assert rounded % 2 == 0 and 0 <= rounded - boundary <= 1


@given(moments)
def test_a_half_day_that_is_open_ends_after_the_moment(moment: datetime) -> None:
    index = AXIS.index_open(moment)
    assert AXIS.end_of(index + 1).replace(tzinfo=None) > moment
    assert AXIS.index_at(moment) <= index <= AXIS.index_at(moment) + 1


# -- limits with pauses --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "half_days", "due"),
    [
        ("2026-02-09T09:00", 6, "2026-02-12"),  # whole days: counting starts the day after
        ("2026-02-09T16:00", 6, "2026-02-12"),
        ("2026-02-12T09:00", 6, "2026-02-24"),
        ("2026-02-09T09:00", 1, "2026-02-09"),  # half a day: the afternoon
        ("2026-02-09T15:00", 1, "2026-02-10"),
        ("2026-02-09T09:00", 3, "2026-02-10"),
        ("2026-02-09T15:00", 0, "2026-02-09"),
        ("2026-02-16T09:00", 0, "2026-02-24"),  # nothing is due on a day off
        ("2026-02-16T09:00", 2, "2026-02-24"),
        ("2026-02-16T09:00", 1, "2026-02-24"),
    ],
)
def test_a_limit_ends_at_half_past_five(start: str, half_days: int, due: str) -> None:
    assert due_at(wall(start), half_days, [], AXIS) == at(D(due), "17:30")


def pause(begin: str, end: str | None) -> tuple[datetime, datetime | None]:
    return wall(begin), None if end is None else wall(end)


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        ([pause("2026-03-03T09:00", "2026-03-04T09:00")], "2026-03-06"),
        ([pause("2026-03-03T09:00", "2026-03-03T11:00")], "2026-03-05"),  # within one half-day
        ([pause("2026-03-03T09:00", "2026-03-03T14:00")], "2026-03-06"),  # half a day, rounded to 17:30
        ([pause("2026-03-03T18:00", "2026-03-04T18:00")], "2026-03-06"),  # after work to after work: one day
        ([pause("2026-03-07T09:00", "2026-03-08T09:00")], "2026-03-05"),  # a weekend costs nothing
        (
            [pause("2026-03-03T09:00", "2026-03-04T09:00"), pause("2026-03-03T10:00", "2026-03-04T08:00")],
            "2026-03-06",
        ),
        (
            [pause("2026-03-04T09:00", "2026-03-05T09:00"), pause("2026-03-03T09:00", "2026-03-04T09:00")],
            "2026-03-09",
        ),
        ([pause("2026-02-20T09:00", "2026-03-01T09:00")], "2026-03-05"),  # before the clock began
        ([pause("2026-03-09T09:00", None)], "2026-03-05"),  # began when the limit was over
        (
            [pause("2026-03-03T09:00", "2026-03-05T09:00"), pause("2026-03-06T09:00", "2026-03-09T09:00")],
            "2026-03-10",
        ),
    ],
)
def test_half_days_of_a_pause_are_not_counted(pauses: list, due: str) -> None:
    assert due_at(wall("2026-03-02T10:00"), 6, pauses, AXIS) == at(D(due), "17:30")


@pytest.mark.parametrize(
    "pauses",
    [
        [pause("2026-03-03T09:00", None)],
        [pause("2026-03-03T09:00", None), pause("2026-03-04T09:00", "2026-03-05T09:00")],
        [pause("2026-03-03T09:00", "2026-03-04T09:00"), pause("2026-03-03T12:00", None)],
    ],
)
def test_while_a_pause_is_open_nothing_is_due(pauses: list) -> None:
    assert due_at(wall("2026-03-02T10:00"), 6, pauses, AXIS) is None


@given(moments, st.integers(0, 60), st.lists(st.tuples(moments, st.integers(0, 20)), max_size=4))
def test_a_pause_never_brings_a_deadline_forward(start: datetime, limit: int, raw: list) -> None:
    pauses = [(begin, begin + timedelta(days=length)) for begin, length in raw]
    plain = due_at(start, limit, [], AXIS)
    paused = due_at(start, limit, pauses, AXIS)
    assert plain and paused and paused >= plain >= start.replace(tzinfo=SHANGHAI) - timedelta(hours=7)
    assert works(paused.date()) and f"{paused:%H:%M}" == "17:30"


@given(moments, st.integers(0, 60))
def test_a_longer_limit_is_never_due_earlier(start: datetime, limit: int) -> None:
    assert due_at(start, limit, [], AXIS) <= due_at(start, limit + 1, [], AXIS)


def test_the_axis_cannot_be_given_new_attributes() -> None:
    with pytest.raises(AttributeError):
        AXIS.colour = "red"
