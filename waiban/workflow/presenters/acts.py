"""What I may do now: one panel per open item on which the actor may act, the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from waiban.core.time import WEEKDAYS, local

from ..definition import Step
from ..enums import ItemState
from ..forms import PHRASES, StepForm
from ..models import WorkItem
from ..record import Record
from ..rules import may_act
from ..state import Item


@dataclass(slots=True)
class ActPanel:
    """Context of `workflow/partials/act.html`."""

    item_id: int
    version: int
    no: int
    name: str
    person: str
    step_key: str
    due_label: str
    late: bool
    from_label: str
    opinion_label: str
    opinion: str
    phrases: tuple[str, ...]
    verb: str
    can_return: bool
    can_reassign: bool
    can_refuse: bool
    can_add_signer: bool
    can_claim: bool
    can_release: bool
    next_sentence: str
    checks_title: str = ""
    checks: list[tuple[bool | None, str, str]] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    sheet_url: str = ""
    form: StepForm | None = None
    papers: list[tuple[str, str, str, str]] = field(default_factory=list)
    upload_url: str = ""
    reason: str = ""


def mine(record: Record) -> list[Item]:
    """Return the open items on which the actor may act, the least slack first."""
    if record.case.paused_at is not None:
        return []
    found = [item for item in record.items if may_act(record.state, item, record.actor)]
    return sorted(found, key=lambda item: (item.slack if item.slack is not None else 10**6, item.step_key))


def panels(record: Record) -> list[ActPanel]:
    """Return a panel, with its form, for every open item of the actor."""
    items = mine(record)
    rows = WorkItem.objects.in_bulk([item.id for item in items if item.id]) if items else {}
    return [panel(record, item, rows[item.id]) for item in items if item.id]


def panel(record: Record, item: Item, row: WorkItem, form: StepForm | None = None) -> ActPanel:
    """Build the panel of one item; `form` is a bound form with errors, or None for a fresh one."""
    step, actor = record.state.step(item), record.actor
    binding = record.binding
    fresh = form or make_form(record, step, row)
    plain = type(fresh) is StepForm or binding.form_class(step.key) is None
    shared = item.assignee_id is None and not item.participant_id and _holders(record, item) > 1
    recording = not actor.has(item.role) and item.user_id != actor.user_id
    return ActPanel(
        item_id=row.pk,
        version=item.version,
        no=step.no,
        name=step.name,
        person=record.person_names.get(item.participant_id or 0, ""),
        step_key=step.key,
        due_label=due_label(record, item),
        late=item.due_at is not None and record.now > item.due_at,
        from_label=from_label(record, item),
        opinion_label=(f"{step.deed}意见" if step.decides else "办理说明") if plain else "",
        opinion=row.opinion or step.opinion,
        phrases=step.phrases or (PHRASES if step.decides else ()),
        verb=f"代录：{step.verb}" if recording else step.verb,
        can_return=bool(step.returns),
        can_reassign=not item.participant_id
        and (_holders(record, item) > 1 or actor.has(*record.state.flow.managers)),
        can_refuse=step.decides,
        can_add_signer=step.decides and not item.outside,
        can_claim=shared and not recording,
        can_release=item.assignee_id is not None and item.assignee_id == actor.user_id,
        next_sentence=next_sentence(record, item, step),
        checks_title=f"{step.deed}要点",
        checks=list(binding.checks(record.case, step)) if binding.checks and step.decides else [],
        facts=list(binding.summary(record.case)) if binding.summary and step.decides else [],
        form=None if plain else fresh,
        papers=[("waiting", name, "", "") for name in step.outputs],
        upload_url=f"{reverse('documents:papers', args=[record.case.pk])}?item={row.pk}",
        reason=row.reason,
    )


def make_form(record: Record, step: Step, row: WorkItem, data: Any = None, files: Any = None) -> StepForm:
    """Make the form of a step, bound when there is data."""
    form_class = record.binding.form_class(step.key) or StepForm
    return form_class(data, files, case=record.case, item=row, actor=record.actor, step=step)


def _holders(record: Record, item: Item) -> int:
    seats = record.seats
    if item.department_id is not None:
        return len(seats.get((item.role, item.department_id), []))
    return sum(len(found) for (role, _department), found in seats.items() if role == item.role)


def due_label(record: Record, item: Item) -> str:
    """Say until when: all limits end at 17:30."""
    if item.due_at is None:
        return ""
    due, today = local(item.due_at), local(record.now).date()
    day = "今天" if due.date() == today else f"{due:%m-%d} {WEEKDAYS[due.weekday()]}"
    return f"{day} {due:%H:%M} 前" + ("（待定）" if item.due_tentative else "")


def from_label(record: Record, item: Item) -> str:
    """Say who sent it when, and when it was taken."""
    done = [
        before
        for before in record.state.predecessors(item, record.by_step)
        if before.state == ItemState.DONE and before.done_at
    ]
    words = []
    if done:
        last = max(done, key=lambda before: before.done_at)
        words.append(
            f"{record.user_names.get(last.done_by_id or 0, '')} {local(last.done_at):%m-%d %H:%M} 送来"
        )
    if item.claimed_at:
        words.append(f"{local(item.claimed_at):%m-%d %H:%M} 已签收")
    return " · ".join(words)


def next_sentence(record: Record, item: Item, step: Step) -> str:
    """Say what follows: which steps become ready, and with whom."""
    following = []
    for key in record.state.flow.successors[step.key]:
        after = record.state.flow.by_key[key]
        if any(i.state == ItemState.WAITING for i in record.by_step[key]):
            following.append(f"{after.no} {after.name}（{record.role_holder(after.who)}）")
    if not following:
        text = f"{step.verb}后本环节办结"
    else:
        text = f"{step.verb}后送 {'、'.join(following[:3])}" + (" 等" if len(following) > 3 else "")
    return f"{text}；退回须一次性列明缺项" if step.returns else text
