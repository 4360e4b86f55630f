"""The list of delegations: one page of rows, and what stands below it. Nothing here grows with the table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from delegations.flow import FLOW
from delegations.models import Delegation, Member, Stop
from waiban.accounts.actors import Actor
from waiban.accounts.enums import ROLE_WORDS, DepartmentKind, Role
from waiban.accounts.models import Position
from waiban.core.paging import COUNT_CAP, KeysetPage
from waiban.workflow.enums import OPEN_STATES
from waiban.workflow.models import NO_SLACK, Case, WorkItem

BY_SLACK = ("slack_order", "pk")
NEWEST = ("-pk",)


@dataclass
class Row:
    """One delegation of the list."""

    case: Case
    group: Delegation
    places: list[str] = field(default_factory=list)
    people: int = 0
    holders: list[str] = field(default_factory=list)

    @property
    def holding(self) -> str:
        """Steps in hand, or how the case ended."""
        return self.case.holder_text or self.case.get_status_display()

    @property
    def exit_date(self) -> date | None:
        return self.group.actual_exit or self.group.exit_date


def cases_for(actor: Actor) -> QuerySet[Case]:
    """Delegations that the actor may see, with the columns that the list prints."""
    return (
        Case.objects.visible_to_actor(actor)
        .filter(flow_key=FLOW.key)
        .select_related("department", "delegation")
        .annotate(slack_order=Coalesce("slack", Value(NO_SLACK)))
    )


def rows_of(cases: Iterable[Case]) -> list[Row]:
    """Add countries, people and holders to the cases of a page. Four queries."""
    rows = {case.pk: Row(case, case.delegation) for case in cases}
    stops = Stop.objects.filter(delegation__in=rows, inside_airport=False).order_by("order")
    for pk, name in stops.values_list("delegation_id", "place__name_zh"):
        if name not in rows[pk].places:
            rows[pk].places.append(name)
    for pk, people in _people(rows):
        rows[pk].people = people
    for pk, names in _holders(rows).items():
        rows[pk].holders = names
    return list(rows.values())


def _people(rows: Iterable[int]) -> Iterable[tuple[int, int]]:
    present = Member.objects.filter(delegation__in=rows, left=False).order_by()
    return present.values_list("delegation_id").annotate(Count("pk"))


def _holders(rows: Mapping[int, Row]) -> dict[int, list[str]]:
    """Name who has the open steps: who took one, else the one person or the word of the role."""
    found: dict[int, list[str]] = defaultdict(list)
    items = WorkItem.objects.filter(case__in=rows, state__in=OPEN_STATES).order_by(
        "case_id", F("slack").asc(nulls_last=True), "step_no"
    )
    open_steps = list(items.values_list("case_id", "assignee__name", "role", "participant__name"))
    seats = _seats({role for _pk, _name, role, _person in open_steps}, rows)
    for pk, name, role, person in open_steps:
        case = rows[pk].case
        known = seats.get((role, case.department_id)) or seats.get((role, None)) or []
        who = name or (person if role == Role.MEMBER else None)
        who = who or (known[0] if len(known) == 1 else ROLE_WORDS.get(role, role))
        if who not in found[pk]:
            found[pk].append(who)
    return found


def _seats(roles: set[str], rows: Mapping[int, Row]) -> dict[tuple[str, int | None], list[str]]:
    """Who holds the roles: in a unit by unit, elsewhere by role alone."""
    offices = {row.case.office_id for row in rows.values()}
    held = Position.objects.current().filter(role__in=roles - {Role.MEMBER}, department__office__in=offices)
    found: dict[tuple[str, int | None], list[str]] = defaultdict(list)
    for role, department_id, kind, name in held.order_by("pk").values_list(
        "role", "department_id", "department__kind", "user__name"
    ):
        if kind != DepartmentKind.PROVINCE:
            found[role, department_id if kind == DepartmentKind.UNIT else None].append(name)
    return found


def people_below(cases: QuerySet[Case], page: KeysetPage, rows: Iterable[Row]) -> tuple[int, bool]:
    """Return the sum of people, and whether it is of all pages.

    Of all pages while these are not more than the capped count; beyond it of this page, so that the sum
    costs the same whatever is in the table.
    """
    if page.total.capped:
        return sum(row.people for row in rows), False
    if not (page.has_next or page.has_previous):
        return sum(row.people for row in rows), True
    shown = cases.order_by().values("pk")[:COUNT_CAP]
    return Member.objects.filter(left=False, delegation__in=shown).count(), True


def for_export(cases: QuerySet[Case], *, by_slack: bool) -> Iterable[Any]:
    """Return the filtered cases in the order of the page, read in chunks, with countries and people."""
    order = BY_SLACK if by_slack else NEWEST
    stops = Stop.objects.filter(delegation=OuterRef("pk"), inside_airport=False).order_by("order")
    people = (
        Member.objects.filter(delegation=OuterRef("pk"), left=False)
        .order_by()
        .values("delegation")
        .annotate(number=Count("pk"))
        .values("number")
    )
    found = cases.select_related("owner").annotate(
        place_names=ArraySubquery(stops.values("place__name_zh")), people=Coalesce(Subquery(people), Value(0))
    )
    return found.order_by(*order).iterator(chunk_size=2000)
