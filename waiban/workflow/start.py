"""Starting a case and taking in participants: where work items come into being."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from waiban.accounts.actors import Actor
from waiban.core.errors import BadInput
from waiban.core.time import now as clock_now

from . import acts
from .definition import Flow, Step
from .engine import enter
from .enums import ActionKind, ItemState, Mode
from .models import Case, Participant
from .registry import flow_of
from .rules import Doer, doer_from
from .settings_rows import holders_of, limits_of
from .state import CaseState, Entry, Item, Person


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person about to take part: account (if he has one), name, title, whether he leads."""

    user_id: int | None
    name: str
    title: str = ""
    is_lead: bool = False


@transaction.atomic
def start_case(
    *,
    flow_key: str,
    office_id: int,
    department_id: int,
    actor: Actor,
    reference: str,
    title: str,
    participants: Sequence[Newcomer] = (),
    facts: Mapping[str, Any] | None = None,
    dates: Mapping[str, str | None] | None = None,
    mode: Mode = Mode.STANDARD,
    flow_version: int | None = None,
    at: datetime | None = None,
) -> Case:
    """Start a case on the newest version of a flow, with one item per step (per member where so defined).

    `dates` are ISO dates by name, the flow's `target` among them; `at` lets an import say when it really
    began. Writes case, participants, items and the first log row. Raises `BadInput` for an empty title and
    `IntegrityError` for a reference that is used.
    """
    if not title.strip():
        raise BadInput({"title": "请填写名称。"})
    flow = flow_of(flow_key, flow_version)
    moment = at or clock_now()
    known = {name: value for name, value in (dates or {}).items() if value}
    target = known.get(flow.target)
    case = Case(office_id=office_id, department_id=department_id, owner_id=actor.user_id)
    case.flow_key, case.flow_version = flow.key, flow.version
    case.reference, case.title, case.mode = reference, title.strip(), mode
    case.facts, case.dates = dict(facts or {}), known
    case.target_date = date.fromisoformat(target) if target else None
    case.started_at = case.last_activity_at = moment
    case.save(force_insert=True)
    with enter(case.pk) as door:
        door.now, door.doer = moment, _starter(flow, department_id, actor)
        door.state.items += _all_items(door.state, _take_in(case.pk, participants, moment))
        about = {"flow": flow.key, "v": flow.version}
        door.state.log.append(Entry(ActionKind.START, None, title.strip(), about))
    case.refresh_from_db()
    return case


def _all_items(state: CaseState, people: Sequence[Person]) -> list[Item]:
    """Make the first round of every step, in the order of the table. Two queries for what was tuned."""
    flow = state.flow
    limits = limits_of(state.office_id, flow, Mode(state.mode))
    holders = holders_of(state.office_id, flow)
    return [
        new_item(step, person, limits, holders)
        for step in flow.steps
        for person in (people if step.per_member else (None,))
    ]


def _starter(flow: Flow, department_id: int, actor: Actor) -> Doer:
    seats = [seat for seat in actor.seats if seat.department_id == department_id] or list(actor.seats)
    return doer_from(actor, min(seats, key=lambda seat: seat.lent, default=None))


def _take_in(case_id: int, newcomers: Sequence[Newcomer], moment: datetime) -> list[Person]:
    """Write participants: one statement."""
    rows = Participant.objects.bulk_create(
        Participant(
            case_id=case_id,
            user_id=person.user_id,
            name=person.name,
            title=person.title,
            is_lead=person.is_lead,
            joined_at=moment,
        )
        for person in newcomers
    )
    return [Person(row.pk, row.user_id, row.name, row.is_lead) for row in rows]


def new_item(
    step: Step, person: Person | None, limits: Mapping[str, int], holders: Mapping[str, int]
) -> Item:
    """Make the first round of a step, waiting; for one participant where the step is per member."""
    return Item(
        id=None,
        step_key=step.key,
        participant_id=person.id if person else None,
        round=1,
        state=ItemState.WAITING,
        applies="yes",
        role=step.who,
        department_id=holders.get(step.key),
        assignee_id=None,
        outside=step.outside,
        limit=limits[step.key],
        user_id=person.user_id if person else None,
        member_name=person.name if person else "",
    )


def add_participant(
    *, case_id: int, person: Newcomer, actor: Actor, facts: Mapping[str, Any] | None = None
) -> Participant:
    """Take a person into a running case: he gets the items of all per-member steps, the joins wait for him.

    `facts` replaces the facts of the case; a callable is called with the id of the new participant.
    Raises `Conflict` for a case that is over or has left, `IntegrityError` for a second leader.
    """
    with enter(case_id) as door:
        acts.require_running(door.state)
        flow, office_id = door.state.flow, door.state.office_id
        limits, holders = limits_of(office_id, flow, Mode(door.state.mode)), holders_of(office_id, flow)
        (taken,) = _take_in(case_id, [person], door.now)
        items = [new_item(step, taken, limits, holders) for step in flow.steps if step.per_member]
        door.doer = Doer(actor.user_id, actor.name)
        acts.add_person(door.state, taken, items)
        acts.take_facts(door.state, facts(taken.id) if callable(facts) else facts, None)
    return Participant.objects.get(pk=taken.id)
