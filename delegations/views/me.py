"""The member's pages for the phone: his things, the trip, the allowance, help. Nobody else's data."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from delegations.enums import PaperKind
from delegations.facts import Dossier, open_dossier
from delegations.flow import FLOW
from delegations.models import (
    AllowanceRate,
    Delegation,
    IssuedPaper,
    ItineraryEntry,
    Member,
    PassportMovement,
)
from delegations.presenters import me as shown
from delegations.presenters.sheets import programme
from waiban.core.errors import ActError, Refused
from waiban.core.time import today
from waiban.documents.queries import paper_list
from waiban.workflow import engine
from waiban.workflow.models import Case, Participant, WorkItem
from waiban.workflow.presenters.acts import make_form, panel
from waiban.workflow.record import load_record
from waiban.workflow.rules import may_act
from waiban.workflow.views.common import go_back, put_errors


def _own(request: HttpRequest, case_id: int) -> tuple[Delegation, Member]:
    """Fetch a delegation in which the person himself travels; 404 for others, a reason for who has left."""
    groups = Delegation.objects.select_related("case__department", "plan_item__plan")
    group = get_object_or_404(groups, pk=case_id, case__participants__user_id=request.user.pk)
    mine = group.members.select_related("traveller", "participant", "passport")
    member = mine.filter(participant__user_id=request.user.pk, left=False).first()
    if member is None:
        raise Refused("您已退出该团组；如有疑问，请联系组团单位经办人。", "LEFT")
    member.delegation = group
    return group, member


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """My delegations; when only one is running, straight to it."""
    cases = Case.objects.filter(
        pk__in=Participant.objects.filter(user_id=request.user.pk, left_at=None).values("case_id"),
        flow_key=FLOW.key,
    )
    rows = list(cases.select_related("delegation", "department").order_by("-pk")[:50])
    running = [case for case in rows if case.is_running]
    if len(running) == 1 and "all" not in request.GET:
        return redirect("delegations:me", case_id=running[0].pk)
    context = {"running": running, "over": [case for case in rows if not case.is_running]}
    return render(request, "delegations/my.html", context)


@require_GET
def tasks(request: HttpRequest, case_id: int) -> HttpResponse:
    """My few things in one delegation, where my passport and visa are, the interview, whom to call."""
    group, member = _own(request, case_id)
    record, dossier = load_record(group.case, request.actor), open_dossier(group)
    visas = list(member.visas.select_related("place").order_by("pk"))
    found = shown.tasks(record, member, visas)
    context = _frame(group, member, "me") | {
        "tasks": found,
        "counts": shown.counts(found),
        "passport": shown.passport_of(record, dossier, member, _keeper(dossier, member)),
        "visa": shown.visa_of(record, dossier, member, visas),
        "interview": shown.interview_of(record, visas, _approved(group)),
        "contacts": shown.contacts(group),
        "saved_label": "",
    }
    return render(request, "delegations/member_phone.html", context)


def _frame(group: Delegation, member: Member, place: str) -> dict[str, Any]:
    return {
        "trip": shown.trip_of(group, member, today()),
        "places": shown.places(group.pk, place),
        "group": group,
        "member": member,
    }


def _keeper(dossier: Dossier, member: Member) -> str:
    document = dossier.document(member)
    if document is None:
        return ""
    last = (
        PassportMovement.objects.filter(passport=document).select_related("by").order_by("-at", "-pk").first()
    )
    return last.by.name if last else ""


def _approved(group: Delegation) -> Any:
    papers = IssuedPaper.objects.filter(
        delegation=group, kind__in=[PaperKind.APPROVAL, PaperKind.CONFIRMATION], void=False
    )
    return papers.values_list("issued_on", flat=True).first()


@require_http_methods(["GET", "POST"])
def task(request: HttpRequest, case_id: int, item_id: int) -> HttpResponse:
    """One of my things with its form; errors stay at their fields, nothing typed is lost."""
    group, member = _own(request, case_id)
    record = load_record(group.case, request.actor)
    item = next((i for i in shown.my_items(record, member) if i.id == item_id), None)
    if item is None:
        raise Http404
    row = get_object_or_404(WorkItem.objects.select_related("case", "participant"), pk=item_id)
    if not may_act(record.state, item, request.actor):
        return redirect("delegations:me", case_id=case_id)
    step = record.state.step(item)
    form, status = make_form(record, step, row), 200
    if request.method == "POST":
        form, status = make_form(record, step, row, request.POST, request.FILES), 422
        if form.is_valid():
            try:
                return _finish(request, group, row, form)
            except ActError as error:
                put_errors(form, error)
                status = error.status
    context = _frame(group, member, "me") | {
        "act": panel(record, item, row, form),
        "form": form,
        "step": step,
        "item": item,
        "detail": shown.DETAILS.get(step.key, ""),
        "papers": paper_list(group.case, request.actor, item=row, participant=member.participant),
        "back_url": reverse("delegations:me", args=[case_id]),
    }
    return render(request, "delegations/me_task.html", context, status=status)


def _finish(request: HttpRequest, group: Delegation, row: WorkItem, form: Any) -> HttpResponse:
    version = request.POST.get("version", "")
    engine.complete(
        case_id=row.case_id,
        item_id=row.pk,
        actor=request.actor,
        opinion=form.cleaned_data.get("opinion", ""),
        version=int(version) if version.isdigit() and len(version) < 10 else None,
        effect=form.apply,
    )
    request.GET = request.GET.copy()
    request.GET["next"] = reverse("delegations:me", args=[row.case_id])
    return go_back(request, group.case, "已办好，谢谢。")


@require_GET
def trip(request: HttpRequest, case_id: int) -> HttpResponse:
    """The programme by days."""
    group, member = _own(request, case_id)
    entries = ItineraryEntry.objects.filter(delegation=group).select_related("place")
    context = _frame(group, member, "me_trip") | {
        "days": programme(entries.order_by("day", "half", "pk")),
        "ticketing": getattr(group, "ticketing", None),
    }
    return render(request, "delegations/me_trip.html", context)


@require_GET
def allowance(request: HttpRequest, case_id: int) -> HttpResponse:
    """The published standards for my countries, and what they come to for my days."""
    group, member = _own(request, case_id)
    stops = list(group.stops.filter(inside_airport=False).select_related("place"))
    day = group.exit_date or today()
    rates = AllowanceRate.objects.on(day).filter(place__in=[stop.place_id for stop in stops])
    context = _frame(group, member, "me_allowance") | {
        "rows": _rates(list(rates.select_related("place")), stops, group.days or 0),
        "day": day,
    }
    return render(request, "delegations/me_allowance.html", context)


def _rates(rates: Sequence[AllowanceRate], stops: Sequence[Any], all_days: int) -> list[dict[str, Any]]:
    """One row a country and city: the standards, days, and meals and sundries for them."""
    days = {stop.place_id: stop.days or (all_days if len(stops) == 1 else 0) for stop in stops}
    rows = []
    for rate in rates:
        number = days.get(rate.place_id, 0)
        daily: Decimal = rate.meals + rate.misc
        rows.append({"rate": rate, "days": number, "total": daily * number if number else None})
    return rows


@require_GET
def help_page(request: HttpRequest, case_id: int) -> HttpResponse:
    """Whom to call and what to do when something goes wrong abroad."""
    group, member = _own(request, case_id)
    context = _frame(group, member, "me_help") | {"contacts": shown.contacts(group)}
    return render(request, "delegations/me_help.html", context)
