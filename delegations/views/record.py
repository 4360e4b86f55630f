"""/delegations/<case>/: the record with its tabs, each a plain link that htmx loads on demand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from delegations.access import is_member_only
from delegations.enums import LineKind
from delegations.facts import Dossier, open_dossier
from delegations.flow import FLOW
from delegations.models import BudgetLine, Delegation, Invitation, ItineraryEntry, TripReport
from delegations.presenters import record as shown
from delegations.presenters import sheets
from delegations.queries import precheck_of
from delegations.services import may_edit
from waiban.documents.queries import paper_list, papers_of
from waiban.outcomes import queries as outcomes
from waiban.workflow.models import Case
from waiban.workflow.presenters import gantt, whatif
from waiban.workflow.presenters.acts import panels
from waiban.workflow.presenters.head import head
from waiban.workflow.presenters.lanes import lanes, track
from waiban.workflow.presenters.log import log
from waiban.workflow.presenters.risks import risks
from waiban.workflow.record import Record, load_record
from waiban.workflow.state import Item

LOG_LINES = 8


def visible_group(request: HttpRequest, case_id: int) -> Delegation:
    """Fetch a delegation that the person may see with its case, or 404."""
    groups = Delegation.objects.select_related("case__department", "case__owner", "plan_item__plan")
    cases = Case.objects.visible_to_actor(request.actor).filter(flow_key=FLOW.key)
    return get_object_or_404(groups.filter(case__in=cases.values("pk")), pk=case_id)


@require_GET
def show(request: HttpRequest, case_id: int) -> HttpResponse:
    """The record; `?tab=` names the tab, the step map comes first. Members go to their phone page."""
    group = visible_group(request, case_id)
    if is_member_only(request.actor):
        return redirect("delegations:me", case_id=case_id)
    tab = request.GET.get("tab", "map")
    tab = tab if tab in PANELS else "map"
    record = load_record(group.case, request.actor)
    dossier = open_dossier(group)
    template, fill = PANELS[tab]
    context = {
        "tab": tab,
        "group": group,
        "case": group.case,
        "head": _head(request, record, dossier, tab),
        "crumbs": crumbs(group),
        "case_acts": case_acts(request, group),
        "may_edit": may_edit(group, request.actor),
        "wide": tab == "gantt",
    }
    context |= fill(request, record, dossier)
    if not context["wide"]:
        context |= _rail(request, record)
    return render(request, template, context)


def crumbs(group: Delegation, last: str = "") -> list[tuple[str, str]]:
    """Where the page stands; `last` names a page below the record."""
    year = group.exit_date.year if group.exit_date else None
    found = [("因公出访", reverse("delegations:list"))]
    if year:
        found.append((f"{year} 年团组", f"{reverse('delegations:list')}?year={year}&status=all"))
    own = reverse("delegations:record", args=[group.pk])
    return [*found, (group.case.reference, own if last else ""), *([(last, "")] if last else [])]


def case_acts(request: HttpRequest, group: Delegation) -> list[tuple[str, str, str]]:
    """Acts on the whole case that this person may do now: (label, icon, address). The act checks again."""
    case, actor = group.case, request.actor
    if not case.is_running:
        return []
    found = []
    if actor.has(*FLOW.managers, flow_key=FLOW.key):
        if case.paused_at is not None:
            found.append(("恢复办理", "player-play", "resume"))
        else:
            fast = case.mode == "fast"
            found.append(("转标准时限" if fast else "转快办", "bolt", "mode"))
            found.append(("挂起", "player-pause", "pause"))
        found.append(("取消团组", "circle-x", "cancel"))
    unit = any(actor.seat_for(role, case.department_id, FLOW.key) for role in FLOW.withdrawers)
    if unit and case.goal_at is None:
        found.append(("撤回申请", "arrow-back-up", "withdraw"))
    return [(word, icon, reverse("workflow:case_act", args=[case.pk, kind])) for word, icon, kind in found]


def _head(request: HttpRequest, record: Record, dossier: Dossier, tab: str) -> Any:
    group = dossier.delegation
    made = head(record, tags=shown.tags(group), facts=shown.facts(dossier))
    files = len(papers_of([group.pk]).get(group.pk, []))
    counts = {"members": len(dossier.members) or None, "papers": files or None}
    made.tabs = shown.tabs(group, tab, counts)
    made.print_url = reverse("delegations:print", args=[group.pk])
    return made


def _rail(request: HttpRequest, record: Record) -> dict[str, Any]:
    papers = paper_list(record.case, request.actor)
    rows, ready = shown.rail_papers(papers, *shown.papers_due(record))
    return {
        "papers": rows,
        "papers_ready": ready,
        "papers_total": len(rows),
        "upload_url": reverse("documents:papers", args=[record.case.pk]) if papers.may_upload else "",
        "log": log(record.case.pk, LOG_LINES),
        "log_total": record.case.log_seq,
        "log_url": f"{reverse('delegations:record', args=[record.case.pk])}?tab=log",
        "risks": risks(record),
    }


def _item_url(item: Item) -> str:
    return reverse("workflow:item", args=[item.id])


def _map(request: HttpRequest, record: Record, dossier: Dossier) -> dict[str, Any]:
    found, legend = lanes(record, _item_url)
    return {
        "acts": panels(record),
        "track": track(record),
        "lanes": found,
        "legend": legend,
        "total": len(record.state.flow.steps),
    }


def _gantt(request: HttpRequest, record: Record, dossier: Dossier) -> dict[str, Any]:
    url = reverse("delegations:record", args=[record.case.pk])
    trial = whatif.read_trial(record, request.GET)
    critical = request.GET.get("critical") == "1"
    chart = gantt.gantt(record, trial, critical_only=critical)
    query = request.GET.copy()
    query["tab"] = "gantt"
    query.pop("critical", None)
    if not critical:
        query["critical"] = "1"
    chart.critical_url = f"{url}?{query.urlencode()}"
    panel = whatif.panel(record, trial, action_url=url, reset_url=f"{url}?tab=gantt")
    return {"gantt": chart, "whatif": panel}


def _overview(request: HttpRequest, record: Record, dossier: Dossier) -> dict[str, Any]:
    group = dossier.delegation
    return {
        "sections": sheets.overview(dossier),
        "letters": Invitation.objects.filter(delegation=group).select_related("place"),
        "findings": precheck_of(group) if group.case.is_running else [],
        "sealed_label": Delegation._meta.label_lower,
    }


def _members(request: HttpRequest, record: Record, dossier: Dossier) -> dict[str, Any]:
    left = dossier.delegation.members.filter(left=True).select_related("traveller").order_by("order", "pk")
    return {"members": shown.member_cards(record, dossier, list(left))}


def _itinerary(request: HttpRequest, record: Record, dossier: Dossier) -> dict[str, Any]:
    entries = ItineraryEntry.objects.filter(delegation=dossier.delegation).select_related("place")
    return {"days": sheets.programme(entries.order_by("day", "half", "pk"))}


def _budget(request: HttpRequest, record: Record, dossier: Dossier) -> dict[str, Any]:
    lines = list(BudgetLine.objects.filter(delegation=dossier.delegation).select_related("place"))
    rows, total = sheets.costs(lines)
    return {
        "lines": [line for line in lines if line.kind == LineKind.BUDGET],
        "costs": rows,
        "total_cost": total,
    }


def _papers(request: HttpRequest, record: Record, dossier: Dossier) -> dict[str, Any]:
    group = dossier.delegation
    return {
        "all_papers": paper_list(record.case, request.actor),
        "issued": group.papers.filter(void=False)
        .select_related("member__traveller")
        .order_by("issued_on", "pk"),
    }


def _outcomes(request: HttpRequest, record: Record, dossier: Dossier) -> dict[str, Any]:
    group = dossier.delegation
    return {
        "found": outcomes.of_case(group.pk),
        "report": TripReport.objects.filter(delegation=group).first(),
        "notes": group.abroad_notes.order_by("day", "pk"),
    }


def _log(request: HttpRequest, record: Record, dossier: Dossier) -> dict[str, Any]:
    return {"full_log": log(record.case.pk)}


PANELS: dict[str, tuple[str, Callable[[HttpRequest, Record, Dossier], dict[str, Any]]]] = {
    "map": ("delegations/record_map.html", _map),
    "gantt": ("delegations/record_gantt.html", _gantt),
    "overview": ("delegations/record_overview.html", _overview),
    "members": ("delegations/record_members.html", _members),
    "itinerary": ("delegations/record_itinerary.html", _itinerary),
    "budget": ("delegations/record_budget.html", _budget),
    "papers": ("delegations/record_papers.html", _papers),
    "outcomes": ("delegations/record_outcomes.html", _outcomes),
    "log": ("delegations/record_log.html", _log),
}


@require_GET
def print_sheet(request: HttpRequest, case_id: int) -> HttpResponse:
    """办文单 for the printer: what is asked, and every opinion so far."""
    group = visible_group(request, case_id)
    if is_member_only(request.actor):
        return redirect("delegations:me", case_id=case_id)
    dossier = open_dossier(group)
    context = {
        "group": group,
        "case": group.case,
        "facts": shown.facts(dossier),
        "members": dossier.members,
        "places": "、".join(stop.place.name for stop in dossier.counted),
        "opinions": sheets.opinions(group),
        "budget": BudgetLine.objects.filter(delegation=group, kind=LineKind.BUDGET).total(),
    }
    return render(request, "delegations/print.html", context)
