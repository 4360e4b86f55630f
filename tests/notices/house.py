"""A small office with one flow, and work items written as the engine leaves them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from waiban.accounts.enums import DepartmentKind, Role
from waiban.accounts.models import Department, Office, Position, User
from waiban.core.time import at
from waiban.workflow import registry
from waiban.workflow.definition import Flow, Per, Stage, Step
from waiban.workflow.models import Case, Participant, WorkItem

WEDNESDAY = date(2026, 12, 2)
ARRIVED = at(WEDNESDAY, "10:00")


def _step(no: int, key: str, name: str, who: str, **more: Any) -> Step:
    return Step(
        no=no,
        key=key,
        name=name,
        short=name,
        public=name,
        stage="a",
        phase="a",
        who=who,
        limit=4,
        fast=2,
        **more,
    )


FLOW = Flow(
    key="bell_ringing",
    version=1,
    name="敲钟",
    stages=(Stage("a", "甲"),),
    steps=(
        _step(1, "accept", "受理", Role.OUTBOUND_CLERK),
        _step(2, "photo", "交照片", Role.MEMBER, per=Per.MEMBER, recorders=(Role.PASSPORT_CLERK,)),
        _step(3, "province", "省办审批", Role.PROVINCE, outside=True, recorders=(Role.OUTBOUND_CLERK,)),
        _step(4, "unit", "补材料", Role.UNIT_CLERK),
        _step(5, "briefing", "行前教育", Role.MEMBER),
    ),
)


@dataclass
class House:
    """People of one office by role, and the making of cases and items."""

    office: Office
    section: Department
    unit: Department
    people: dict[str, User] = field(default_factory=dict)

    def person(self, role: str, department: Department | None = None, name: str = "") -> User:
        number = User.objects.count() + 1
        user = User.objects.create_user(
            f"u{number}", name=name or f"人员{number}", office=self.office, email=f"u{number}@example.test"
        )
        Position.objects.create(
            user=user, department=department or self.section, role=role, since=date(2026, 1, 1)
        )
        self.people[role] = user
        return user

    def case(self, **more: Any) -> Case:
        owner = self.people.get("owner") or self.person(Role.UNIT_LEADER, self.unit)
        self.people["owner"] = owner
        return Case.objects.create(
            office=self.office,
            flow_key=FLOW.key,
            reference=f"钟〔2026〕{Case.objects.count() + 1}号",
            title="赴日本友城交流团组",
            department=self.unit,
            owner=owner,
            started_at=ARRIVED,
            last_activity_at=ARRIVED,
            **more,
        )

    def item(self, key: str = "accept", case: Case | None = None, **more: Any) -> WorkItem:
        step = FLOW.by_key[key]
        given = {
            "state": "outside" if step.outside else "ready",
            "role": step.who,
            "outside": step.outside,
            "limit": step.limit,
            "ready_at": ARRIVED,
            "due_at": at(date(2026, 12, 4), "17:30"),
            "next_remind_at": ARRIVED,
        }
        return WorkItem.objects.create(
            case=case or self.case(), step_key=step.key, step_no=step.no, **(given | more)
        )

    def member(self, case: Case, user: User | None, name: str = "王团员") -> Participant:
        return Participant.objects.create(case=case, user=user, name=name, joined_at=ARRIVED)


def found_office() -> House:
    """An office with one section and one unit, and nobody in them yet."""
    office = Office.objects.create(name="滨州市外事办公室", short_name="市外办", code="bz")
    section = Department.objects.create(
        office=office, name="出国管理科", short_name="出国管理科", kind=DepartmentKind.OFFICE_SECTION
    )
    unit = Department.objects.create(
        office=office, name="市教育局", short_name="市教育局", kind=DepartmentKind.UNIT
    )
    return House(office, section, unit)


def register_flow() -> None:
    """Make the flow known to the engine of this process."""
    registry.register(
        registry.Binding(
            flow=FLOW, label="敲钟业务", menu_url="notices:list", record_url=lambda case: f"/bells/{case.pk}/"
        )
    )
