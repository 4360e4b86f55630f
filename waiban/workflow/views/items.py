"""Acts on one item."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from waiban.accounts.models import User
from waiban.core.errors import ActError, Refused

from .. import acts, engine
from ..enums import ReturnMode
from ..forms import ActForm, ReasonForm, ReassignForm, ReturnForm, SignerForm, SignForm
from ..models import Case, Signature, WorkItem
from ..presenters.acts import make_form, panel
from ..presenters.detail import detail
from ..record import Record, load_record
from ..rules import manager_of, returns_of, right_to
from .common import confirm, go_back, put_errors, record_url, visible_item

ASKING = frozenset({"return", "reassign", "add_signer", "refuse"})
"""Acts that ask for more before they are done."""


@require_safe
def item_detail(request: HttpRequest, item_id: int) -> HttpResponse:
    """Show one step in full: alone for the dialog, as a page otherwise."""
    row = visible_item(request, item_id)
    record = load_record(row.case, request.actor)
    context = {"item": detail(record, row), "case": row.case, "back_url": record_url(row.case)}
    alone = bool(request.headers.get("HX-Request"))
    return render(request, "workflow/partials/item.html" if alone else "workflow/item.html", context)


@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, item_id: int, kind: str) -> HttpResponse:
    """Do an act on an item (POST), or ask for what it needs (GET)."""
    row = visible_item(request, item_id)
    if kind in ASKING:
        return _ask(request, row, kind)
    if kind not in DIRECT:
        raise Http404
    if request.method == "GET":
        _guard(load_record(row.case, request.actor), row, kind)
        return _act_page(request, row)
    return DIRECT[kind](request, row)


def _guard(record: Record, row: WorkItem, kind: str, *, state: bool = True) -> None:
    """Refuse before anything is asked: `Conflict` for what is not open, `Refused` for who has no right to it.

    A post is checked for the right alone: what it finds done or changed is told beside what was typed.
    """
    item = record.state.find(row.pk)
    if item is None:
        raise Http404
    if state:
        acts.require_open(record.state, item, record.user_names)
    try:
        if item.is_open:
            right_to(record.state, item, record.actor)
    except Refused:
        if kind != "reassign":
            raise
        manager_of(record.state, record.actor, record.state.flow.managers, "转办")


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdigit() and len(text) < 10 else None


def _complete(request: HttpRequest, row: WorkItem) -> HttpResponse:
    record = load_record(row.case, request.actor)
    step = record.state.flow.by_key[row.step_key]
    form = make_form(record, step, row, request.POST, request.FILES)
    if not form.is_valid():
        _guard(record, row, "complete", state=False)
        return _act_page(request, row, form, 422)
    try:
        engine.complete(
            case_id=row.case_id,
            item_id=row.pk,
            actor=request.actor,
            opinion=form.cleaned_data.get("opinion", ""),
            version=_version(request),
            effect=form.apply,
        )
    except ActError as error:
        put_errors(form, error)
        return _act_page(request, row, form, error.status)
    return go_back(request, row.case, f"{step.name}已办结。")


def _claim(request: HttpRequest, row: WorkItem) -> HttpResponse:
    engine.claim(case_id=row.case_id, item_id=row.pk, actor=request.actor)
    return go_back(request, row.case, "已签收，归您办理。")


def _release(request: HttpRequest, row: WorkItem) -> HttpResponse:
    engine.release(case_id=row.case_id, item_id=row.pk, actor=request.actor)
    return go_back(request, row.case, "已退签，回到科室待办。")


def _take_back(request: HttpRequest, row: WorkItem) -> HttpResponse:
    engine.take_back(case_id=row.case_id, item_id=row.pk, actor=request.actor)
    return go_back(request, row.case, "已撤回本人的办理，可重新填写。")


DIRECT = {"complete": _complete, "claim": _claim, "release": _release, "take_back": _take_back}


def _act_page(request: HttpRequest, row: WorkItem, form: Any = None, status: int = 200) -> HttpResponse:
    """Show the panel of an item on a page of its own, with what was typed and the errors at their fields."""
    row.refresh_from_db()
    record = load_record(Case.objects.get(pk=row.case_id), request.actor)
    item = record.state.find(row.pk)
    if item is None:
        raise Http404
    shown = panel(record, item, row, form)
    if form is not None:
        shown.form, shown.opinion_label = form, ""
        shown.can_claim = False
    context = {
        "act": shown,
        "case": record.case,
        "back_url": record_url(record.case),
        "is_open": item.is_open,
    }
    return render(request, "workflow/act_page.html", context, status=status)


def _ask(request: HttpRequest, row: WorkItem, kind: str) -> HttpResponse:
    record = load_record(row.case, request.actor)
    _guard(record, row, kind, state=request.method == "GET")
    form = _asking_form(request, record, row, kind)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return go_back(request, row.case, _do(request, row, kind, form))
            except ActError as error:
                put_errors(form, error)
                status = error.status
    step = record.state.flow.by_key[row.step_key]
    context = ASK_WORDS[kind] | {
        "form": form,
        "what": ASK_WORDS[kind]["what"].format(step=f"{step.no} {step.name}", case=row.case.title),
        "action_url": reverse("workflow:act", args=[row.pk, kind]),
        "cancel_url": record_url(row.case),
    }
    return confirm(request, context, status)


ASK_WORDS: dict[str, dict[str, Any]] = {
    "return": {
        "confirm_title": "退回",
        "what": "把“{case}”从“{step}”退回。请一次性列明全部缺项。",
        "confirm_label": "退回",
        "follows": "退回期间计申报方时钟；对方会立即收到清单。",
    },
    "reassign": {
        "confirm_title": "转办",
        "what": "把“{step}”转给同岗位的其他人员。",
        "confirm_label": "转办",
        "follows": "对方会立即收到提醒，办理日志记下双方姓名。",
    },
    "add_signer": {
        "confirm_title": "加签",
        "what": "办结“{step}”以前，请另一位人员会签。",
        "confirm_label": "发起会签",
        "follows": "会签齐后才能办结本环节。",
    },
    "refuse": {
        "confirm_title": "不予批准",
        "what": "对“{case}”作出不予批准的决定，办件随即终止。",
        "confirm_label": "不予批准",
        "follows": "此决定不能撤销；需要补正的，请改用退回。",
        "danger": True,
    },
}


def _asking_form(request: HttpRequest, record: Record, row: WorkItem, kind: str) -> ActForm:
    data = request.POST if request.method == "POST" else None
    initial = {"version": row.version}
    if kind == "return":
        item = record.state.find(row.pk)
        if item is None or not returns_of(record.state, item):
            raise Http404
        initial["defects"] = request.GET.get("opinion", "")
        return ReturnForm(data, state=record.state, item=item, initial=initial)
    if kind == "reassign":
        people = User.objects.holding(row.role, department_id=row.department_id).exclude(pk=request.user.pk)
        return ReassignForm(data, people=people.filter(office_id=row.case.office_id), initial=initial)
    if kind == "add_signer":
        people = User.objects.active().filter(office_id=row.case.office_id, positions__isnull=False)
        return SignerForm(data, people=people.exclude(pk=request.user.pk).distinct(), initial=initial)
    initial["reason"] = request.GET.get("opinion", "")
    return ReasonForm(data, initial=initial)


def _do(request: HttpRequest, row: WorkItem, kind: str, form: Any) -> str:
    """Do an asking act and return the sentence about it."""
    typed = form.cleaned_data
    where = {"case_id": row.case_id, "item_id": row.pk, "actor": request.actor}
    if kind == "return":
        engine.return_back(
            **where,
            target=typed["target"],
            reason_code=typed["reason_code"],
            defects=form.defect_list(),
            mode=ReturnMode(typed["mode"]),
            version=typed["version"],
        )
        return "已退回，对方已收到补正清单。"
    if kind == "reassign":
        engine.reassign(**where, to_user=typed["to_user"], reason=typed["reason"])
        return f"已转办给{typed['to_user'].name}。"
    if kind == "add_signer":
        engine.add_signer(**where, signer=typed["signer"], question=typed["question"])
        return f"已请{typed['signer'].name}会签。"
    engine.refuse(**where, reason=typed["reason"], version=typed["version"])
    return "已作出不予批准的决定，办件终止。"


@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, signature_id: int) -> HttpResponse:
    """Give the opinion that one was asked for."""
    asked = get_object_or_404(
        Signature.objects.select_related("item__case", "asked_by"), pk=signature_id, signer_id=request.user.pk
    )
    form = SignForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                engine.sign(
                    signature_id=signature_id, actor=request.actor, opinion=form.cleaned_data["opinion"]
                )
                return go_back(request, asked.item.case, "会签意见已提交。")
            except ActError as error:
                put_errors(form, error)
                status = error.status
    context = {
        "confirm_title": "会签",
        "what": f"{asked.asked_by.name}请您会签：{asked.question}",
        "form": form,
        "action_url": reverse("workflow:sign", args=[signature_id]),
        "confirm_label": "提交会签意见",
        "cancel_url": record_url(asked.item.case),
    }
    return confirm(request, context, status)
