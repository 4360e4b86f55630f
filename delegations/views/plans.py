"""年度计划: what the units declare for a year, what was approved, and how much of it is used."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from delegations.access import PLAN_APPROVERS, PLAN_DECLARERS, PLAN_READERS, require
from delegations.enums import PlanItemState
from delegations.forms.registers import PlanDecisionForm, PlanItemForm
from delegations.models import AnnualPlan, Delegation, PlanItem
from delegations.queries import ALIVE
from delegations.services.registers import decide_item, declare_item
from delegations.views.people import units_of
from waiban.core import drafts
from waiban.core.errors import ActError
from waiban.core.paging import KeysetPage
from waiban.core.time import today
from waiban.workflow.models import Case
from waiban.workflow.views.common import put_errors

READERS = "您的岗位不查看年度出访计划。"
DECLARERS = "只有组团单位可以申报年度计划。"
APPROVERS = "年度计划由省委外办批复，或由出国管理科科长据批复文件登记。"


def _items(request: HttpRequest) -> QuerySet[PlanItem]:
    """Visible items with the groups and people that use them up."""
    alive = Q(delegations__case__status__in=ALIVE)
    return (
        PlanItem.objects.visible_to_actor(request.actor)
        .select_related("plan", "department")
        .prefetch_related("places")
        .annotate(
            used_groups=Count("delegations", filter=alive, distinct=True),
            used_people=Count(
                "delegations__members", filter=alive & Q(delegations__members__left=False), distinct=True
            ),
        )
    )


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The items of a year (`?year=`) with quota and use."""
    require(request.actor, PLAN_READERS, READERS)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else today().year
    years = list(AnnualPlan.objects.filter(office_id=request.actor.office_id).values_list("year", flat=True))
    items = _items(request).filter(plan__year=year)
    page = KeysetPage.of(request, items, order=("-pk",))
    plan = AnnualPlan.objects.filter(office_id=request.actor.office_id, year=year).first()
    context = {
        "year": year,
        "years": [(y, f"?year={y}", y == year) for y in sorted({*years, year, today().year}, reverse=True)],
        "plan": plan,
        "page": page,
        "rows": page.rows,
        "sums": _sums(request, year),
        "may_declare": request.actor.has(*PLAN_DECLARERS),
        "may_reply": request.actor.has(*PLAN_APPROVERS),
    }
    return render(request, "delegations/plans.html", context)


def _sums(request: HttpRequest, year: int) -> dict[str, Any]:
    """Declared and approved groups and people of the year; one query."""
    visible = PlanItem.objects.visible_to_actor(request.actor).filter(plan__year=year)
    sums = {"declared": 0, "approved": 0, "groups": 0, "people": 0, "asked_people": 0}
    for state, groups, quota, people in visible.values_list(
        "state", "quota_groups", "quota_people", "people"
    ):
        if state != PlanItemState.REJECTED:
            sums["declared"] += 1
            sums["asked_people"] += people
        if state == PlanItemState.APPROVED:
            sums["approved"] += 1
            sums["groups"] += groups
            sums["people"] += quota or 0
    return sums


@require_GET
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """One item with the groups that use it."""
    require(request.actor, PLAN_READERS, READERS)
    found = get_object_or_404(_items(request), pk=pk)
    groups = Delegation.objects.filter(
        plan_item=found, case__in=Case.objects.visible_to_actor(request.actor).values("pk")
    )
    context = {
        "item": found,
        "groups": groups.select_related("case").order_by("-pk"),
        "may_edit": request.actor.has(*PLAN_DECLARERS) and found.state != PlanItemState.APPROVED,
        "may_reply": request.actor.has(*PLAN_APPROVERS) and found.state == PlanItemState.DECLARED,
        "crumbs": [("年度计划", f"{reverse('delegations:plans')}?year={found.plan.year}"), (found.name, "")],
    }
    return render(request, "delegations/plan.html", context)


@require_http_methods(["GET", "POST"])
def declare(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Declare an item for a year, or change one that is not approved yet."""
    require(request.actor, PLAN_DECLARERS, DECLARERS)
    known = PlanItem.objects.visible_to_actor(request.actor).select_related("plan")
    declared = get_object_or_404(known, pk=pk) if pk else None
    units = units_of(request)
    only = list(units[:2])
    form = PlanItemForm(
        request.POST if request.method == "POST" else None,
        instance=declared,
        units=units,
        initial={"department": only[0].pk} if len(only) == 1 and not pk else {},
    )
    key = ("plan-item", str(pk or "new"))
    if request.method == "POST" and form.is_valid():
        try:
            saved = declare_item(
                item=form.save(commit=False),
                year=form.cleaned_data["year"],
                places=form.cleaned_data["places"],
                actor=request.actor,
            )
        except ActError as error:
            put_errors(form, error)
        else:
            drafts.drop(request.user, *key)
            messages.success(request, f"“{saved.name}”已申报，等待批复。")
            return redirect("delegations:plan", pk=saved.pk)
    title = "修改计划项" if pk else "申报计划项"
    context = {
        "form": form,
        "form_title": title,
        "form_lead": "每年集中申报；批复后得到计划编号和批次、人次控制数。",
        "submit_label": "申报",
        "back_url": reverse("delegations:plan", args=[pk]) if pk else reverse("delegations:plans"),
        "crumbs": [("年度计划", reverse("delegations:plans")), (title, "")],
        "draft_key": key[0],
        "draft_object": key[1],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "delegations/sections_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the reply to a declared item: number and control figures, or not taken."""
    require(request.actor, PLAN_APPROVERS, APPROVERS)
    visible = PlanItem.objects.visible_to_actor(request.actor).select_related("plan", "department")
    found = get_object_or_404(visible, pk=pk)
    form = PlanDecisionForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            typed = form.cleaned_data
            decide_item(
                item=found,
                approve=form.approves,
                number=typed["number"],
                quota_groups=typed["quota_groups"] or 1,
                quota_people=typed["quota_people"],
                reply_no=typed["reply_no"],
                replied_on=typed["replied_on"],
            )
        except ActError as error:
            put_errors(form, error)
        else:
            messages.success(request, f"“{found.name}”的批复已登记。")
            return redirect("delegations:plan", pk=pk)
    context = {
        "form": form,
        "form_title": "登记批复",
        "form_lead": f"{found.department.short_name}申报：{found.name}，{found.people} 人、{found.days} 天。",
        "submit_label": "登记批复",
        "back_url": reverse("delegations:plan", args=[pk]),
        "crumbs": [
            ("年度计划", f"{reverse('delegations:plans')}?year={found.plan.year}"),
            (found.name, reverse("delegations:plan", args=[pk])),
            ("登记批复", ""),
        ],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "components/form_page.html", context, status=status)
