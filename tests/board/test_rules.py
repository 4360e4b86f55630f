"""How the queue speaks about time."""

from datetime import date, datetime

import pytest

from waiban.board import rules
from waiban.core.time import at
from waiban.workdays.axis import Axis

AXIS = Axis(1, {}, range(2020, 2041))
FRIDAY = date(2026, 12, 4)


def left(due: datetime | None, now: datetime, **more: bool) -> rules.TimeLeft:
    """Say how much time is left."""
    return rules.time_left(due, now=now, axis=AXIS, **more)


@pytest.mark.parametrize(
    ("due", "now", "words", "day", "overdue"),
    [
        (at(date(2026, 12, 3), "17:30"), at(FRIDAY, "09:12"), "逾期 1 个工作日", "应于 12-03 周四", True),
        (at(FRIDAY, "17:30"), at(FRIDAY, "09:12"), "今天 17:30", "12-04 周五", False),
        (at(FRIDAY, "17:30"), at(FRIDAY, "18:00"), "逾期不足 1 个工作日", "应于 12-04 周五", True),
        (at(date(2026, 12, 7), "17:30"), at(FRIDAY, "09:12"), "1 个工作日", "12-07 周一", False),
        (at(date(2026, 12, 9), "17:30"), at(FRIDAY, "09:12"), "3 个工作日", "12-09 周三", False),
        (at(FRIDAY, "17:30"), at(date(2026, 12, 7), "09:00"), "逾期 1 个工作日", "应于 12-04 周五", True),
    ],
)
def test_the_time_left_is_said_in_working_days(
    due: datetime, now: datetime, words: str, day: str, overdue: bool
) -> None:
    assert left(due, now) == rules.TimeLeft(words, day, overdue)


def test_a_weekend_does_not_count() -> None:
    saturday, sunday = date(2026, 12, 5), date(2026, 12, 6)
    assert left(at(sunday, "17:30"), at(saturday, "10:00")).words == "不足 1 个工作日"


def test_a_limit_in_a_year_without_calendar_says_so() -> None:
    assert (
        left(at(date(2026, 12, 9), "17:30"), at(FRIDAY, "09:00"), tentative=True).day == "12-09 周三（待定）"
    )


def test_what_has_no_limit_says_so() -> None:
    assert left(None, at(FRIDAY, "09:00")) == rules.TimeLeft("未定时限", "", False)


@pytest.mark.parametrize(
    ("slack", "overdue", "group"),
    [
        (-5, False, rules.URGENT),
        (1, False, rules.URGENT),
        (2, False, rules.NEAR),
        (4, False, rules.NEAR),
        (5, False, rules.EASY),
        (None, False, rules.EASY),
        (9, True, rules.URGENT),
        (None, True, rules.URGENT),
    ],
)
def test_rows_are_grouped_by_slack(slack: int | None, overdue: bool, group: str) -> None:
    assert rules.group_of(slack=slack, overdue=overdue) == group


@pytest.mark.parametrize(
    ("slack", "overdue", "critical", "words"),
    [
        (-1, True, True, "每晚 1 天，计划日期顺延 1 个工作日"),
        (3, True, False, "已过时限，请尽快办理"),
        (-3, False, True, "按现有进度晚于计划日期 1.5 个工作日"),
        (1, False, True, "余量将尽，今天办结可以赶上"),
        (6, False, False, ""),
        (None, False, False, ""),
    ],
)
def test_an_urgent_row_says_why(slack: int | None, overdue: bool, critical: bool, words: str) -> None:
    assert rules.reason(slack=slack, overdue=overdue, critical=critical) == words
