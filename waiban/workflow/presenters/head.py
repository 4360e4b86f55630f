"""The head of a record: number, title, facts, the three figures, and the three clocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from waiban.core.time import WEEKDAYS, local

from .. import clock
from ..enums import CaseStatus, ItemState, Mode
from ..record import Record
from ..state import Item
from .lanes import expected_day_number


@dataclass(slots=True)
class Head:
    """Context of `workflow/partials/head.html`; tabs are (key, label, count, url, active)."""

    reference: str
    title: str
    tags: list[str]
    facts: list[tuple[str, str]]
    days_to_exit: int | None
    exit_label: str
    target_label: str
    goal_label: str
    forecast_day_no: int | None
    forecast_date: str
    forecast_note: str
    slack_half: int | None
    light: str
    light_word: str
    clocks: list[tuple[str, str]]
    status: str = ""
    tabs: list[tuple] = field(default_factory=list)
    print_url: str = ""


def head(record: Record, *, tags: list[str], facts: list[tuple[str, str]]) -> Head:
    """Build the head; the business gives its tags and its line of facts."""
    case, flow = record.case, record.state.flow
    today = local(record.now).date()
    target = record.state.target_date
    running = case.status == CaseStatus.RUNNING
    gone = record.state.goal_at is not None
    shown = _forecast(record)
    known = [tag for tag in tags if tag]
    if case.mode == Mode.FAST:
        known.append("快办")
    holder = [("在办", case.holder_text)] if running and case.holder_text else []
    return Head(
        reference=case.reference,
        title=case.title,
        tags=known,
        facts=[*facts, *holder],
        days_to_exit=(target - today).days if target and running and not gone else None,
        exit_label=long_day(target) if target else "",
        target_label=flow.target_label,
        goal_label=flow.goal_label,
        forecast_day_no=expected_day_number(record),
        forecast_date=f"{shown.month}月{shown.day}日" if shown else "",
        forecast_note=_note(record, shown, today),
        slack_half=case.slack if running else None,
        light=case.light,
        light_word=case.light_word,
        clocks=clocks(record),
        status=case.get_status_display(),
    )


def long_day(day: date) -> str:
    """Write a day as 12月20日 周日."""
    return f"{day.month}月{day.day}日 {WEEKDAYS[day.weekday()]}"


def _forecast(record: Record) -> date | None:
    if record.state.goal_at is not None:
        return record.state.date(record.state.flow.target) or local(record.state.goal_at).date()
    return record.case.forecast_date


def _note(record: Record, shown: date | None, today: date) -> str:
    if shown is None:
        return ""
    words = [WEEKDAYS[shown.weekday()]]
    if record.state.goal_at is not None:
        words.append(f"已{record.state.flow.goal_label}")
    elif record.case.forecast_tentative:
        words.append("待定")
    anchor = record.state.anchor_at
    if anchor is not None and record.state.goal_at is None:
        axis = record.axis
        first = axis.date_of(axis.next_day_start(axis.index_at(anchor) + 1))[0]
        number = (today - first).days + 1
        words.append(f"今天是第 {number} 天" if number > 0 else "尚未起算")
    return " · ".join(words)


def clocks(record: Record) -> list[tuple[str, str]]:
    """Return the three clocks in words: calendar days since T0, working days of the office and of others."""
    axis, state = record.axis, record.state
    end = record.case.closed_at or record.now
    office: list[clock.Interval] = []
    outside: list[clock.Interval] = []
    for item in state.items:
        span = _interval(record, item, axis.index_at(end))
        if span is None:
            continue
        (outside if item.outside or _by_others(record, item) else office).append(span)
    anchor = axis.index_at(state.anchor_at) + 1 if state.anchor_at else None
    found = clock.totals(office=office, outside=outside, anchor=anchor, now=axis.index_at(end), axis=axis)
    return [
        ("自然日", f"{found.calendar_days} 天" if anchor is not None else "尚未起算"),
        ("外办净用时", f"{found.office / 2:g} 个工作日"),
        ("外部用时", f"{found.outside / 2:g} 个工作日"),
    ]


def _by_others(record: Record, item: Item) -> bool:
    """The clock of the office runs only while a section of the office has the step."""
    return item.role in OTHERS or not item.ready_at


OTHERS = frozenset(
    {"unit_clerk", "unit_leader", "member", "finance", "personnel", "province", "mission", "city_leader"}
)
"""Roles outside the office: their time is not the office's."""


def _interval(record: Record, item: Item, now: int) -> clock.Interval | None:
    if item.ready_at is None or item.state in (ItemState.SKIPPED, ItemState.WAITING):
        return None
    axis = record.axis
    start = axis.index_at(item.ready_at)
    end = axis.index_at(item.done_at) + 1 if item.done_at else (now + 1 if item.is_open else start)
    return (start, end)
