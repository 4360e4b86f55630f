"""The flow as a table that everybody of the office may read, and its settings that chiefs may tune."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from waiban.accounts.enums import Role
from waiban.core.errors import ActError, Refused

from ..bpmn import to_bpmn
from ..definition import Flow, Step
from ..forms import SettingForm
from ..models import StepSetting, StepSettingChange
from ..registry import flow_of
from ..settings_rows import EDITORS, change_setting, rows_of
from .common import put_errors


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step with its words, defaults and what the office has set instead; days are working days."""

    step: Step
    who: str
    after: str
    returns: str
    limit: str
    fast: str
    limit_set: str
    fast_set: str
    setting: StepSetting | None


def _flow(flow_key: str) -> Flow:
    try:
        return flow_of(flow_key)
    except LookupError:
        raise Http404 from None


def _office_only(request: HttpRequest) -> None:
    if not (
        request.actor.is_office or request.actor.is_leader or request.actor.has(Role.SYSADMIN, Role.AUDITOR)
    ):
        raise Refused("流程表与环节参数只对外办人员开放。", "OFFICE_ONLY")


def _days(half_days: int | None) -> str:
    return "" if half_days is None else f"{half_days / 2:g}"


def _rows(request: HttpRequest, flow: Flow) -> list[StepRow]:
    settings = rows_of(request.actor.office_id, flow)
    return [_row(flow, step, settings.get(step.key)) for step in flow.steps]


def _row(flow: Flow, step: Step, setting: StepSetting | None) -> StepRow:
    return StepRow(
        step=step,
        who=Role(step.who).label,
        after="、".join(str(flow.by_key[key].no) for key in step.after) or "—",
        returns="、".join(str(flow.by_key[key].no) for key in step.returns) or "—",
        limit=_days(step.limit),
        fast=_days(step.fast),
        limit_set=_days(setting.limit) if setting else "",
        fast_set=_days(setting.fast) if setting else "",
        setting=setting,
    )


@require_safe
def flow_table(request: HttpRequest, flow_key: str) -> HttpResponse:
    """Show the flow as a table."""
    _office_only(request)
    flow = _flow(flow_key)
    return render(request, "workflow/flow.html", {"flow": flow, "rows": _rows(request, flow)})


@require_safe
def bpmn(request: HttpRequest, flow_key: str) -> HttpResponse:
    """Hand out the flow as a BPMN 2.0 file."""
    _office_only(request)
    flow = _flow(flow_key)
    name = f"{flow.key}-v{flow.version}.bpmn"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(to_bpmn(flow), content_type="application/xml", headers=headers)


@require_safe
def settings_list(request: HttpRequest, flow_key: str) -> HttpResponse:
    """Show defaults and settings side by side, with the history of changes."""
    _office_only(request)
    flow = _flow(flow_key)
    changes = StepSettingChange.objects.filter(office_id=request.actor.office_id, flow_key=flow.key)
    context = {
        "flow": flow,
        "rows": _rows(request, flow),
        "changes": changes.select_related("by")[:50],
        "may_edit": request.actor.has(*EDITORS),
    }
    return render(request, "workflow/settings.html", context)


@require_http_methods(["GET", "POST"])
def settings_edit(request: HttpRequest, flow_key: str, step_key: str) -> HttpResponse:
    """Tune one step, with a reason that is kept for ever."""
    _office_only(request)
    if not request.actor.has(*EDITORS):
        raise Refused("环节参数由科长以上人员修改。", "NOT_EDITOR")
    flow = _flow(flow_key)
    step = flow.by_key.get(step_key)
    if step is None:
        raise Http404
    setting = rows_of(request.actor.office_id, flow).get(step_key)
    form = SettingForm(request.POST if request.method == "POST" else None, initial=_initial(setting))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _save(request, flow, step, form)
            except ActError as error:
                put_errors(form, error)
                status = error.status
    context = {"flow": flow, "row": _row(flow, step, setting), "form": form}
    return render(request, "workflow/setting.html", context, status=status)


def _initial(setting: StepSetting | None) -> dict:
    if setting is None:
        return {}
    found = {name: getattr(setting, name) for name in ("remind_before", "remind_every")}
    for name in ("limit", "fast"):
        half_days = getattr(setting, name)
        found[f"{name}_days"] = None if half_days is None else Decimal(half_days) / 2
    return found


def _save(request: HttpRequest, flow: Flow, step: Step, form: SettingForm) -> HttpResponse:
    typed = form.cleaned_data
    change_setting(
        flow=flow,
        step_key=step.key,
        actor=request.actor,
        values={
            "limit": typed["limit_days"],
            "fast": typed["fast_days"],
            "remind_before": typed["remind_before"],
            "remind_every": typed["remind_every"],
        },
        reason=typed["reason"],
    )
    messages.success(request, f"{step.no} {step.name}的参数已保存，从新立案的办件起生效。")
    return HttpResponseRedirect(reverse("workflow:settings", args=[flow.key]))
