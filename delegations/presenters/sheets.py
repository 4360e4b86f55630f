"""The tabs that show what was entered: overview, programme, money, results, and the printed sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from delegations.enums import Half, LineKind
from delegations.facts import Dossier
from delegations.models import BudgetLine, Delegation, ItineraryEntry
from waiban.core.templatetags.ui import long_day
from waiban.core.time import WEEKDAYS, local
from waiban.workflow.enums import ActionKind
from waiban.workflow.models import Action
from waiban.workflow.registry import flow_of

Pair = tuple[str, Any]

NOTHING = "—"


def yes_no(value: bool | None) -> str:
    """是, 否, or a dash while it is not known."""
    return NOTHING if value is None else "是" if value else "否"


def overview(dossier: Dossier) -> list[tuple[str, list[Pair]]]:
    """Sections (title, pairs) of the overview."""
    group = dossier.delegation
    return [
        ("团组", _formation(group)),
        ("行程", _route(dossier)),
        ("计划", _plan(group)),
        ("任务", _task(group)),
    ]


def _formation(group: Delegation) -> list[Pair]:
    case = group.case
    return [
        ("团组名称", group.name),
        ("类别", group.get_category_display()),
        ("组团单位", case.department.name),
        ("经办人", case.owner.name),
        ("组织方式", group.get_organize_mode_display()),
        ("派员单位", "、".join(unit.name for unit in group.sending_units.all()) or NOTHING),
        ("任务通知书", group.task_notice_no or NOTHING),
        ("团组级别", group.get_level_display()),
        ("审批权限", _authority(group)),
        ("办理方式", case.get_mode_display()),
    ]


def _route(dossier: Dossier) -> list[Pair]:
    group = dossier.delegation
    return [
        ("国家（地区）", "、".join(_stop(stop) for stop in dossier.stops) or NOTHING),
        ("计划出境", _long(group.exit_date)),
        ("计划回国", _long(group.entry_date)),
        ("在外天数", f"{group.days} 天" if group.days else NOTHING),
        ("实际出境", _long(group.actual_exit)),
        ("实际回国", _long(group.actual_entry)),
    ]


def _plan(group: Delegation) -> list[Pair]:
    item = group.plan_item
    return [
        ("计划类型", group.get_plan_type_display()),
        ("年度计划项", f"{item.plan} {item}" if item else NOTHING),
        ("计划外（调整）说明", group.plan_note or NOTHING),
    ]


def _task(group: Delegation) -> list[Pair]:
    return [
        ("任务摘要", group.task_summary or NOTHING),
        ("任务说明", group.task_detail or NOTHING),
        ("招商导向", yes_no(group.is_investment)),
        ("目标产业", group.industries or NOTHING),
        ("目标企业", f"{group.target_firms} 家" if group.target_firms else NOTHING),
        ("约见外方政要", yes_no(group.high_level_meeting)),
        ("征求业务主管部门意见", yes_no(group.dept_consult_required)),
    ]


def _authority(group: Delegation) -> str:
    words = group.get_authority_display()
    if group.needs_province_confirm:
        words += "，须省级确认"
    return f"{words}（{group.authority_reason}）" if group.authority_reason else words


def _stop(stop: Any) -> str:
    days = f" {stop.days} 天" if stop.days else ""
    return f"{stop.place.name}{days}{'（经停不出机场）' if stop.inside_airport else ''}"


def _long(day: date | None) -> str:
    return f"{day.year} 年 {long_day(day)}" if day else NOTHING


@dataclass
class TripDay:
    """One day of the programme."""

    day: date
    number: int
    halves: list[tuple[str, list[ItineraryEntry]]] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"{self.day:%m-%d} {WEEKDAYS[self.day.weekday()]}"


def programme(entries: Iterable[ItineraryEntry]) -> list[TripDay]:
    """Group the entries by day and half day; entries come in order."""
    days: dict[date, TripDay] = {}
    for entry in entries:
        day = days.setdefault(entry.day, TripDay(entry.day, len(days) + 1))
        word = Half(entry.half).label
        if not day.halves or day.halves[-1][0] != word:
            day.halves.append((word, []))
        day.halves[-1][1].append(entry)
    return list(days.values())


@dataclass(frozen=True, slots=True)
class CostRow:
    """One type of cost: budget, settlement and their difference in yuan."""

    label: str
    budget: Decimal
    settlement: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """Settlement less budget; None before the settlement."""
        return None if self.settlement is None else self.settlement - self.budget


def costs(lines: Sequence[BudgetLine]) -> tuple[list[CostRow], CostRow]:
    """Add the lines up by type of cost, budget beside settlement, and their total."""
    settled = any(line.kind == LineKind.SETTLEMENT for line in lines)
    sums: dict[str, dict[str, Decimal]] = {}
    for line in lines:
        kinds = sums.setdefault(line.get_fee_type_display(), {})
        kinds[line.kind] = kinds.get(line.kind, Decimal(0)) + line.yuan
    rows = [_cost(label, kinds, settled) for label, kinds in sums.items()]
    total = CostRow(
        "合计",
        sum((row.budget for row in rows), Decimal(0)),
        sum((row.settlement or Decimal(0) for row in rows), Decimal(0)) if settled else None,
    )
    return rows, total


def _cost(label: str, kinds: dict[str, Decimal], settled: bool) -> CostRow:
    spent = kinds.get(LineKind.SETTLEMENT, Decimal(0)) if settled else None
    return CostRow(label, kinds.get(LineKind.BUDGET, Decimal(0)), spent)


def opinions(group: Delegation) -> list[tuple[str, str, str, str]]:
    """The decisions for the printed sheet: (step, opinion, who, when), oldest first. One query."""
    flow = flow_of(group.case.flow_key, group.case.flow_version)
    deciding = {step.no for step in flow.steps if step.decides or step.submits}
    rows = Action.objects.filter(
        case_id=group.pk,
        kind__in=[ActionKind.COMPLETE, ActionKind.RETURN, ActionKind.REFUSE],
        step_no__in=deciding,
        item__participant=None,
    ).order_by("seq")
    found = []
    for row in rows:
        who = f"{row.actor_name}（代{row.acting_for_name}）" if row.acting_for_name else row.actor_name
        word = "" if row.kind == ActionKind.COMPLETE else f"【{ActionKind(row.kind).label}】"
        found.append((row.step_name, f"{word}{row.opinion}", who, f"{local(row.at):%Y-%m-%d %H:%M}"))
    return found
