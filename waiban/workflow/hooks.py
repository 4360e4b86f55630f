"""What the engine tells its neighbours at start: who may hand in papers, which are wanted."""

from __future__ import annotations

from waiban.accounts.actors import Actor
from waiban.accounts.enums import DepartmentKind
from waiban.documents.access import Slot, register_checklist
from waiban.documents.access import register as register_access

from .models import Case, WorkItem
from .registry import flow_of
from .visibility import BLIND_ROLES


def may_upload(actor: Actor, case: Case, item: WorkItem | None) -> bool:
    """Say who hands in papers: the unit, whoever works on the step (or, for the case, on steps of its flow
    that do not decide), and participants.
    """
    flow = flow_of(case.flow_key, case.flow_version)
    steps = [flow.by_key[item.step_key]] if item is not None else [s for s in flow.steps if not s.decides]
    working = {role for step in steps for role in (step.who, *step.recorders)} - BLIND_ROLES
    for seat in actor.seats:
        if seat.department_kind == DepartmentKind.UNIT:
            if seat.department_id == case.department_id and seat.role not in BLIND_ROLES:
                return True
        elif seat.role in working:
            return True
    return case.participants.filter(user_id=actor.user_id, left_at=None).exists()


def papers_wanted(case: Case, item: WorkItem | None) -> list[Slot]:
    """What a step brings forth, or all papers of the steps that apply to the case."""
    flow = flow_of(case.flow_key, case.flow_version)
    if item is not None:
        return [Slot(paper, required=False) for paper in flow.by_key[item.step_key].outputs]
    live = set(
        case.items.exclude(state__in=["skipped", "voided"]).values_list("step_key", flat=True).distinct()
    )
    seen: dict[str, None] = {}
    for step in flow.steps:
        if step.key in live:
            seen.update(dict.fromkeys(step.outputs))
    return [Slot(paper, required=False) for paper in seen]


register_access(may_upload)
register_checklist(papers_wanted)
