"""Cases that have come some way already, built through the forms of the steps."""

from collections.abc import Mapping

from delegations.enums import Level, MemberRole
from tests.delegations import test_walk as steps
from tests.delegations.desk import Walker, give_passport, make_traveller, start
from waiban.accounts.actors import actor_for
from waiban.accounts.models import User

NAMES = ("徐海峰", "程立新", "何雅宁", "梁国栋", "罗晓晨")


def new_case(people: Mapping[str, User], number: int = 0, *, user: User | None = None) -> Walker:
    """Start a delegation of one person with a passport, who may have an account; numbers keep them apart."""
    leader = make_traveller(people, NAMES[number], 51 + 2 * number, level=Level.DIVISION, user=user)
    give_passport(leader, actor_for(people["passport_clerk"]), f"PE77000{number:02d}")
    return start(people, members=[(leader, MemberRole.LEADER)], name=f"赴美国第{number + 1}考察团组")


def accepted_case(people: Mapping[str, User], number: int = 0, *, user: User | None = None) -> Walker:
    """A case that the office has accepted and reviewed: the chief of the section is next."""
    walker = new_case(people, number, user=user)
    steps.prepare(walker)
    steps.apply(walker)
    walker.do("fao_accept", {"complete": True})
    walker.do("fao_case_review")
    return walker


def case_before_deputy(people: Mapping[str, User], number: int = 0) -> Walker:
    """A case that waits for the deputy director."""
    walker = accepted_case(people, number)
    walker.do("section_chief_review")
    return walker
