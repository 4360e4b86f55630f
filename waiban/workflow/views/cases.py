"""Acts on a whole case: withdraw, cancel, pause, resume, change of mode."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from waiban.core.errors import ActError

from .. import engine, store
from ..enums import Mode
from ..forms import ActForm, ModeForm, ReasonForm
from ..models import Case
from ..rules import manager_of
from .common import confirm, go_back, put_errors, record_url, visible_case

WORDS: dict[str, dict[str, Any]] = {
    "withdraw": {
        "confirm_title": "撤回办件",
        "what": "撤回“{case}”，全部未办环节作废。",
        "confirm_label": "撤回",
        "follows": "撤回后不能恢复；再次申报须新建团组。",
        "danger": True,
    },
    "cancel": {
        "confirm_title": "取消办件",
        "what": "取消“{case}”，全部未办环节作废。",
        "confirm_label": "取消办件",
        "follows": "批准后取消出访的，须收回批件与证照。",
        "danger": True,
    },
    "pause": {
        "confirm_title": "挂起",
        "what": "挂起“{case}”，时限停走，恢复以前不能办理。",
        "confirm_label": "挂起",
        "follows": "挂起的时间不计入各环节时限。",
    },
    "resume": {
        "confirm_title": "恢复办理",
        "what": "恢复“{case}”，时限接着走。",
        "confirm_label": "恢复",
        "follows": "各环节的截止时间按挂起时长顺延。",
    },
    "mode": {
        "confirm_title": "调整办理方式",
        "what": "调整“{case}”的办理方式，未办环节的时限随之改变。",
        "confirm_label": "确定",
        "follows": "已办环节不受影响。",
    },
}


@require_safe
def case_redirect(request: HttpRequest, case_id: int) -> HttpResponse:
    """Lead from a case to its record."""
    return HttpResponseRedirect(record_url(visible_case(request, case_id)))


@require_http_methods(["GET", "POST"])
def case_act(request: HttpRequest, case_id: int, kind: str) -> HttpResponse:
    """Ask for the reason of an act on a case (GET) and do it (POST)."""
    if kind not in WORDS:
        raise Http404
    case = visible_case(request, case_id)
    state = store.load([case.pk], lock=False)[0][case.pk]
    roles = state.flow.withdrawers if kind == "withdraw" else state.flow.managers
    manager_of(state, request.actor, roles, WORDS[kind]["confirm_title"])
    form = _form(request, case, kind)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return go_back(request, case, _do(request, case, kind, form))
            except ActError as error:
                put_errors(form, error)
                status = error.status
    context = WORDS[kind] | {
        "form": form,
        "what": WORDS[kind]["what"].format(case=case.title),
        "action_url": reverse("workflow:case_act", args=[case.pk, kind]),
        "cancel_url": record_url(case),
    }
    return confirm(request, context, status)


def _form(request: HttpRequest, case: Case, kind: str) -> ActForm:
    data = request.POST if request.method == "POST" else None
    if kind == "resume":
        return ActForm(data)
    if kind == "mode":
        other = Mode.STANDARD if case.mode == Mode.FAST else Mode.FAST
        return ModeForm(data, initial={"mode": other})
    return ReasonForm(data)


def _do(request: HttpRequest, case: Case, kind: str, form: Any) -> str:
    where = {"case_id": case.pk, "actor": request.actor}
    if kind == "resume":
        engine.resume(**where)
        return "已恢复办理。"
    if kind == "mode":
        engine.change_mode(**where, mode=Mode(form.cleaned_data["mode"]))
        return "办理方式已调整，时限已重算。"
    reason = form.cleaned_data["reason"]
    {"withdraw": engine.withdraw, "cancel": engine.cancel, "pause": engine.pause}[kind](
        **where, reason=reason
    )
    return {"withdraw": "办件已撤回。", "cancel": "办件已取消。", "pause": "办件已挂起。"}[kind]
