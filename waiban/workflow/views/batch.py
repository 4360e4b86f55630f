"""Deciding many items at once, with a report that names every row that was not done, and why."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from waiban.core.errors import BadInput

from .. import engine
from ..models import Case, WorkItem
from ..registry import binding_of
from .common import next_url

MAX_ROWS = 200


@require_http_methods(["GET", "POST"])
def batch(request: HttpRequest) -> HttpResponse:
    """Finish the chosen items with one opinion and show the report."""
    back = next_url(request, reverse("board:desk"))
    if request.method == "GET":
        return HttpResponseRedirect(back)
    rows = _chosen(request)
    picks = {row.pk: row.case_id for row in rows}
    step = binding_of(rows[0].case.flow_key, rows[0].case.flow_version).flow.by_key[rows[0].step_key]
    report = engine.complete_many(
        picks=picks, actor=request.actor, opinion=request.POST.get("opinion", "").strip()[:2000]
    )
    context = {
        "step": step,
        "report": report,
        "done": sum(row.ok for row in report),
        "failed": sum(not row.ok for row in report),
        "back_url": back,
    }
    return render(request, "workflow/batch_report.html", context)


def _chosen(request: HttpRequest) -> list[WorkItem]:
    """Fetch the chosen items within the scope; raises `BadInput` for none, too many, or different steps."""
    ids = {text.split(":", 1)[0] for text in request.POST.getlist("items")}
    numbers = [int(text) for text in ids if text.isdigit() and len(text) < 19]
    if not numbers:
        raise BadInput("请先勾选要办理的事项。", "NOTHING_CHOSEN")
    if len(numbers) > MAX_ROWS:
        raise BadInput(f"一次最多办理 {MAX_ROWS} 件。", "TOO_MANY")
    visible = Case.objects.visible_to_actor(request.actor)
    rows = list(
        WorkItem.objects.filter(pk__in=numbers, case__in=visible).select_related("case").order_by("pk")
    )
    if not rows:
        raise BadInput("所选事项已不存在，请刷新后重试。", "NOTHING_CHOSEN")
    kinds = {(row.case.flow_key, row.case.flow_version, row.step_key) for row in rows}
    if len(kinds) > 1:
        raise BadInput("批量办理须是同一环节，请只勾选同一环节的事项。", "MIXED_STEPS")
    key, version, step_key = kinds.pop()
    if binding_of(key, version).form_class(step_key) is not None:
        raise BadInput("该环节须逐件填写内容，不能批量办理。", "NEEDS_FORM")
    return rows
