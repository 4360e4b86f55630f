"""View models of the desk: plain values for the template, made from loaded rows without queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from waiban.core.time import WEEKDAYS, local
from waiban.workdays.axis import Axis
from waiban.workflow.registry import binding_of

from .rules import GROUPS, URGENT, TimeLeft, day_words, group_of, reason, time_left

BAR_DAYS = 5
"""Working days shown behind today."""

RANK = {"red": 0, "amber": 1, "green": 2, "grey": 3}


@dataclass
class Line:
    """One row of the queue: a step of a case, with every member's item of it that waits for this person."""

    case_id: int
    flow_key: str
    business: str
    ref: str
    title: str
    url: str
    step_key: str
    step_no: int
    step: str
    unit: str
    verb: str
    can_batch: bool
    light: str
    light_word: str
    slack: int | None
    critical: bool
    due_at: datetime | None
    left: TimeLeft
    claimed_by: str
    items: list[tuple[int, int]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    @property
    def value(self) -> str:
        """Value of the checkbox: "<item>:<version>" of each item, joined by commas."""
        return ",".join(f"{pk}:{version}" for pk, version in self.items)

    @property
    def people(self) -> str:
        """Whose items these are: a name, or how many."""
        return self.names[0] if len(self.names) == 1 else f"{len(self.names)} 人" if self.names else ""

    @property
    def late(self) -> bool:
        return self.left.overdue

    @property
    def due_label(self) -> str:
        return self.left.words

    @property
    def due_date(self) -> str:
        return self.left.day

    @property
    def due_on(self) -> date | None:
        """The day on which the limit ends."""
        return local(self.due_at).date() if self.due_at else None

    @property
    def group(self) -> str:
        return group_of(slack=self.slack, overdue=self.late)

    @property
    def reason(self) -> str:
        """Why it is urgent; "" outside the first group."""
        words = reason(slack=self.slack, overdue=self.late, critical=self.critical)
        return words if self.group == URGENT else ""

    @property
    def text(self) -> str:
        """What the search field of the queue looks into."""
        return f"{self.ref} {self.title} {self.unit} {self.step} {' '.join(self.names)}"

    @property
    def step_value(self) -> str:
        """What rows of one batch must have in common."""
        return f"{self.flow_key}.{self.step_key}"


class _CaseOnly:
    """What a record address needs of a case, without loading it."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.pk = self.id = row["case_id"]
        self.reference = row["case__reference"]
        self.flow_key, self.flow_version = row["case__flow_key"], row["case__flow_version"]


def lines_from(rows: Iterable[dict[str, Any]], *, user_id: int, now: datetime, axis: Axis) -> list[Line]:
    """Fold loaded items into lines, keeping their order: the first item of a step stands for the others."""
    lines: dict[tuple[int, str], Line] = {}
    for row in rows:
        key = (row["case_id"], row["step_key"])
        line = lines.get(key)
        if line is None:
            line = lines[key] = _line(row, user_id=user_id, now=now, axis=axis)
        elif RANK[row["light"]] < RANK[line.light]:
            line.light, line.light_word = row["light"], row["light_word"]
        line.items.append((row["id"], row["version"]))
        if row["participant__name"]:
            line.names.append(row["participant__name"])
    return list(lines.values())


def _line(row: dict[str, Any], *, user_id: int, now: datetime, axis: Axis) -> Line:
    binding = binding_of(row["case__flow_key"], row["case__flow_version"])
    step = binding.flow.by_key[row["step_key"]]
    left = time_left(row["due_at"], now=now, axis=axis, tentative=row["due_tentative"])
    return Line(
        case_id=row["case_id"],
        flow_key=binding.flow.key,
        business=binding.label,
        ref=row["case__reference"],
        title=row["case__title"],
        url=binding.record_url(_CaseOnly(row)),
        step_key=step.key,
        step_no=step.no,
        step=step.name,
        unit=row["case__department__short_name"],
        verb=step.verb,
        can_batch=step.key not in binding.forms,
        light="red" if left.overdue else row["light"],
        light_word="逾期" if left.overdue else row["light_word"],
        slack=row["slack"],
        critical=row["critical"],
        due_at=row["due_at"],
        left=left,
        claimed_by=row["assignee__name"] if row["assignee_id"] not in (None, user_id) else "",
    )


def grouped(lines: Sequence[Line]) -> list[tuple[str, str, list[Line]]]:
    """Put lines into the three groups (title, note, rows); empty groups are left out."""
    found = [(title, note, [line for line in lines if line.group == key]) for key, title, note in GROUPS]
    return [group for group in found if group[2]]


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of the sentence below the title."""

    due_today: int
    overdue: int
    outside: int
    outside_late: int


def summarise(lines: Sequence[Line], outside: Sequence[Line], *, now: datetime) -> Summary:
    """Count what is due today, overdue, and held by others."""
    today = local(now).date()
    return Summary(
        due_today=sum(1 for line in lines if not line.late and line.due_on == today),
        overdue=sum(1 for line in lines if line.late),
        outside=len(outside),
        outside_late=sum(1 for line in outside if line.late),
    )


Bar = tuple[str, str, int, str]


def bars(lines: Sequence[Line], *, now: datetime, axis: Axis) -> tuple[list[Bar], str]:
    """Return (label, sub, count, kind) of what is overdue and due today and later, and a note.

    What is due on a day off stands on the last working day before it.
    """
    today = local(now).date()
    days = _workdays_from(today, axis)
    counts = dict.fromkeys(days, 0)
    overdue = sum(1 for line in lines if line.late)
    for line in lines:
        if line.late or line.due_on is None or line.due_on > days[-1]:
            continue
        counts[max(day for day in days if day <= line.due_on)] += 1
    found: list[Bar] = [("逾期", "", overdue, "late")] if overdue else []
    for day in days:
        sub, kind = ("今天", "today") if day == today else (f"{day:%m-%d}", "later")
        found.append((WEEKDAYS[day.weekday()], sub, counts[day], kind))
    return found, f"至 {day_words(days[-1])} · 共 {overdue + sum(counts.values())} 件"


def _workdays_from(today: date, axis: Axis) -> list[date]:
    """Today, whatever day it is, and the next working days."""
    days, day = [today], today
    while len(days) <= BAR_DAYS:
        day += timedelta(days=1)
        if axis.is_workday(day):
            days.append(day)
    return days
