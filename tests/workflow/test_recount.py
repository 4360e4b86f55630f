"""What nobody touches is scheduled anew when time passes or the calendar changes."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.workflow.factories import MONDAY, House, Walk, moment
from waiban.core.time import local
from waiban.notices.sweeps import all_sweeps, run_sweep
from waiban.workdays.models import CalendarVersion
from waiban.workdays.parse import NoticeDay
from waiban.workdays.queries import current_version
from waiban.workdays.services import import_year
from waiban.workflow import engine, recount
from waiban.workflow.models import Action

Clock = Callable[[datetime], None]


@pytest.fixture
def waiting(walk: Walk) -> Walk:
    """A case with a target, which waits for its first step."""
    walk.tell(large=False, 甲=False, 乙=False, dates={"day": "2026-03-31"})
    return walk


def test_the_forecast_moves_when_nobody_acts(waiting: Walk, clock: Clock) -> None:
    before = waiting.case
    clock(moment(MONDAY + timedelta(days=11)))
    assert run_sweep("workflow.recount") == 1
    after = waiting.case
    assert after.forecast_date > before.forecast_date
    assert after.slack < before.slack
    assert (after.light, after.light_word) == ("red", "逾期")
    assert after.version == before.version, "a recount is no act"
    assert after.last_activity_at == before.last_activity_at
    assert Action.objects.filter(case=after).count() == 2


@pytest.mark.parametrize(
    ("day", "hour", "expected"),
    [
        (0, "11:59", 0),
        (0, "12:00", 1),
        (0, "17:31", 1),
        (1, "08:00", 1),
        (5, "10:00", 1),
    ],
)
def test_it_looks_at_a_case_once_every_half_day(
    waiting: Walk, clock: Clock, day: int, hour: str, expected: int
) -> None:
    clock(moment(MONDAY + timedelta(days=day), hour))
    assert recount.recount_stale() == expected
    assert recount.recount_stale() == 0


def test_a_limit_is_overdue_at_half_past_five(walk: Walk, clock: Clock) -> None:
    day = local(walk.item("ask").due_at).date()
    clock(moment(day, "17:29"))
    recount.recount_stale()
    assert walk.case.light_word != "逾期"
    clock(moment(day, "17:30:01"))
    recount.recount_stale()
    assert (walk.item("ask").light_word, walk.case.light) == ("逾期", "red")


def test_cases_that_are_over_are_left_alone(waiting: Walk, clock: Clock) -> None:
    engine.cancel(case_id=waiting.case_id, actor=waiting.house.actor("chief"), reason="不借了")
    clock(moment(MONDAY + timedelta(days=3)))
    assert recount.recount_stale() == 0
    assert engine.recount([waiting.case_id]) == 0


def test_it_works_in_chunks_and_the_statements_do_not_grow_with_the_cases(house: House, clock: Clock) -> None:
    for _ in range(5):
        house.start([])
    clock(moment(MONDAY + timedelta(days=1)))
    with CaptureQueriesContext(connection) as captured:
        assert recount.recount_where(recount.stale(recount.current_axis()), chunk=2) == 5
    plain = [q["sql"] for q in captured.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert sum("SKIP LOCKED" in sql for sql in plain) == 3
    assert len(plain) <= 1 + 3 * 4


def test_it_stops_when_its_time_is_over_and_goes_on_later(house: House, clock: Clock) -> None:
    for _ in range(3):
        house.start([])
    clock(moment(MONDAY + timedelta(days=1)))
    assert recount.recount_where(recount.stale(recount.current_axis()), chunk=2, seconds=-1) == 2
    assert recount.recount_stale() == 1


def test_an_import_recounts_every_running_case(waiting: Walk) -> None:
    before = waiting.case.forecast_date
    holiday = [NoticeDay(MONDAY + timedelta(days=number), False, "停电") for number in range(1, 5)]
    waiting.house.hire("keeper", "section", "sysadmin")
    imported = import_year(
        year=2026,
        source="测试",
        published_on=date(2026, 1, 1),
        days=holiday,
        based_on=current_version(),
        actor=waiting.house.actor("keeper"),
    )
    assert imported.recounted == 1 and not imported.failed
    case = waiting.case
    assert case.calendar_version == CalendarVersion.objects.get().value
    assert case.forecast_date > before


def test_a_year_without_a_notice_is_marked_as_tentative(waiting: Walk) -> None:
    waiting.tell(large=False, dates={"day": "2030-01-10", "last_day": "2030-01-11"})
    assert waiting.item("close").due_tentative
    assert not waiting.item("ask").due_tentative
    assert not waiting.case.forecast_tentative


def test_a_moved_limit_is_reminded_of_again(waiting: Walk, clock: Clock) -> None:
    waiting.until("use")
    chosen = moment(MONDAY, "16:00")
    clock(chosen)
    waiting.tell(large=False, dates={"last_day": "2026-04-02"})
    item = waiting.item("use")
    assert local(item.due_at).date() == date(2026, 4, 2)
    assert item.next_remind_at == chosen


def test_the_sweep_is_registered_for_the_beat() -> None:
    assert {"workflow.recount"} <= {sweep.name for sweep in all_sweeps()}
