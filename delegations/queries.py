"""Questions about delegations that are more than one filter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from delegations.enums import LineKind, PaperKind, PlanItemState, PublicityKind, PublicityResult
from delegations.facts import Dossier, open_dossier
from delegations.models import (
    BudgetLine,
    Delegation,
    Invitation,
    IssuedPaper,
    Member,
    PlanItem,
    Publicity,
    Stop,
)
from delegations.rules import Finding, precheck, review_points, submission_check
from delegations.rules.snapshot import (
    BudgetView,
    EntryView,
    InvitationView,
    MemberView,
    OtherGroup,
    PublicityView,
    Snapshot,
    StopView,
)
from waiban.workdays.axis import Axis
from waiban.workdays.services import current_axis
from waiban.workflow.enums import CaseStatus

ALIVE = (CaseStatus.RUNNING, CaseStatus.CLOSED)
"""Cases whose group goes or has gone."""


def snapshot_of(delegation: Delegation) -> Snapshot:
    """Read a delegation once and return it as the rules take it."""
    return snapshot_from(open_dossier(delegation))


def snapshot_from(dossier: Dossier) -> Snapshot:
    """Return the snapshot of rows that have been read, with what the rules need beside them."""
    group, item = dossier.delegation, dossier.delegation.plan_item
    letters = list(group.invitations.select_related("place"))
    return Snapshot(
        category=group.category,
        plan_type=group.plan_type,
        organize_mode=group.organize_mode,
        secrecy=group.secrecy,
        exit_date=group.exit_date,
        entry_date=group.entry_date,
        stops=tuple(_stop_view(stop) for stop in dossier.stops),
        members=_member_views(dossier),
        invitations=tuple(_letter_view(letter) for letter in letters),
        entries=tuple(EntryView(*row) for row in group.itinerary.values_list("day", "half", "kind")),
        budget=_budget_view(group),
        budget_audited=group.budget_audited,
        publicity=publicity_view(group.publicities.filter(kind=PublicityKind.PRE), current_axis()),
        submitted_on=group.submitted_on,
        plan_item=item is not None,
        plan_item_approved=item is not None and item.state == PlanItemState.APPROVED,
        plan_people=item.people if item else None,
        plan_days=item.days if item else None,
        plan_places=tuple(item.places.values_list("code", flat=True)) if item else (),
        plan_note=group.plan_note,
        quota_left=quota_left(item, without=group) if item else None,
        task_notice_no=group.task_notice_no,
        others=other_groups(group, letters),
    )


def _stop_view(stop: Stop) -> StopView:
    place = stop.place
    return StopView(place.code, place.name_zh, place.continent, place.long_haul, not stop.inside_airport)


def _member_views(dossier: Dossier) -> tuple[MemberView, ...]:
    trips = trips_of([m.traveller_id for m in dossier.members], without=dossier.delegation)
    views = []
    for member in dossier.members:
        person, document = member.traveller, dossier.document(member)
        views.append(
            MemberView(
                name=person.name,
                role=member.role,
                level=member.level,
                unit=person.department.short_name,
                in_leadership=person.in_leadership,
                retired=person.retired,
                birth=person.born,
                has_document=True if document else member.has_document,
                document_expires=document.expires_on if document else None,
                blank_pages=document.pages_left if document else None,
                trips=tuple(trips[member.traveller_id]),
            )
        )
    return tuple(views)


def _letter_view(letter: Invitation) -> InvitationView:
    return InvitationView(
        letter.inviter_zh,
        letter.kind,
        letter.place.code,
        letter.issued_on,
        letter.valid_from,
        letter.valid_to,
        letter.translated,
        letter.no_agent,
    )


def _budget_view(group: Delegation) -> BudgetView:
    lines = BudgetLine.objects.filter(delegation=group, kind=LineKind.BUDGET)
    rows = list(lines.values_list("yuan", "over_standard", "over_reason"))
    total = sum((yuan for yuan, _over, _reason in rows), Decimal(0))
    return BudgetView(total, len(rows), sum(over and not reason for _yuan, over, reason in rows))


def publicity_view(notices: Iterable[Publicity], axis: Axis) -> PublicityView | None:
    """Sum up the notices of all units: the shortest counts, the last end, clear only when all are clear."""
    rows = list(notices)
    if not rows:
        return None
    done = {PublicityResult.CLEAR, PublicityResult.SETTLED}
    return PublicityView(
        starts_on=min(row.starts_on for row in rows),
        ends_on=max(row.ends_on for row in rows),
        workdays=min(workdays_inclusive(row.starts_on, row.ends_on, axis) for row in rows),
        clear=all(row.result in done for row in rows),
    )


def workdays_inclusive(first: date, last: date, axis: Axis) -> int:
    """Count whole working days from the first to the last day, both included."""
    return axis.between(first, last + timedelta(days=1)) // 2


def approved_papers() -> Exists:
    """Subquery: the delegation of the outer row has its task approval."""
    papers = IssuedPaper.objects.filter(
        delegation=OuterRef("delegation"), kind__in=[PaperKind.APPROVAL, PaperKind.CONFIRMATION], void=False
    )
    return Exists(papers)


def trips_of(travellers: Iterable[int], *, without: Delegation) -> dict[int, list[date]]:
    """Return the exit dates of the official trips of some travellers that were approved or made."""
    rows = (
        Member.objects.filter(traveller__in=list(travellers), left=False, delegation__case__status__in=ALIVE)
        .exclude(delegation=without)
        .annotate(
            day=Coalesce("delegation__actual_exit", "delegation__exit_date"), approved=approved_papers()
        )
        .filter(Q(approved=True) | Q(delegation__actual_exit__isnull=False), day__isnull=False)
        .order_by("day")
        .values_list("traveller_id", "day")
    )
    found: dict[int, list[date]] = defaultdict(list)
    for traveller, day in rows:
        found[traveller].append(day)
    return found


def quota_left(item: PlanItem, *, without: Delegation | None = None) -> int | None:
    """Return how many person-times of a plan item are free; None while it has no control figure."""
    if item.quota_people is None:
        return None
    used = Member.objects.filter(delegation__plan_item=item, delegation__case__status__in=ALIVE, left=False)
    if without is not None:
        used = used.exclude(delegation=without)
    return item.quota_people - used.count()


def other_groups(group: Delegation, letters: list[Invitation]) -> tuple[OtherGroup, ...]:
    """Return groups of the office with the same inviter and country as one of the letters."""
    if not letters:
        return ()
    same = Q()
    for letter in letters:
        same |= Q(inviter_zh=letter.inviter_zh, place=letter.place_id)
    rows = (
        Invitation.objects.filter(
            same,
            delegation__case__office=group.case.office_id,
            delegation__case__status__in=ALIVE,
            delegation__exit_date__isnull=False,
            delegation__entry_date__isnull=False,
        )
        .exclude(delegation=group)
        .annotate(people=Count("delegation__members", filter=Q(delegation__members__left=False)))
        .values_list(
            "delegation__case__reference",
            "inviter_zh",
            "place__code",
            "delegation__exit_date",
            "delegation__entry_date",
            "people",
        )
    )
    return tuple(OtherGroup(*row) for row in rows)


def precheck_of(delegation: Delegation) -> list[Finding]:
    """Return the findings of the compliance pre-check on the present rows."""
    dossier = open_dossier(delegation)
    return precheck(snapshot_from(dossier), dossier.limits)


def submission_findings(delegation: Delegation) -> list[Finding]:
    """Return what must be right on the day of the application."""
    dossier = open_dossier(delegation)
    return submission_check(snapshot_from(dossier), dossier.limits)


def review_points_of(delegation: Delegation) -> list[Finding]:
    """Return the eight points beside a reviewer's opinion."""
    dossier = open_dossier(delegation)
    return review_points(snapshot_from(dossier), dossier.limits)


def free_plan_items(department_id: int, year: int):
    """Return the approved plan items of a unit in a year that no running group uses up."""
    groups = Count("delegations", filter=Q(delegations__case__status__in=ALIVE))
    return (
        PlanItem.objects.approved()
        .filter(department=department_id, plan__year=year)
        .annotate(taken=groups)
        .filter(taken__lt=F("quota_groups"))
    )
