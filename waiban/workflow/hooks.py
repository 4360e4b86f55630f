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
    """The unit, the office, participants, and for a step whoever holds its role may hand in papers."""
    for seat in actor.seats:
        if seat.role in BLIND_ROLES:
            continue
        if seat.department_kind == DepartmentKind.UNIT and seat.department_id == case.department_id:
            return True
        if seat.department_kind == DepartmentKind.OFFICE_SECTION:
            return True
        if item is not None and seat.role == item.role:
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
