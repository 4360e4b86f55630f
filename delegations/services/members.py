"""Who is in a delegation. Each change runs under the lock of the case, together with its work items."""

from __future__ import annotations

from collections.abc import Sequence

from delegations.enums import Category, MemberRole
from delegations.facts import authority_for, facts_of, limits_of
from delegations.models import Delegation, Member, Traveller
from waiban.accounts.actors import Actor
from waiban.core.errors import BadInput, Conflict
from waiban.workflow import acts
from waiban.workflow.engine import Door, enter
from waiban.workflow.enums import Mode
from waiban.workflow.models import Participant
from waiban.workflow.rules import Doer
from waiban.workflow.settings_rows import holders_of
from waiban.workflow.settings_rows import limits_of as step_limits
from waiban.workflow.start import Newcomer, new_item
from waiban.workflow.state import Person


def newcomer(person: Traveller, role: str) -> Newcomer:
    """Return a traveller as the engine takes him in."""
    return Newcomer(person.user_id, person.name, person.title, role == MemberRole.LEADER)


def check_people(
    people: Sequence[Traveller], roles: Sequence[str], group: Delegation, office_id: int
) -> None:
    """Refuse a seventh member (R1), a retired person (R8), doubles, two leaders: `BadInput` on "members"."""
    limit = limits_of(office_id).max_members
    if len(people) > limit and group.category != Category.TEACHING:
        raise BadInput({"members": f"团组（含翻译和工作人员）不得超过 {limit} 人，请减少成员。"})
    for person in people:
        if person.retired:
            raise BadInput({"members": f"{person.name}已离退休，离退休人员不再派遣出访，请换人。"})
    if len({person.pk for person in people}) < len(people):
        raise BadInput({"members": "同一人员不能在团组中出现两次，请删除重复的一行。"})
    if list(roles).count(MemberRole.LEADER) > 1:
        raise BadInput({"members": "一个团组只能有一名团长，请只保留一名。"})


def enroll(group: Delegation, participant_id: int, person: Traveller, role: str) -> Member:
    """Write the row of a member with what is true of him today."""
    return Member.objects.create(
        participant_id=participant_id,
        delegation=group,
        traveller=person,
        role=role,
        order=group.members.filter(left=False).count() + 1,
        title=f"{person.department.short_name}{person.title}",
        level=person.level,
    )


def change_leader_level(group: Delegation) -> None:
    """Take the level of the group from its leader, and the authority from both, unless it was set by hand."""
    leader = group.members.filter(role=MemberRole.LEADER, left=False).first()
    if leader is None:
        return
    group.level = leader.level
    if not group.authority_reason:
        group.authority = authority_for(category=group.category, level=group.level)
    group.save(update_fields=["level", "authority"])


def seat_member(door: Door, group: Delegation, person: Traveller, role: str) -> Member:
    """Take a traveller in, under the lock that the caller holds; the joins of the flow wait for him too."""
    state = door.state
    came = newcomer(person, role)
    row = Participant.objects.create(
        case_id=state.id,
        user_id=came.user_id,
        name=came.name,
        title=came.title,
        is_lead=came.is_lead,
        joined_at=door.now,
    )
    taken = Person(row.pk, row.user_id, row.name, row.is_lead)
    limits = step_limits(state.office_id, state.flow, Mode(state.mode))
    holders = holders_of(state.office_id, state.flow)
    items = [new_item(step, taken, limits, holders) for step in state.flow.steps if step.per_member]
    acts.add_person(state, taken, items)
    return enroll(group, row.pk, person, role)


def unseat_member(door: Door, member: Member, reason: str) -> None:
    """Let a member go, under the lock that the caller holds; what he has not done is voided."""
    person = Participant.objects.filter(pk=member.pk, left_at=None).first()
    if person is None:
        raise Conflict("该人员已不在团组中。", "LEFT")
    acts.remove_person(door.state, person.pk, person.name, reason)
    person.left_at, person.left_reason = door.now, reason.strip()[:200]
    person.save(update_fields=["left_at", "left_reason"])
    member.left = True
    member.save(update_fields=["left"])


def current_members(group: Delegation) -> list[Member]:
    """Return the members who have not left, in order."""
    return list(
        group.members.filter(left=False).select_related("traveller__department").order_by("order", "pk")
    )


def add_member(*, delegation: Delegation, traveller: Traveller, role: str, actor: Actor) -> Member:
    """Take a traveller into a running delegation; he gets the items of all steps per member.

    The caller has checked `require_editor`. Writes participant, member, items and log, and tells the engine.
    Raises `BadInput` for a seventh member, a retired person, a second leader or a person who is in already.
    """
    with enter(delegation.pk) as door:
        acts.require_running(door.state)
        present = current_members(delegation)
        check_people(
            [*(m.traveller for m in present), traveller],
            [*(m.role for m in present), role],
            delegation,
            door.state.office_id,
        )
        member = seat_member(door, delegation, traveller, role)
        _settle(door, delegation, actor)
    return member


def remove_member(*, member: Member, reason: str, actor: Actor) -> None:
    """Let a member go. The caller has checked `require_editor`. Raises `BadInput` without a reason."""
    if not reason.strip():
        raise BadInput({"reason": "请写明退出的原因。"})
    group = member.delegation
    with enter(group.pk) as door:
        acts.require_running(door.state)
        unseat_member(door, member, reason)
        _settle(door, group, actor)


def change_role(*, member: Member, role: str, actor: Actor) -> None:
    """Give a member another part in the group; a new leader takes the place of the old one."""
    group = member.delegation
    with enter(group.pk) as door:
        acts.require_running(door.state)
        if role == MemberRole.LEADER:
            for old in group.members.filter(role=MemberRole.LEADER, left=False).exclude(pk=member.pk):
                set_part(old, MemberRole.MEMBER)
        set_part(member, role)
        _settle(door, group, actor)


def set_part(member: Member, role: str) -> None:
    """Give a member another part, under the lock that the caller holds."""
    member.role = role
    member.save(update_fields=["role"])
    Participant.objects.filter(pk=member.pk).update(is_lead=role == MemberRole.LEADER)


def _settle(door: Door, group: Delegation, actor: Actor) -> None:
    change_leader_level(group)
    door.doer = Doer(actor.user_id, actor.name)
    acts.take_facts(door.state, facts_of(group), None)
