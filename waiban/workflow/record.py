"""A case as a page reads it: its state without a lock, and the names that go with the ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from waiban.accounts.actors import Actor
from waiban.accounts.enums import DepartmentKind, Role
from waiban.accounts.models import Position, User
from waiban.core.time import now

from . import store
from .enums import CaseStatus
from .models import Case, Participant
from .registry import Binding, binding_of
from .state import CaseState, Item
from .timing import retime

PERSONAL_KINDS = frozenset({DepartmentKind.OFFICE_SECTION, DepartmentKind.UNIT})
"""Departments whose people are named; of others the department stands for the person."""


@dataclass(slots=True)
class Person:
    """A participant with name and whether he has left."""

    id: int
    user_id: int | None
    name: str
    title: str
    is_lead: bool
    left_reason: str | None


@dataclass
class Record:
    """Everything a page about one case may show, loaded once."""

    case: Case
    state: CaseState
    axis: object
    now: datetime
    actor: Actor
    people: list[Person]
    user_names: dict[int, str]
    seats: dict[tuple[str, int | None], list[tuple[str, str, str]]] = field(default_factory=dict)

    @cached_property
    def binding(self) -> Binding:
        return binding_of(self.case.flow_key, self.case.flow_version)

    @cached_property
    def items(self) -> list[Item]:
        """The current items in flow order."""
        return self.state.current()

    @cached_property
    def by_step(self) -> dict[str, list[Item]]:
        found: dict[str, list[Item]] = {step.key: [] for step in self.state.flow.steps}
        for item in self.items:
            found[item.step_key].append(item)
        return found

    @cached_property
    def person_names(self) -> dict[int, str]:
        return {person.id: person.name for person in self.people}

    def holder(self, item: Item) -> str:
        """Name who has the item: who did or took it, else the participant, else who holds the role."""
        done = item.done_by_id or item.assignee_id
        if done:
            return self.user_names.get(done, "")
        if item.participant_id:
            return self.person_names.get(item.participant_id, "")
        return self.role_holder(item.role, item.department_id)

    def role_holder(self, role: str, department_id: int | None = None) -> str:
        """Name the one person or the department that holds a role; the word of the role where nobody does."""
        found = self.seats.get((role, department_id)) or [
            seat for (held, _department), seats in self.seats.items() if held == role for seat in seats
        ]
        if not found:
            return Role(role).label
        if len(found) == 1 and found[0][2] in PERSONAL_KINDS:
            return found[0][0]
        departments = {department for _name, department, _kind in found}
        return departments.pop() if len(departments) == 1 else Role(role).label


def load_record(case: Case, actor: Actor) -> Record:
    """Read a case for its pages. The caller has fetched `case` through `visible_to`."""
    states, axis = store.load([case.pk], lock=False)
    state = states[case.pk]
    people = [
        Person(p.pk, p.user_id, p.name, p.title, p.is_lead, p.left_reason if p.left_at else None)
        for p in Participant.objects.filter(case_id=case.pk).order_by("-is_lead", "pk")
    ]
    ids = {
        user
        for item in state.items
        for user in (item.assignee_id, item.done_by_id, item.acting_for_id)
        if user
    } | {case.owner_id}
    names = dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))
    moment = now()
    if state.status == CaseStatus.RUNNING:
        retime(state, state.current(), now=moment, axis=axis)
    return Record(
        case, state, axis, moment, actor, people, names, _seats(state, {i.role for i in state.items})
    )


def _seats(
    state: CaseState, roles: Iterable[str]
) -> dict[tuple[str, int | None], list[tuple[str, str, str]]]:
    rows = (
        Position.objects.current()
        .filter(role__in=list(roles), department__office_id=state.office_id, user__is_active=True)
        .values_list("role", "department_id", "user__name", "department__short_name", "department__kind")
        .order_by("pk")
    )
    seats: dict[tuple[str, int | None], list[tuple[str, str, str]]] = {}
    for role, department_id, name, department, kind in rows:
        if kind == DepartmentKind.UNIT and department_id != state.department_id:
            continue
        seats.setdefault((role, department_id), []).append((name, department, kind))
    return seats
