"""One step in full, for the dialog behind a chip."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from waiban.accounts.enums import Role
from waiban.core.time import local

from .. import clock
from ..enums import ItemState
from ..models import WorkItem
from ..record import Record
from .acts import due_label, mine
from .lanes import chip_date, step_state


@dataclass(slots=True)
class ItemDetail:
    """Context of `workflow/partials/item.html`."""

    no: int
    name: str
    state: str
    state_word: str
    holder: str
    department: str
    stand_in: str
    plan: str
    latest: str
    actual: str
    due_label: str
    clock_label: str
    slack_half: int | None
    light: str
    light_word: str
    basis: str
    condition: str
    reason: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    opinion: str
    after: list[tuple[int, str, str]] = field(default_factory=list)
    people: list[tuple[str, str, str, str]] = field(default_factory=list)
    rounds: list[tuple[int, str]] = field(default_factory=list)
    record_url: str = ""


STATE_WORDS = {
    "done": "已办",
    "doing": "办理中",
    "ready": "待办",
    "outside": "等待外部",
    "skipped": "不适用",
    "waiting": "未到",
}


def detail(record: Record, row: WorkItem) -> ItemDetail:
    """Build the detail of a step from one of its items."""
    step = record.state.flow.by_key[row.step_key]
    items = record.by_step[step.key]
    item = next((i for i in items if i.id == row.pk), items[0] if items else None)
    state = step_state(items)
    axis = record.axis
    own = item is not None and item in mine(record)
    return ItemDetail(
        no=step.no,
        name=step.name,
        state=state,
        state_word=STATE_WORDS[state],
        holder=record.holder(item) if item else "",
        department=Role(step.who).label,
        stand_in=_stand_in(record, row),
        plan=_span(axis, row.plan_start, row.plan_finish),
        latest=f"{clock.day_of(row.late_finish, axis):%m-%d}" if row.late_finish is not None else "",
        actual=_actual(row),
        due_label=due_label(record, item) if item and item.is_open else "",
        clock_label=_clock(record, row),
        slack_half=row.slack,
        light=row.light,
        light_word=row.light_word,
        basis=step.basis,
        condition=step.condition_text,
        reason=(step.na_text if state == "skipped" else row.reason),
        inputs=step.inputs,
        outputs=step.outputs,
        opinion=row.opinion,
        after=[
            (b.no, b.name, step_state(record.by_step[b.key]))
            for b in map(record.state.flow.by_key.get, step.after)
        ],
        people=_people(record, items) if step.per_member else [],
        rounds=_rounds(record, row),
        record_url=record.binding.record_url(record.case) + "#act" if own else "",
    )


def _people(record: Record, items: list) -> list[tuple[str, str, str, str]]:
    step = record.state.step(items[0]) if items else None
    found = []
    for item in items:
        state = step_state([item])
        name = record.person_names.get(item.participant_id or 0, "")
        found.append((name, state, chip_date(record, step, [item], state) or item.reason, ""))
    return found


def _rounds(record: Record, row: WorkItem) -> list[tuple[int, str]]:
    old = [
        item
        for item in record.state.items
        if item.step_key == row.step_key
        and item.participant_id == row.participant_id
        and item.state in (ItemState.RETURNED, ItemState.VOIDED)
    ]
    return [(item.round, f"{ItemState(item.state).label}{_when(item.done_at)}") for item in old]


def _when(moment: datetime | None) -> str:
    return f" {local(moment):%m-%d %H:%M}" if moment else ""


def _stand_in(record: Record, row: WorkItem) -> str:
    if row.acting_for_id is None:
        return ""
    return f"{record.user_names.get(row.done_by_id, '')} 代 {record.user_names.get(row.acting_for_id, '')}"


def _span(axis, start: int | None, finish: int | None) -> str:
    if start is None or finish is None:
        return ""
    first, last = axis.date_of(max(start, 0))[0], clock.day_of(finish, axis)
    return f"{first:%m-%d}" if last <= first else f"{first:%m-%d} 至 {last:%m-%d}"


def _actual(row: WorkItem) -> str:
    if row.ready_at is None:
        return ""
    begun = f"{local(row.ready_at):%m-%d %H:%M} 到达"
    return f"{begun}，{local(row.done_at):%m-%d %H:%M} 办结" if row.done_at else begun


def _clock(record: Record, row: WorkItem) -> str:
    if row.ready_at is None:
        return f"时限 {row.limit / 2:g} 个工作日"
    axis = record.axis
    used = axis.index_at(row.done_at or record.now) - axis.index_at(row.ready_at)
    who = "外部时钟，不计外办时限" if row.outside else "计外办时限"
    return f"已用 {used / 2:g} / {row.limit / 2:g} 个工作日（{who}）"
