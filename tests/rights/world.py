"""Three delegations for the rights matrix: of the clerk's own unit, of another one, and a closed one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from delegations.enums import Level, MemberRole, PlanItemState
from delegations.models import AnnualPlan, Delegation, Passport, PlanItem
from delegations.services import create_delegation
from tests.delegations import test_walk as steps
from tests.delegations.desk import Walker, give_passport, identity_number, make_traveller
from tests.documents import bad_files
from waiban.accounts.actors import actor_for
from waiban.accounts.demo import load_demo_accounts
from waiban.accounts.enums import Role
from waiban.accounts.models import Department, Position, StandIn, User
from waiban.core.models import SavedView
from waiban.core.time import today
from waiban.documents.services import store_upload
from waiban.notices.models import Notice
from waiban.notices.rules import NoticeRow
from waiban.notices.services import enqueue
from waiban.outcomes.enums import Kind
from waiban.outcomes.services import OutcomeData, register_outcome
from waiban.places.models import Place
from waiban.workflow.models import Signature

STATES = ("own", "foreign", "closed")
OTHER_UNIT = "市教育局"
PLANS = 2021
"""A year in which no delegation of these tests takes a plan item."""


@dataclass
class Side:
    """A delegation and one row of everything that hangs on it."""

    walker: Walker
    ids: dict[str, Any] = field(default_factory=dict)
    markers: tuple[str, ...] = ()

    @property
    def group(self) -> Delegation:
        return self.walker.group


@dataclass(frozen=True)
class World:
    """The people by the name that the matrix uses, and the three delegations by state."""

    people: Mapping[str, User]
    sides: Mapping[str, Side]
    secrets: tuple[str, ...]
    """Numbers in clear, which no page may show."""


def build() -> World:
    """Write all of it; takes some seconds."""
    people = dict(load_demo_accounts())
    people |= strangers(people)
    outsider = people | {
        "unit_clerk": people["other_clerk"],
        "unit_leader": people["other_leader"],
        "member1": people["other_member"],
    }
    sides = {
        "own": side(people, people, "赴美国甲方向考察团组", ("甘沛霖", "钱亦舟"), 11),
        "foreign": side(people, outsider, "赴美国乙方向考察团组", ("尉迟青岚", "欧阳砚秋"), 21),
        "closed": side(
            people,
            people | {"member1": people["member2"]},
            "赴美国丙方向考察团组",
            ("乐正云帆", "司徒远山"),
            31,
        ),
    }
    for one in sides.values():
        one.ids["document_id"] = document(one).pk
    walk_half(sides["own"])
    walk_first_steps(sides["foreign"])
    walk_all(sides["closed"])
    for state, one in sides.items():
        hang_on(state, one, people)
    return World(people, sides, secrets())


def strangers(people: Mapping[str, User]) -> dict[str, User]:
    """People of another unit with the same posts."""
    unit = Department.objects.get(name=OTHER_UNIT)
    found = {}
    for username, name, role in (
        ("other_clerk", "皮文韬", Role.UNIT_CLERK),
        ("other_leader", "洪立言", Role.UNIT_LEADER),
        ("other_member", "盛夏和", Role.MEMBER),
    ):
        user = User(username=username, name=name, office=unit.office, email=f"{username}@demo.invalid")
        user.password = people["unit_clerk"].password
        user.save()
        Position.objects.create(user=user, department=unit, role=role, since=date(2025, 1, 1))
        found[username] = user
    return found


def side(
    everybody: Mapping[str, User], cast: Mapping[str, User], title: str, names: Any, serial: int
) -> Side:
    """Start a delegation of the unit of the cast's clerk: a leader with an account, a member without."""
    clerk = actor_for(cast["unit_clerk"])
    unit = Department.objects.get(pk=clerk.seats[0].department_id)
    team = []
    for place, name in enumerate(names):
        person = make_traveller(everybody, name, serial + place, department=unit, level=Level.DIVISION)
        person.user = cast["member1"] if place == 0 else None
        person.phone = f"139054{serial + place:02d}618"
        person.save()
        give_passport(person, actor_for(everybody["passport_clerk"]), f"PE88{serial + place:02d}001")
        team.append((person, MemberRole.LEADER if place == 0 else MemberRole.MEMBER))
    group = create_delegation(
        actor=clerk,
        fields={"name": title, "category": "trade"},
        members=team,
        stops=[{"place": Place.objects.get(code="US")}],
    )
    return Side(Walker(cast, group), markers=(title, *names, group.case.reference))


