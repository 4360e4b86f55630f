"""Who may see which case: one scope, used by list, record, export, file, search and feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from waiban.accounts.actors import actor_for
from waiban.accounts.enums import DepartmentKind, Role

if TYPE_CHECKING:
    from waiban.accounts.actors import Actor

ALL_KINDS = frozenset({DepartmentKind.OFFICE_SECTION, DepartmentKind.LEADERS, DepartmentKind.PROVINCE})
"""Departments whose people see every case of their office."""

BLIND_ROLES = frozenset({Role.SYSADMIN, Role.AUDITOR, Role.TRANSLATOR, Role.MEMBER})
"""Roles that see no business data by themselves; a participant sees the cases he takes part in."""


def sees_all(actor: Actor) -> bool:
    """Say whether the actor sees every case of his office: the sections, the city's leaders, the province."""
    return any(seat.department_kind in ALL_KINDS and seat.role not in BLIND_ROLES for seat in actor.seats)


class CaseQuerySet(models.QuerySet):
    """Cases, always reached through `visible_to`."""

    def visible_to(self, user) -> CaseQuerySet:
        """Return the cases that a user may see; nothing for anonymous or inactive users."""
        if not getattr(user, "is_active", False):
            return self.none()
        return self.visible_to_actor(actor_for(user))

    def visible_to_actor(self, actor: Actor) -> CaseQuerySet:
        """Return the cases that an actor may see.

        The office, the city's leaders and the province see all cases of the office; a unit sees its own; an
        authority the cases in which a step has arrived at its role; a participant, an owner and whoever was
        asked to sign theirs. No join, so a case comes once and the order of a list stays on its index.
        """
        if sees_all(actor):
            return self.filter(office_id=actor.office_id)
        related = self.model._meta.get_field
        people, items = related("participants").related_model, related("items").related_model
        mine = people.objects.filter(user_id=actor.user_id).values("case_id")
        signatures = items._meta.get_field("signatures").related_model
        asked = signatures.objects.filter(signer_id=actor.user_id).values("item__case_id")
        scope = Q(owner_id=actor.user_id) | Q(pk__in=mine) | Q(pk__in=asked)
        units = [
            s.department_id
            for s in actor.seats
            if s.department_kind == DepartmentKind.UNIT and s.role not in BLIND_ROLES
        ]
        if units:
            scope |= Q(department_id__in=units)
        roles = [s.role for s in actor.seats if s.department_kind == DepartmentKind.AUTHORITY]
        if roles:
            arrived = items.objects.filter(case_id=OuterRef("pk"), role__in=roles, ready_at__isnull=False)
            scope |= Q(Exists(arrived)) & Q(office_id=actor.office_id)
        return self.filter(scope)


class OfCaseQuerySet(models.QuerySet):
    """Rows that hang on a case: visible as their case is."""

    def visible_to(self, user) -> OfCaseQuerySet:
        """Return the rows whose case the user may see."""
        case_model = self.model._meta.get_field("case").related_model
        return self.filter(case__in=case_model.objects.visible_to(user))
