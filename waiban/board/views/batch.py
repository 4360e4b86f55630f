"""POST board:batch: one act on the chosen rows of the desk: asked once, done, reported row by row."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from waiban.accounts.models import User
from waiban.board import queries, services
from waiban.board.forms import BatchForm, CompleteForm, ReassignManyForm, ReturnManyForm
from waiban.core.errors import BadInput
from waiban.workflow import engine
from waiban.workflow.engine import Row
from waiban.workflow.models import WorkItem
from waiban.workflow.registry import flow_of

ACTS = {"complete": "批量办理", "claim": "批量签收", "return": "批量退回", "reassign": "批量转办"}


@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Do `act` on `items` (values of the checkboxes). All but claiming ask first, then come `confirmed`."""
    act = request.POST.get("act", "")
    if act not in ACTS:
        messages.error(request, "请选择要做什么：办理、签收、退回或转办。")
        return redirect("board:desk")
    try:
        picks = services.read_picks(request.POST.getlist("items"))
        items = queries.items_by_id(request.actor, [pick.item_id for pick in picks])
        if not items:
            raise BadInput("所选事项已不在您的可见范围内，请刷新页面。", "NO_ITEM")
        services.require_one_step(items.values())
    except BadInput as error:
        messages.error(request, error.message)
        return redirect("board:desk")
    if act == "claim":
        rows = services.act_on_picked(picks, items, engine.claim, "已签收", actor=request.actor)
        return _report(request, act, rows)
    form = _form(request, act, next(iter(items.values())))
    if not form.is_bound or not form.is_valid():
        return _ask(request, act, list(items.values()), form)
    return _report(request, act, _do(request, act, picks, items, form))


def _form(request: HttpRequest, act: str, item: WorkItem) -> BatchForm:
    data = request.POST if "confirmed" in request.POST else None
    flow = flow_of(item.case.flow_key, item.case.flow_version)
    step = flow.by_key[item.step_key]
    if act == "complete":
        return CompleteForm(data, step=step)
    if act == "return":
        return ReturnManyForm(data, step=step, flow=flow)
    people = User.objects.active().holding(item.role, department_id=item.department_id)
    people = people.filter(office_id=item.case.office_id).exclude(pk=request.actor.user_id)
    return ReassignManyForm(data, people=people.order_by("name"))


def _ask(request: HttpRequest, act: str, items: Sequence[WorkItem], form: BatchForm) -> HttpResponse:
    """Show what will happen, with the one form that holds for all rows."""
    first = items[0]
    step = flow_of(first.case.flow_key, first.case.flow_version).by_key[first.step_key]
    cases = {item.case_id: item.case for item in items}
    names = "、".join(case.title for case in list(cases.values())[:5])
    more = f"等 {len(cases)} 个" if len(cases) > 5 else ""
    context = {
        "confirm_title": f"{ACTS[act]}：{step.no} {step.name}",
        "what": f"已选 {len(items)} 件，涉及：{names}{more}。",
        "facts": None,
        "follows": "逐件核对权限和状态，办不成的会逐件说明原因，其余照办。",
        "form": form,
        "action_url": reverse("board:batch"),
        "confirm_label": ACTS[act],
        "danger": False,
        "cancel_url": reverse("board:desk"),
        "hidden": [("act", act), ("confirmed", "1")]
        + [("items", value) for value in request.POST.getlist("items")],
        "crumbs": [("我的工作台", reverse("board:desk")), (ACTS[act], "")],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    name = "components/confirm.html" if request.headers.get("HX-Request") else "components/confirm_page.html"
    return render(request, name, context, status=status)


def _do(request: HttpRequest, act: str, picks: Any, items: Any, form: BatchForm) -> list[Row]:
    values = form.kwargs()
    if act == "complete":
        return services.complete_picked(picks, items, actor=request.actor, opinion=values["opinion"])
    if act == "return":
        return services.act_on_picked(
            picks, items, engine.return_back, "已退回", actor=request.actor, **values
        )
    done = f"已转给{values['to_user'].name}"
    return services.act_on_picked(picks, items, engine.reassign, done, actor=request.actor, **values)


def _report(request: HttpRequest, act: str, rows: Sequence[Row]) -> HttpResponse:
    failed = [(f"{row.reference} {row.title}".strip() or "事项", row.message) for row in rows if not row.ok]
    context = {
        "job_title": f"{ACTS[act]}结果",
        "done": len(rows),
        "total": len(rows),
        "percent": 100,
        "status_text": "已全部处理",
        "poll_url": "",
        "result": failed,
        "ok_count": len(rows) - len(failed),
        "ok_rows": [row for row in rows if row.ok],
        "back_url": reverse("board:desk"),
        "report_url": "",
        "crumbs": [("我的工作台", reverse("board:desk")), (f"{ACTS[act]}结果", "")],
    }
    return render(request, "board/batch_report.html", context)