def walk_first_steps(one: Side) -> None:
    """The plan is declared; no authority has been asked for anything yet."""
    there = Place.objects.get(code="US")
    one.walker.do(
        "annual_plan_declare", {"people": 4, "days": 5, "places": [there.pk], "quarter": None, "month": None}
    )


def walk_half(one: Side) -> None:
    """Until the office's clerk reviews; the leader may fill his visa form."""
    steps.prepare(one.walker, "US")
    steps.apply(one.walker)
    one.walker.do("fao_accept", {"complete": True})
    one.walker.each("passport_check")
    one.walker.each("visa_requirement_check")


def walk_all(one: Side) -> None:
    """To the archive."""
    walker = one.walker
    steps.prepare(walker, "US")
    steps.apply(walker)
    steps.approve(walker)
    walker.each("passport_check")
    walker.each("passport_loan_out", {"to_whom": "驻京送签员"})
    steps.visas(walker)
    steps.leave(walker)
    steps.close(walker)


def hang_on(state: str, one: Side, people: Mapping[str, User]) -> None:
    """Write one row of everything else, and remember the keys by the names that addresses use."""
    group, walker = one.group, one.walker
    case = group.case
    case.refresh_from_db()
    leader = walker.members[0]
    item_key = {"own": "fao_case_review", "foreign": "annual_plan_reply", "closed": "archive"}[state]
    member_key = "visa_form_fill"
    one.ids |= {
        "case_id": case.pk,
        "item_id": walker.item(item_key).pk,
        "member_item_id": walker.item(member_key, leader).pk,
        "member_id": leader.pk,
        "traveller": leader.traveller_id,
        "passport": Passport.objects.get(traveller=leader.traveller_id).pk,
        "plan_item": plan_item(group).pk,
        "outcome": outcome(one, people).pk,
        "signature": signature(one, state == "own", people).pk,
        **personal_rows(state, one),
    }


def plan_item(group: Delegation) -> PlanItem:
    """An item of a plan that may still be changed."""
    plan, _ = AnnualPlan.objects.get_or_create(office_id=group.case.office_id, year=PLANS)
    return PlanItem.objects.create(
        plan=plan,
        office_id=group.case.office_id,
        department_id=group.case.department_id,
        name=f"{group.name}的计划",
        people=4,
        days=5,
        state=PlanItemState.DECLARED,
    )


def document(one: Side) -> Any:
    """A member's paper, handed in by his unit."""
    content = bad_files.pdf(pages=one.group.pk % 90 + 1)
    return store_upload(
        case_id=one.group.pk,
        paper="护照复印件",
        upload=SimpleUploadedFile("护照复印件.pdf", content),
        actor=one.walker.actor("unit_clerk"),
        participant_id=one.walker.members[0].participant_id,
    )


def outcome(one: Side, people: Mapping[str, User]) -> Any:
    """An outcome of the delegation."""
    data = OutcomeData(kind=Kind.PROMOTION, title=f"{one.group.name}推介会", signed_on=today())
    return register_outcome(case=one.group.case, actor=one.walker.actor("unit_clerk"), data=data)


def signature(one: Side, own: bool, people: Mapping[str, User]) -> Signature:
    """Somebody was asked for his opinion, and so sees the case: the translator in the own one only."""
    signer = "translator" if own else "deputy_director"
    return Signature.objects.create(
        item_id=one.walker.item("policy_precheck").pk,
        signer=people[signer],
        asked_by=people["outbound_clerk"],
        asked_at=one.group.case.started_at,
        question="请核对外文材料的译法",
    )


def personal_rows(state: str, one: Side) -> dict[str, int]:
    """What belongs to the clerk of the unit himself: a notice, a stand-in, a saved view."""
    clerk, leader = one.walker.people["unit_clerk"], one.walker.people["unit_leader"]
    enqueue([NoticeRow(clerk.pk, "todo", f"rights:{state}", f"{one.group.name}的提醒", case_id=one.group.pk)])
    starts = today() + timedelta(days=1 + 10 * STATES.index(state))
    lent = StandIn.objects.create(
        principal=clerk, substitute=leader, starts=starts, ends=starts + timedelta(days=3), reason="出差"
    )
    view = SavedView.objects.create(
        user=clerk, page="delegations:list", name=f"视图{state}", query="year=2021"
    )
    notice = Notice.objects.get(subject_key=f"rights:{state}", channel="inapp")
    return {"notice": notice.pk, "standin": lent.pk, "view": view.pk}


def secrets() -> tuple[str, ...]:
    """Numbers of the invented people in clear."""
    serials = (11, 12, 21, 22, 31, 32)
    numbers = [identity_number(serial) for serial in serials]
    return (*numbers, *(f"PE88{s}001" for s in serials), *(f"139054{s}618" for s in serials))
