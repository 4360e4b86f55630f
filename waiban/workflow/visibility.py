"""Who may see which case: one scope, used by list, record, export, file, search and feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from waiban.accounts.actors import actor_for
from waiban.accounts.enums import DepartmentKind, Role

if TYPE_CHECKING:
    from waiban.accounts.actors import Actor

ALL_KINDS = frozenset({DepartmentKind.OFFICE_SECTION, DepartmentKind.LEADERS, DepartmentKind.PROVINCE})
"""Departments whose people see every case of their office."""

BLIND_ROLES = frozenset({Role.SYSADMIN, Role.AUDITOR, Role.TRANSLATOR, Role.MEMBER})
"""Roles that see no business data by themselves; a participant sees the cases he takes part in."""


def case_scope(actor: Actor, prefix: str = "") -> Q:
    """Build the filter of the cases an actor may see.

    The office, the city's leaders and the province see all cases of the office; a unit sees its own;
    an authority sees the cases in which a step was ever offered to its role; a participant sees his own;
    whoever owns a case sees it.
    """
    if any(seat.department_kind in ALL_KINDS and seat.role not in BLIND_ROLES for seat in actor.seats):
        return Q(**{f"{prefix}office_id": actor.office_id})
    scope = Q(**{f"{prefix}owner_id": actor.user_id}) | Q(**{f"{prefix}participants__user_id": actor.user_id})
    units = [
        s.department_id
        for s in actor.seats
        if s.department_kind == DepartmentKind.UNIT and s.role not in BLIND_ROLES
    ]
    if units:
        scope |= Q(**{f"{prefix}department_id__in": units})
    roles = [s.role for s in actor.seats if s.department_kind == DepartmentKind.AUTHORITY]
    if roles:
        scope |= Q(**{f"{prefix}items__role__in": roles, f"{prefix}items__ready_at__isnull": False})
    return scope


def needs_distinct(actor: Actor) -> bool:
    """Say whether the scope joins to many rows."""
    return not any(seat.department_kind in ALL_KINDS and seat.role not in BLIND_ROLES for seat in actor.seats)


class CaseQuerySet(models.QuerySet):
    """Cases, always reached through `visible_to`."""

    def visible_to(self, user) -> CaseQuerySet:
        """Return the cases that a user may see; nothing for anonymous or inactive users."""
        if not getattr(user, "is_active", False):
            return self.none()
        return self.visible_to_actor(actor_for(user))

    def visible_to_actor(self, actor: Actor) -> CaseQuerySet:
        """Return the cases that an actor may see."""
        if not needs_distinct(actor):
            return self.filter(case_scope(actor))
        allowed = self.model.objects.filter(case_scope(actor)).values("pk")
        return self.filter(pk__in=allowed)


class OfCaseQuerySet(models.QuerySet):
    """Rows that hang on a case: visible as their case is."""

    def visible_to(self, user) -> OfCaseQuerySet:
        """Return the rows whose case the user may see."""
        case_model = self.model._meta.get_field("case").related_model
        return self.filter(case__in=case_model.objects.visible_to(user))
