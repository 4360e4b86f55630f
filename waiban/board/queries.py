"""The queue of a person over all flows: one query, whatever the number of seats, businesses and rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import F, Q, QuerySet

from waiban.accounts.actors import Actor, Seat
from waiban.accounts.enums import DepartmentKind
from waiban.workflow.enums import OPEN_STATES, ItemState
from waiban.workflow.models import Case, Participant, Signature, WorkItem
from waiban.workflow.registry import all_bindings

LOADED = 300
"""Rows of a queue that are loaded at once: more than a person can have in hand."""

CAP = 100
"""The badge counts no further."""

FOUND = 20
"""Rows a search shows."""

COLUMNS = (
    "id", "case_id", "step_key", "step_no", "role", "state", "slack", "critical", "light", "light_word",
    "due_at", "due_tentative", "version", "assignee_id", "assignee__name", "participant__name",
    "case__reference", "case__title", "case__flow_key", "case__flow_version", "case__department__short_name",
)  # fmt: skip


def _member_roles() -> set[str]:
    return {binding.flow.member_role for binding in all_bindings()}


def _seat_scope(seat: Seat, actor: Actor) -> Q:
    """What is offered to a seat: the same rule as `workflow.rules`, as a filter."""
    scope = Q(role=seat.role)
    if seat.department_kind == DepartmentKind.UNIT:
        scope &= Q(case__department_id=seat.department_id)
    else:
        scope &= Q(department=None) | Q(department_id=seat.department_id)
    if seat.flow_key:
        scope &= Q(case__flow_key=seat.flow_key)
    return scope & (Q(assignee=None) | Q(assignee_id__in={actor.user_id, seat.user_id}))


def holding(actor: Actor) -> Q:
    """Return the filter of the open items that an actor holds: by a seat, by name, or as a participant."""
    member_roles = _member_roles()
    own = Participant.objects.filter(user_id=actor.user_id, left_at=None)
    scopes = [
        Q(assignee_id=actor.user_id),
        # Subqueries, not joins: a join would be made for every open item of the office.
        Q(role__in=member_roles, participant_id__in=own.values("pk")),
        Q(role__in=member_roles, participant=None, case_id__in=own.values("case_id")),
    ]
    scopes += [_seat_scope(seat, actor) for seat in actor.seats if seat.role not in member_roles]
    return reduce(or_, scopes)


def _recorded_by(actor: Actor) -> Q:
    """Steps of others for which the actor may enter the result."""
    scope = Q(pk=None)
    for binding in all_bindings():
        for seat in actor.seats:
            keys = [step.key for step in binding.flow.steps if seat.role in step.recorders]
            if not keys or not seat.covers(binding.flow.key):
                continue
            found = Q(
                case__flow_key=binding.flow.key, case__flow_version=binding.flow.version, step_key__in=keys
            )
            if seat.department_kind == DepartmentKind.UNIT:
                found &= Q(case__department_id=seat.department_id)
            scope |= found
    return scope


def open_items(actor: Actor) -> QuerySet[WorkItem]:
    """Open items of running cases of the actor's office whose clock is not stopped."""
    return WorkItem.objects.filter(
        state__in=OPEN_STATES, case__office_id=actor.office_id, case__paused_at=None
    )


def todo(actor: Actor) -> QuerySet[WorkItem]:
    """Items that wait for this person, the scarcest slack first."""
    return by_slack(open_items(actor).filter(holding(actor)))


def waiting_outside(actor: Actor) -> QuerySet[WorkItem]:
    """Items that others hold while this person waits: he may record their result, or the case is his."""
    mine = open_items(actor).filter(holding(actor)).values("pk")
    scope = _recorded_by(actor) | Q(case__owner_id=actor.user_id, state=ItemState.OUTSIDE)
    return by_slack(open_items(actor).filter(scope).exclude(pk__in=mine))


def by_slack(items: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
    """Order a queue: the scarcest slack first, what has none last."""
    return items.order_by(F("slack").asc(nulls_last=True), "due_at", "pk")


def load(items: QuerySet[WorkItem]) -> list[dict[str, Any]]:
    """Read the first `LOADED` rows of a queue as plain values. One query."""
    return list(items.values(*COLUMNS)[:LOADED])


def open_count(actor: Actor) -> int:
    """Number of matters that wait for this person, at most `CAP`: steps of cases, not items of members."""
    pairs = open_items(actor).filter(holding(actor)).order_by().values("case_id", "step_key").distinct()
    return pairs[:CAP].count()


def done_by(actor: Actor) -> QuerySet[WorkItem]:
    """Items that this person finished, or that another finished in his name."""
    mine = Q(done_by_id=actor.user_id) | Q(acting_for_id=actor.user_id)
    return WorkItem.objects.filter(mine, state=ItemState.DONE, done_at__isnull=False).select_related(
        "case__department", "participant", "acting_for", "done_by"
    )


def started_by(actor: Actor) -> QuerySet[Case]:
    """Cases that this person started."""
    return Case.objects.filter(owner_id=actor.user_id).select_related("department")


def signatures_for(actor: Actor) -> QuerySet[Signature]:
    """Opinions that others have asked this person for and that are still missing."""
    return Signature.objects.filter(
        signer_id=actor.user_id, signed_at=None, item__state__in=OPEN_STATES
    ).select_related("item__case", "asked_by")


def items_by_id(actor: Actor, ids: Iterable[int]) -> Mapping[int, WorkItem]:
    """Return those of some items that lie in cases of the actor's office, with their cases."""
    return (
        WorkItem.objects.filter(case__office_id=actor.office_id)
        .select_related("case__department", "participant")
        .in_bulk(list(ids))
    )


def cases_like(user: Any, words: str) -> list[Case]:
    """Find visible cases by number or title, newest first; every word must occur in one of them."""
    found = Case.objects.visible_to(user).select_related("department")
    for word in words.split()[:5]:
        found = found.filter(Q(reference__icontains=word) | Q(title__icontains=word))
    return list(found.order_by("-pk")[:FOUND])
