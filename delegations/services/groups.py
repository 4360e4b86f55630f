"""Starting a delegation and changing its record, so that the engine always knows what the record says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from delegations.enums import MemberRole
from delegations.facts import authority_for, dates_of, facts_of
from delegations.flow import FLOW
from delegations.models import Delegation, OfficeSetting, Stop, Traveller
from delegations.services.members import change_leader_level, check_people, enroll, newcomer
from waiban.accounts.actors import Actor, Seat
from waiban.accounts.enums import Role
from waiban.core.errors import BadInput, Refused
from waiban.documents.services import take_number
from waiban.workflow.engine import Effect, update_facts
from waiban.workflow.enums import LIVE_STATES, Mode
from waiban.workflow.models import Case, WorkItem
from waiban.workflow.start import start_case

OWNERS = (Role.UNIT_CLERK, Role.UNIT_LEADER)
KEEPERS = (Role.OUTBOUND_CLERK, Role.OUTBOUND_CHIEF)


def seat_in_unit(actor: Actor, department_id: int | None = None) -> Seat | None:
    """Return the seat by which the actor works for a unit that sends delegations (own seats first)."""
    seats = [seat for seat in actor.seats if seat.role in OWNERS]
    if department_id is not None:
        seats = [seat for seat in seats if seat.department_id == department_id]
    return min(seats, key=lambda seat: seat.lent, default=None)


@transaction.atomic
def create_delegation(
    *,
    actor: Actor,
    fields: Mapping[str, Any],
    department_id: int | None = None,
    stops: Iterable[Mapping[str, Any]] = (),
    members: Sequence[tuple[Traveller, str]] = (),
    mode: Mode = Mode.STANDARD,
) -> Delegation:
    """Start the case of a new delegation with its number, and tell the engine what is known.

    `fields` are columns of Delegation (`name` at least), `stops` columns of Stop, `members` pairs of
    traveller and role. Writes case, items, participants, delegation and log. Raises `Refused` for who has no
    seat in the unit, `BadInput` on a missing name or a seventh member.
    """
    department_id = _home(actor, department_id)
    if not str(fields.get("name", "")).strip():
        raise BadInput({"name": "请填写团组名称。"})
    group = Delegation(**fields)
    check_people(
        [person for person, _role in members], [role for _person, role in members], group, actor.office_id
    )
    case = start_case(
        flow_key=FLOW.key,
        office_id=actor.office_id,
        department_id=department_id,
        actor=actor,
        reference=_new_number(actor, group.name),
        title=group.name,
        participants=[newcomer(person, role) for person, role in members],
        dates=dates_of(group),
        mode=mode,
    )
    group.case = case
    group.save(force_insert=True)
    Stop.objects.bulk_create(Stop(delegation=group, order=n, **stop) for n, stop in enumerate(stops, 1))
    for participant, (person, role) in zip(case.participants.order_by("pk"), members, strict=True):
        enroll(group, participant.pk, person, role)
    change_leader_level(group)
    update_facts(case_id=case.pk, actor=actor, facts=facts_of(group), note="登记团组基本情况")
    case.refresh_from_db()
    return group


def _home(actor: Actor, department_id: int | None) -> int:
    """Return the unit in whose name the group is started; the office may start one for any unit."""
    if department_id is not None and actor.has(*KEEPERS):
        return department_id
    seat = seat_in_unit(actor, department_id)
    if seat is None:
        raise Refused("只有组团单位的经办人可以新建团组。", "NOT_UNIT")
    return seat.department_id


def _new_number(actor: Actor, subject: str) -> str:
    setting = OfficeSetting.objects.filter(office_id=actor.office_id).first() or OfficeSetting()
    number = take_number(office_id=actor.office_id, prefix=setting.case_prefix, actor=actor, subject=subject)
    return str(number)


def effect_of(group: Delegation, told: Mapping[str, Any] | None = None) -> Effect:
    """Return what the engine shall know after a change of the record; `told` is shown in the log."""
    group.refresh_from_db()
    return Effect(data=dict(told or {}), facts=facts_of(group), dates=dates_of(group), title=group.name)


def update_delegation(
    *, delegation: Delegation, actor: Actor, changes: Mapping[str, Any], note: str = ""
) -> Delegation:
    """Change columns of the record and tell the engine.

    Raises `Refused` for who may not edit now, `BadInput` with a sentence per field for values that break a
    constraint, `Conflict` when the case is over.
    """
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=delegation.pk)
        require_editor(delegation, actor)
        group = Delegation.objects.select_related("case").get(pk=delegation.pk)
        for name, value in changes.items():
            setattr(group, name, value)
        if "authority_reason" not in changes and not group.authority_reason:
            group.authority = authority_for(category=group.category, level=group.level)
        _check_dates(group)
        group.save()
        done = effect_of(group)
        update_facts(
            case_id=group.pk, actor=actor, facts=done.facts, dates=done.dates, title=done.title, note=note
        )
    return group


def _check_dates(group: Delegation) -> None:
    if group.exit_date and group.entry_date and group.entry_date < group.exit_date:
        raise BadInput({"entry_date": "回国日期不得早于出境日期，请改正。"})


def may_edit(delegation: Delegation, actor: Actor) -> bool:
    """Whether the actor may change the record now.

    The office may as long as the case runs; the unit until it has applied, and again when the application
    was sent back to it.
    """
    case = delegation.case
    if not case.is_running:
        return False
    if actor.has(*KEEPERS):
        return True
    if seat_in_unit(actor, case.department_id) is None and case.owner_id != actor.user_id:
        return False
    return WorkItem.objects.filter(case=case, step_key="application_submit", state__in=LIVE_STATES).exists()


def require_editor(delegation: Delegation, actor: Actor) -> None:
    """Raise `Refused` with the reason when the actor may not change the record now."""
    if may_edit(delegation, actor):
        return
    if not delegation.case.is_running:
        raise Refused("该团组已结案，内容不能再修改。", "CLOSED")
    if seat_in_unit(actor, delegation.case.department_id) is not None:
        raise Refused("申请已呈报，内容不能直接修改；如需更正，请联系外办退回或办理变更。", "SUBMITTED")
    raise Refused("只有组团单位和外办出国管理科可以修改团组内容。", "NOT_EDITOR")


def leader_first(role: str) -> int:
    """Sort key of roles: leader, deputy, members, interpreter."""
    return list(MemberRole.values).index(role)
