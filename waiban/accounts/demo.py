"""The invented people of the demo office: one account for each role, one password for all, in demo mode
only.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from waiban.accounts.enums import KEEPER_ROLES, ROLE_WORDS, DepartmentKind, EnterpriseStatus, Role
from waiban.accounts.models import Department, Enterprise, Membership, Office, Position, User
from waiban.core.errors import Refused
from waiban.core.time import today

DEMO_PASSWORD = "waiban-demo-2026"
OFFICE = {"code": "binzhou", "name": "中共滨州市委外事工作委员会办公室", "short_name": "滨州市委外办"}

DEPARTMENTS: dict[DepartmentKind, tuple[str, ...]] = {
    DepartmentKind.OFFICE_SECTION: (
        "办领导",
        "综合科",
        "出国管理科",
        "交流接待科",
        "涉外安全科",
        "市翻译中心",
    ),
    DepartmentKind.UNIT: (
        "市商务局",
        "市工业和信息化局",
        "市农业农村局",
        "市教育局",
        "市海洋发展局",
        "市贸促会",
        "市交通运输局",
        "市卫生健康委",
        "市工商联",
        "市委人才工作局",
    ),
    DepartmentKind.AUTHORITY: ("市财政局", "市委组织部"),
    DepartmentKind.LEADERS: ("市领导",),
    DepartmentKind.PROVINCE: ("省委外办",),
}


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person: account, name, department ("" = none), role."""

    username: str
    name: str
    department: str
    role: Role


PEOPLE = (
    Person("unit_clerk", "孟凡成", "市商务局", Role.UNIT_CLERK),
    Person("unit_leader", "陈国梁", "市商务局", Role.UNIT_LEADER),
    Person("finance", "吴静怡", "市财政局", Role.FINANCE),
    Person("personnel", "周怀远", "市委组织部", Role.PERSONNEL),
    Person("member1", "刘思齐", "市商务局", Role.MEMBER),
    Person("member2", "王洪亮", "市商务局", Role.MEMBER),
    Person("member3", "赵明轩", "市工业和信息化局", Role.MEMBER),
    Person("member4", "孙雅楠", "市农业农村局", Role.MEMBER),
    Person("member5", "李兆峰", "市教育局", Role.MEMBER),
    Person("member6", "徐若溪", "市海洋发展局", Role.MEMBER),
    Person("member7", "马成栋", "市贸促会", Role.MEMBER),
    Person("member8", "胡清妍", "市卫生健康委", Role.MEMBER),
    Person("passport_clerk", "韩雪", "出国管理科", Role.PASSPORT_CLERK),
    Person("outbound_clerk", "林晓岚", "出国管理科", Role.OUTBOUND_CLERK),
    Person("outbound_chief", "郑立群", "出国管理科", Role.OUTBOUND_CHIEF),
    Person("reception_clerk", "唐雨桐", "交流接待科", Role.RECEPTION_CLERK),
    Person("reception_chief", "许卫东", "交流接待科", Role.RECEPTION_CHIEF),
    Person("events_clerk", "丁佳宁", "综合科", Role.EVENTS_CLERK),
    Person("apec_clerk", "沈一鸣", "出国管理科", Role.APEC_CLERK),
    Person("translator", "罗书瑶", "市翻译中心", Role.TRANSLATOR),
    Person("deputy_director", "高文博", "办领导", Role.DEPUTY_DIRECTOR),
    Person("director", "宋志远", "办领导", Role.DIRECTOR),
    Person("city_leader", "方正平", "市领导", Role.CITY_LEADER),
    Person("province", "姜海涛", "省委外办", Role.PROVINCE),
    Person("enterprise_owner", "秦永昌", "", Role.ENTERPRISE_OWNER),
    Person("enterprise_agent", "白晓彤", "", Role.ENTERPRISE_AGENT),
    Person("auditor", "冯慎之", "综合科", Role.AUDITOR),
    Person("sysadmin", "邵启明", "综合科", Role.SYSADMIN),
)

# An invented firm; the code is well formed (GB 32100-2015), its organisation number belongs to nobody.
ENTERPRISE = {"name": "滨州渤澜智造有限公司", "uscc": "91371600MA0DEM0X1R"}


@transaction.atomic
def load_demo_accounts() -> dict[str, User]:
    """Write office, departments, people and the enterprise where they are missing; return accounts by
    username.

    Safe to run again: nothing is doubled, and a password that was changed meanwhile stays changed. Raises
    Refused outside demo mode: a known password must never exist in a real office (等保 8.1.4.2: no default
    accounts).
    """
    if not settings.DEMO:
        raise Refused("演示账户只能在演示模式（WAIBAN_DEMO=1）下建立。", "DEMO_ONLY")
    office, _ = Office.objects.get_or_create(code=OFFICE["code"], defaults=OFFICE)
    departments = _departments(office)
    users = _users(office)
    firm, _ = Enterprise.objects.get_or_create(
        uscc=ENTERPRISE["uscc"],
        defaults={"office": office, "name": ENTERPRISE["name"], "status": EnterpriseStatus.ACTIVE},
    )
    for person in PEOPLE:
        if person.department:
            _seat(users[person.username], departments[person.department], person.role)
        else:
            Membership.objects.get_or_create(enterprise=firm, user=users[person.username], role=person.role)
    return users


def _departments(office: Office) -> dict[str, Department]:
    for kind, names in DEPARTMENTS.items():
        for name in names:
            Department.objects.get_or_create(
                office=office, name=name, defaults={"short_name": name, "kind": kind}
            )
    return {department.name: department for department in Department.objects.filter(office=office)}


def _users(office: Office) -> dict[str, User]:
    names = [person.username for person in PEOPLE]
    known = User.objects.in_bulk(names, field_name="username")
    hashed = ""
    for person in PEOPLE:
        if person.username in known:
            continue
        user = User(
            username=person.username, name=person.name, office=office, email=f"{person.username}@demo.invalid"
        )
        user.is_staff = person.role in KEEPER_ROLES
        if not hashed:
            user.set_password(DEMO_PASSWORD)
            hashed = user.password
        # One hash for all: thirty of them would cost the newcomer half a minute.
        user.password = hashed
        user._password = None
        user.save()
        known[person.username] = user
    return {name: known[name] for name in names}


def _seat(user: User, department: Department, role: Role) -> None:
    if not Position.objects.filter(user=user, department=department, role=role).exists():
        # Since the start of last year: the demo data tell what these people did meanwhile.
        since = today().replace(month=1, day=1, year=today().year - 1)
        Position.objects.create(user=user, department=department, role=role, since=since)


def demo_accounts() -> list[tuple[str, str, str]]:
    """Return (username, name, "department · role") of the demo accounts that exist, in the order of
    PEOPLE.
    """
    if not settings.DEMO:
        return []
    there = set(
        User.objects.filter(username__in=[p.username for p in PEOPLE]).values_list("username", flat=True)
    )
    return [
        (
            person.username,
            person.name,
            f"{person.department or ENTERPRISE['name']} · {ROLE_WORDS[person.role]}",
        )
        for person in PEOPLE
        if person.username in there
    ]


def demo_lines() -> list[tuple[str, str]]:
    """Return (username, role words) for the sign-in page; empty outside demo mode."""
    return [(username, f"{words} {name}") for username, name, words in demo_accounts()]
