"""Who may use which page of the delegations: predicates over the seats of an actor, no queries."""

from __future__ import annotations

from waiban.accounts.actors import Actor
from waiban.accounts.enums import ENTERPRISE_ROLES, KEEPER_ROLES, Role
from waiban.core.errors import Refused

STARTERS = (Role.UNIT_CLERK, Role.UNIT_LEADER, Role.OUTBOUND_CLERK, Role.OUTBOUND_CHIEF)
"""Roles that may start a delegation, the office on behalf of a unit."""

OFFICE_STARTERS = (Role.OUTBOUND_CLERK, Role.OUTBOUND_CHIEF)

LIBRARIANS = (Role.PASSPORT_CLERK,)
"""Roles that register passports and hand them over."""

LIBRARY_READERS = (Role.PASSPORT_CLERK, Role.OUTBOUND_CLERK, Role.OUTBOUND_CHIEF)
"""Roles that read the passport library."""

PEOPLE_EDITORS = (Role.UNIT_CLERK, Role.PASSPORT_CLERK, Role.OUTBOUND_CLERK, Role.OUTBOUND_CHIEF)
"""Roles that keep the register of persons, the unit for its own people."""

PLAN_DECLARERS = (Role.UNIT_CLERK, Role.UNIT_LEADER)

PLAN_APPROVERS = (Role.PROVINCE, Role.OUTBOUND_CHIEF)
"""The province replies; the office records a reply that came on paper."""

PLAN_READERS = (
    *PLAN_DECLARERS,
    Role.OUTBOUND_CLERK,
    Role.OUTBOUND_CHIEF,
    Role.DEPUTY_DIRECTOR,
    Role.DIRECTOR,
    Role.CITY_LEADER,
    Role.PROVINCE,
)


BLIND = KEEPER_ROLES | ENTERPRISE_ROLES | {Role.TRANSLATOR}
"""Roles that have no part in delegations at all."""


def has_part(actor: Actor) -> bool:
    """Whether some seat of the actor has to do with delegations; which ones he sees is another question."""
    return any(seat.role not in BLIND for seat in actor.seats)


def may_create(actor: Actor) -> bool:
    """Whether the actor may start a delegation."""
    return actor.has(*STARTERS)


def is_member_only(actor: Actor) -> bool:
    """Whether the actor has no other part than travelling: his place is the phone page."""
    return all(seat.role == Role.MEMBER for seat in actor.seats)


def require(actor: Actor, roles: tuple[str, ...], sentence: str) -> None:
    """Raise `Refused` with a reason unless the actor holds one of the roles."""
    if not actor.has(*roles):
        raise Refused(sentence, "ROLE")
