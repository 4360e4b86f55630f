"""How the queue speaks about time: pure functions over the working calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from waiban.core.time import WEEKDAYS, local
from waiban.workdays.axis import Axis

DAY = 2
"""Half-days of a working day."""

URGENT, NEAR, EASY = "urgent", "near", "easy"

GROUPS = (
    (URGENT, "今天不办就误期", "余量不足 1 个工作日"),
    (NEAR, "余量 2 个工作日以内", ""),
    (EASY, "较宽裕", ""),
)


def group_of(*, slack: int | None, overdue: bool) -> str:
    """Sort a row into one of the three groups. `slack` counts half-days; what is overdue is urgent."""
    if overdue or (slack is not None and slack < DAY):
        return URGENT
    return NEAR if slack is not None and slack <= 2 * DAY else EASY


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """What is left of a limit, in words: `words` in bold, `day` below it."""

    words: str
    day: str
    overdue: bool


def day_words(day: date) -> str:
    """Return "12-04 周四"."""
    return f"{day:%m-%d} {WEEKDAYS[day.weekday()]}"


def time_left(due_at: datetime | None, *, now: datetime, axis: Axis, tentative: bool = False) -> TimeLeft:
    """Say how much time is left until a moment; limits end at 17:30 of their day."""
    if due_at is None:
        return TimeLeft("未定时限", "", False)
    due, today = local(due_at).date(), local(now).date()
    day = day_words(due) + ("（待定）" if tentative else "")
    if now > due_at:
        late = axis.between(due, today) // DAY
        words = f"逾期 {late} 个工作日" if late else "逾期不足 1 个工作日"
        return TimeLeft(words, f"应于 {day}", True)
    if due == today:
        return TimeLeft(f"今天 {local(due_at):%H:%M}", day, False)
    days = max(axis.between(today, due) // DAY, 0)
    return TimeLeft(f"{days} 个工作日" if days else "不足 1 个工作日", day, False)


def reason(*, slack: int | None, overdue: bool, critical: bool) -> str:
    """Say why a row stands in the first group; "" when the light alone says it."""
    if overdue:
        return "每晚 1 天，计划日期顺延 1 个工作日" if critical else "已过时限，请尽快办理"
    if slack is not None and slack < 0:
        return f"按现有进度晚于计划日期 {-slack / DAY:g} 个工作日"
    return "余量将尽，今天办结可以赶上" if slack is not None and slack < DAY else ""
