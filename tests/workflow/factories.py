"""A small office around the invented flow: everybody whom its steps need, and cases at any point of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.workflow.sample import HALL
from waiban.accounts.actors import Actor, actor_for
from waiban.accounts.enums import DepartmentKind, Role
from waiban.accounts.models import Department, Office, Position, StandIn, User
from waiban.core.time import at
from waiban.workflow import engine
from waiban.workflow.enums import OPEN_STATES, Mode
from waiban.workflow.models import Action, Case, Participant, WorkItem
from waiban.workflow.start import Newcomer, start_case

MONDAY = date(2026, 3, 2)
MORNING = at(MONDAY, "09:00")

KINDS = {
    "unit": DepartmentKind.UNIT,
    "other_unit": DepartmentKind.UNIT,
    "section": DepartmentKind.OFFICE_SECTION,
    "finance": DepartmentKind.AUTHORITY,
    "leaders": DepartmentKind.LEADERS,
}
POSTS = (
    ("clerk", "unit", Role.UNIT_CLERK),
    ("unit_leader", "unit", Role.UNIT_LEADER),
    ("stranger", "other_unit", Role.UNIT_CLERK),
    ("officer", "section", Role.OUTBOUND_CLERK),
    ("colleague", "section", Role.OUTBOUND_CLERK),
    ("passports", "section", Role.PASSPORT_CLERK),
    ("chief", "section", Role.OUTBOUND_CHIEF),
    ("deputy", "section", Role.DEPUTY_DIRECTOR),
    ("director", "leaders", Role.DIRECTOR),
    ("treasurer", "finance", Role.FINANCE),
)
BY_ROLE = {
    Role.UNIT_CLERK: "clerk",
    Role.OUTBOUND_CLERK: "officer",
    Role.PASSPORT_CLERK: "passports",
    Role.OUTBOUND_CHIEF: "chief",
    Role.DIRECTOR: "director",
    Role.FINANCE: "treasurer",
    Role.MISSION: "passports",
}


@dataclass
class House:
    """The office, its departments by name and its people by name."""

    office: Office
    departments: dict[str, Department] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)

    def hire(self, name: str, department: str, role: str) -> User:
        """Give a person an account and a post."""
        user = self.users.get(name) or User.objects.create_user(
            f"{name}-{self.office.code}", office=self.office, name=name, email=f"{name}@example.test"
        )
        self.users[name] = user
        Position.objects.create(
            user=user, department=self.departments[department], role=role, since=date(2020, 1, 1)
        )
        return user

    def actor(self, name: str, day: date | None = None) -> Actor:
        """Return a person as he acts today."""
        return actor_for(self.users[name], at=day)

    def lend(self, principal: str, substitute: str, *, flow_key: str = "") -> StandIn:
        """Let one person stand in for another in 2026."""
        return StandIn.objects.create(
            principal=self.users[principal],
            substitute=self.users[substitute],
            starts=date(2026, 1, 1),
            ends=date(2026, 12, 31),
            flow_key=flow_key,
            reason="出差",
        )

    def start(self, people: Iterable[str] = ("甲", "乙"), **more: Any) -> "Walk":
        """Start a case; `people` names its participants, who get accounts when they have none."""
        newcomers = [
            Newcomer(self.member(name).pk, name, is_lead=position == 0)
            for position, name in enumerate(people)
        ]
        given: dict[str, Any] = {
            "flow_key": HALL.key,
            "office_id": self.office.pk,
            "department_id": self.departments["unit"].pk,
            "actor": self.actor("clerk"),
            "reference": f"堂〔2026〕{Case.objects.count() + 1}号",
            "title": "借用礼堂开会",
            "participants": newcomers,
        }
        return Walk(self, start_case(**(given | more)).pk)

    def member(self, name: str) -> User:
        """Return the account of a participant, making it where there is none."""
        if name not in self.users:
            self.users[name] = User.objects.create_user(
                f"{name}-{self.office.code}", office=self.office, name=name
            )
        return self.users[name]


@dataclass
class Walk:
    """A case, with short words for walking it."""

    house: House
    case_id: int

    @property
    def case(self) -> Case:
        return Case.objects.get(pk=self.case_id)

    def item(self, key: str, who: str = "") -> WorkItem:
        """Return the newest round of a step (of a participant)."""
        rows = WorkItem.objects.filter(case_id=self.case_id, step_key=key)
        return (rows.filter(participant__name=who) if who else rows).latest("round", "pk")

    def states(self) -> dict[str, str]:
        """Return the newest state by step, per participant where there are several: ``photo:甲``."""
        rows = WorkItem.objects.filter(case_id=self.case_id).order_by("round", "pk")
        found = {}
        for key, name, state in rows.values_list("step_key", "participant__name", "state"):
            found[f"{key}:{name}" if name else key] = state
        return found

    def open(self) -> set[str]:
        """Return the labels of the open steps."""
        return {label for label, state in self.states().items() if state in OPEN_STATES}

    def person(self, name: str) -> Participant:
        """Return a participant by name."""
        return Participant.objects.get(case_id=self.case_id, name=name)

    def do(self, key: str, who: str = "", *, by: str = "", **more: Any) -> Any:
        """Finish a step by the person whose step it is, or by somebody else."""
        item = self.item(key, who)
        name = by or who_does(item)
        return engine.complete(
            case_id=self.case_id, item_id=item.pk, actor=self.house.actor(name), opinion="同意", **more
        )

    def act(self, act: str, key: str, who: str = "", *, by: str = "", **more: Any) -> Any:
        """Do any other act of the engine on a step."""
        item = self.item(key, who)
        actor = self.house.actor(by or who_does(item))
        return getattr(engine, act)(case_id=self.case_id, item_id=item.pk, actor=actor, **more)

    def send_back(self, key: str, target: str, who: str = "", **more: Any) -> Any:
        """Return a step to another with one defect."""
        return self.act("return_back", key, who, target=target, reason_code="R1", defects=["缺盖章"], **more)

    def until(self, *labels: str) -> "Walk":
        """Finish open steps, in flow order, until all of the labels are open."""
        wanted = set(labels)
        while not wanted <= self.open():
            ahead = sorted(self.open() - wanted, key=lambda label: HALL.by_key[label.split(":")[0]].no)
            self.do(*ahead[0].split(":"))
        return self

    def tell(
        self, *, large: bool | None = None, dates: Mapping[str, str] | None = None, **badges: Any
    ) -> Any:
        """Tell the engine facts: whether the event is large, and who needs a badge (name=True/False/None)."""
        people = {p.name: str(p.pk) for p in Participant.objects.filter(case_id=self.case_id, left_at=None)}
        facts = {
            "case": {"large": large},
            "members": {people[name]: {"badge": needs} for name, needs in badges.items()},
        }
        return engine.update_facts(
            case_id=self.case_id, actor=self.house.actor("clerk"), facts=facts, dates=dates
        )

    def log(self) -> list[tuple[str, str, str]]:
        """Return kind, step name and actor of every log row, in order."""
        return list(
            Action.objects.filter(case_id=self.case_id).values_list("kind", "step_name", "actor_name")
        )


def who_does(item: WorkItem) -> str:
    """Return the name of the person whose step an item is."""
    if item.role == Role.MEMBER and item.participant is not None:
        return item.participant.name
    if item.step_key in ("study", "roster"):
        return {"study": "colleague", "roster": "passports"}[item.step_key]
    return BY_ROLE[Role(item.role)]


def found_house(code: str = "bz") -> House:
    """Build an office with all its people."""
    office = Office.objects.create(name=f"{code}市外事办公室", short_name="市外办", code=code)
    house = House(office)
    for name, kind in KINDS.items():
        house.departments[name] = Department.objects.create(
            office=office, name=name, short_name=name, kind=kind
        )
    for name, department, role in POSTS:
        house.hire(name, department, role)
    return house


def moment(day: date, clock: str = "09:00") -> datetime:
    """Return a moment of a day in Shanghai."""
    return at(day, clock)


STANDARD = Mode.STANDARD
