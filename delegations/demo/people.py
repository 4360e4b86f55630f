"""Invented persons: none of them exists; numbers have right check digits and belong to nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from pypinyin import Style, lazy_pinyin
from stdnum.cn import ric

from delegations.enums import Gender, Level, PassportKind
from delegations.models import Traveller
from delegations.services import register_passport
from waiban.accounts.actors import Actor
from waiban.accounts.enums import Role
from waiban.accounts.models import Department, Position, User

SURNAMES = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = (
    "海峰",
    "雅宁",
    "立新",
    "思远",
    "国栋",
    "晓晨",
    "文博",
    "静怡",
    "建业",
    "若云",
    "志明",
    "清妍",
    "长青",
)
TITLES = ("副局长", "科长", "副科长", "四级调研员", "一级主任科员", "二级主任科员")


@dataclass(frozen=True, slots=True)
class Staff:
    """The clerk and the leader of a unit."""

    clerk: User
    leader: User


def names() -> Iterator[str]:
    """Yield invented names without end of the list being reached by the demo."""
    used = {"李兆峰"}
    for position, (given, surname) in enumerate(product(GIVEN, SURNAMES)):
        name = SURNAMES[(position * 7) % len(SURNAMES)] + given if position % 2 else surname + given
        if name not in used:
            used.add(name)
            yield name


def unit_staff(users: Mapping[str, User], unit: Department, source: Iterator[str]) -> Staff:
    """Return clerk and leader of a unit; those without a demo account cannot sign in."""
    found = {
        position.role: position.user
        for position in Position.objects.filter(
            department=unit, role__in=[Role.UNIT_CLERK, Role.UNIT_LEADER]
        ).select_related("user")
    }
    since = Position.objects.order_by("since").values_list("since", flat=True).first()
    for role, word in ((Role.UNIT_CLERK, "clerk"), (Role.UNIT_LEADER, "leader")):
        if role not in found:
            user = User(username=f"demo_{word}_{unit.pk}", name=next(source), office=unit.office)
            user.set_unusable_password()
            user.save()
            Position.objects.create(user=user, department=unit, role=role, since=since)
            found[role] = user
    return Staff(found[Role.UNIT_CLERK], found[Role.UNIT_LEADER])


class Register:
    """Makes travellers one after another."""

    def __init__(self, source: Iterator[str], keeper: Actor, today: date) -> None:
        self.source, self.keeper, self.today, self.serial = source, keeper, today, 0

    def traveller(self, unit: Department, *, leads: bool, user: User | None = None) -> Traveller:
        """Write one person of a unit; the leader of a group is of division rank."""
        self.serial += 1
        name = user.name if user else next(self.source)
        born = date(1970 + self.serial % 25, 1 + self.serial % 12, 1 + self.serial % 28)
        head = f"371602{born:%Y%m%d}{self.serial % 1000:03d}"
        surname, *given = lazy_pinyin(name, style=Style.NORMAL, v_to_u=False)
        person = Traveller(
            office=unit.office,
            department=unit,
            user=user,
            name=name,
            gender=Gender.MALE if self.serial % 2 else Gender.FEMALE,
            title=TITLES[0] if leads else TITLES[1 + self.serial % 5],
            level=Level.DIVISION if leads else Level.BELOW_DIVISION,
            surname_pinyin=surname.upper(),
            given_pinyin="".join(given).upper(),
        )
        person.id_number = head + ric.calc_check_digit(head + "0")
        person.birth_date = born.isoformat()
        person.phone = f"139000{self.serial:05d}"
        person.save()
        return person

    def passport(self, person: Traveller, *, years: float = 3.5) -> None:
        """Put a passport for public affairs into the library."""
        register_passport(
            traveller=person,
            kind=PassportKind.PUBLIC_AFFAIRS,
            number=f"PE{7100000 + self.serial}",
            issued_on=self.today - timedelta(days=500),
            expires_on=self.today + timedelta(days=int(365 * years)),
            pages_left=20,
            location=f"{1 + self.serial % 4} 号柜 {1 + self.serial % 30} 格",
            actor=self.keeper,
        )
