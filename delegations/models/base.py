"""Query sets shared by the rows of a delegation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from waiban.accounts.actors import actor_for
from waiban.accounts.enums import DepartmentKind, Role
from waiban.workflow.models import Case

if TYPE_CHECKING:
    from waiban.accounts.actors import Actor
    from waiban.accounts.models import User

PEOPLE_READERS = frozenset({Role.PASSPORT_CLERK, Role.OUTBOUND_CLERK, Role.OUTBOUND_CHIEF})
"""Roles that read the persons and passports of every unit of the office."""

UNIT_ROLES = frozenset({Role.UNIT_CLERK, Role.UNIT_LEADER})
"""Roles that act in the name of a unit."""

OVERSEERS = PEOPLE_READERS | {
    Role.DEPUTY_DIRECTOR,
    Role.DIRECTOR,
    Role.CITY_LEADER,
    Role.PROVINCE,
}
"""Roles that read the plans of every unit of the office."""


def units_of(actor: Actor) -> list[int]:
    """Return the units in whose name the actor works; a member who sits in one works for nobody."""
    return [
        seat.department_id
        for seat in actor.seats
        if seat.department_kind == DepartmentKind.UNIT and seat.role in UNIT_ROLES
    ]


class OfDelegationQuerySet(models.QuerySet):
    """Rows of a delegation: visible as its case is."""

    case_path = "delegation_id"

    def visible_to(self, user: User) -> OfDelegationQuerySet:
        """Return the rows whose delegation the user may see."""
        return self.filter(**{f"{self.case_path}__in": Case.objects.visible_to(user).values("pk")})


class OfMemberQuerySet(OfDelegationQuerySet):
    """Rows of a member: visible as the case of his delegation is."""

    case_path = "member__delegation_id"


class UnitQuerySet(models.QuerySet):
    """Rows of an office that belong to a unit: its people see their own, the office all."""

    readers = OVERSEERS
    unit_path = "department_id"
    own: str = ""

    def visible_to(self, user: User) -> UnitQuerySet:
        """Return the rows of the user's unit and his own ones, or all of his office for the readers."""
        if not getattr(user, "is_active", False):
            return self.none()
        return self.visible_to_actor(actor_for(user))

    def visible_to_actor(self, actor: Actor) -> UnitQuerySet:
        """The same for an actor that is known already."""
        rows = self.filter(office_id=actor.office_id)
        if actor.has(*self.readers):
            return rows
        scope = Q(**{f"{self.unit_path}__in": units_of(actor)})
        return rows.filter(scope | Q(**{self.own: actor.user_id})) if self.own else rows.filter(scope)


class OfficeQuerySet(models.QuerySet):
    """Rows that everybody in the office may read."""

    def visible_to(self, user: User) -> OfficeQuerySet:
        """Return the rows of the user's office."""
        return self.filter(office_id=user.office_id) if getattr(user, "is_active", False) else self.none()


class ReferenceQuerySet(models.QuerySet):
    """Published standards that every signed-in user may read."""

    def visible_to(self, user: User) -> ReferenceQuerySet:
        """Return all rows for a signed-in user."""
        return self.all() if getattr(user, "is_active", False) else self.none()
