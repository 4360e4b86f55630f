"""Who may do what with an open item: pure predicates, no queries. Each refusal carries its sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from waiban.accounts.actors import Actor, Seat
from waiban.accounts.enums import DepartmentKind, Role
from waiban.core.errors import Refused

from .definition import Step
from .enums import ItemState
from .state import CaseState, Item


@dataclass(frozen=True, slots=True)
class Doer:
    """Who acts and by which right, as it will stand in the log."""

    user_id: int
    name: str
    acting_for_id: int | None = None
    acting_for_name: str = ""
    post: str = ""

    @property
    def persons(self) -> frozenset[int]:
        """Both the one who acts and the one for whom he acts."""
        return frozenset({self.user_id} | ({self.acting_for_id} if self.acting_for_id else set()))


def doer_from(actor: Actor, seat: Seat | None) -> Doer:
    """Name the actor under the seat that gives the right."""
    if seat is None:
        return Doer(actor.user_id, actor.name)
    post = f"{seat.department} {Role(seat.role).label}".strip()
    if seat.lent:
        return Doer(actor.user_id, actor.name, seat.user_id, seat.user_name, post)
    return Doer(actor.user_id, actor.name, post=post)


def _fits(seat: Seat, role: str, state: CaseState, department_id: int | None) -> bool:
    """A seat in a unit works for its own unit's cases only; others for the department, where one is set."""
    if seat.role != role or not seat.covers(state.flow.key):
        return False
    if seat.department_kind == DepartmentKind.UNIT:
        return seat.department_id == state.department_id
    return department_id is None or seat.department_id == department_id


def seats_for(state: CaseState, item: Item, actor: Actor) -> list[Seat]:
    """Return the seats that give the actor the right to an item: holders first, then recorders, own first."""
    if actor.office_id != state.office_id:
        return []
    step = state.step(item)
    found: list[tuple[int, bool, Seat]] = []
    for rank, role in enumerate((item.role, *step.recorders)):
        if role == state.flow.member_role:
            continue  # a participant acts by taking part, never by a position of that name
        department_id = item.department_id if rank == 0 else None
        found += [(rank, s.lent, s) for s in actor.seats if _fits(s, role, state, department_id)]
    return [seat for _rank, _lent, seat in sorted(found, key=lambda entry: entry[:2])]


def is_own_step(state: CaseState, item: Item, actor: Actor) -> bool:
    """Say whether the item is the actor's as a participant."""
    step = state.step(item)
    if step.who != state.flow.member_role:
        return False
    return item.user_id == actor.user_id if step.per_member else actor.user_id in participant_ids(state)


def participant_ids(state: CaseState) -> frozenset[int]:
    """User ids of the participants who are in the case."""
    return frozenset(item.user_id for item in state.items if item.user_id and not item.left)


def right_to(state: CaseState, item: Item, actor: Actor) -> Doer:
    """Return under which name the actor may act on the item.

    Raises `Refused` when it is somebody else's step or another has taken it.
    """
    if is_own_step(state, item, actor):
        return Doer(actor.user_id, actor.name, post=str(Role(state.flow.member_role).label))
    seats = seats_for(state, item, actor)
    if item.assignee_id is not None:
        mine = [s for s in seats if item.assignee_id in (actor.user_id, s.user_id)]
        recording = [s for s in seats if s.role != item.role]
        seats = mine or recording
        if not seats and item.assignee_id != actor.user_id:
            raise Refused("该环节已由他人签收，请联系签收人办理或由科长转办。", "TAKEN")
    if not seats:
        raise Refused(f"无权办理该环节：本环节由{Role(item.role).label}办理。", "NOT_YOURS")
    return doer_from(actor, seats[0])


def may_act(state: CaseState, item: Item, actor: Actor) -> bool:
    """Say whether the actor may act on an open item now."""
    if not item.is_open:
        return False
    try:
        right_to(state, item, actor)
    except Refused:
        return False
    return True


def check_separation(state: CaseState, item: Item, doer: Doer) -> None:
    """Refuse a decision by who submitted the matter or took the decision before (不相容岗位分离).

    Raises `Refused`. Source: architecture 4.2.6, security D.5 rules 2 to 4.
    """
    step = state.step(item)
    if not step.decides:
        return
    submitters = {state.owner_id} if any(s.submits for s in state.flow.steps) else set()
    deciders: set[int] = set()
    for other in state.current():
        if other.done_by_id is None:
            continue
        people = {other.done_by_id} | ({other.acting_for_id} if other.acting_for_id else set())
        kind = state.step(other)
        if kind.submits:
            submitters |= people
        elif kind.decides and other.step_key in step.after and item.concerns(other):
            deciders |= people
    if doer.persons & submitters:
        raise Refused("本人提交的事项不能由本人审批，请由其他有权人员办理。", "OWN_SUBMISSION")
    if doer.persons & deciders:
        raise Refused("上一环节由同一人办理，复核与审签须由不同人员办理。", "SAME_DECIDER")


def manager_of(state: CaseState, actor: Actor, roles: Iterable[str], act: str) -> Doer:
    """Return under which name the actor manages the case, by one of some roles; raises `Refused`."""
    at_home = actor.seats if actor.office_id == state.office_id else ()
    for role in roles:
        seats = sorted((s for s in at_home if _fits(s, role, state, None)), key=lambda seat: seat.lent)
        if seats:
            return doer_from(actor, seats[0])
    names = "、".join(Role(role).label for role in roles)
    raise Refused(f"无权{act}：须由{names}办理。", "NOT_MANAGER")


def returns_of(state: CaseState, item: Item) -> list[Step]:
    """Return the steps to which an open item may be sent back: those that apply, nearest first."""
    there = {other.step_key for other in state.current() if other.state == ItemState.DONE or other.is_open}
    targets = [state.flow.by_key[key] for key in state.step(item).returns if key in there]
    return sorted(targets, key=lambda target: -target.no)
