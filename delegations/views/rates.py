"""经费标准: the allowance rates by version, one by one or as a whole table with preview."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from delegations.forms.rates import (
    EndRateForm,
    RateConfirmForm,
    RateFilter,
    RateForm,
    RateTableForm,
    seal,
    unseal,
)
from delegations.models import AllowanceRate, SettingChange
from delegations.services.rate_import import ImportPlan, import_rates, plan_import
from delegations.services.rates import USED, add_rate, correct_rate, end_rate, is_used, subject_of
from delegations.services.settings import may_edit, require_editor, require_reader
from delegations.views.settings import LAST, crumbs
from waiban.core.errors import ActError, BadInput, Conflict
from waiban.core.paging import KeysetPage
from waiban.core.text import has_invisible
from waiban.core.time import today
from waiban.workflow.views.common import put_errors

ORDER = ("pinyin", "place_id", "city", "-valid_from", "pk")
RATES = ("经费标准", "delegations:settings_rates")


def _asked_rates(asked: dict[str, str]) -> QuerySet[AllowanceRate]:
    """Rates that fit the filter, without an order."""
    rows = AllowanceRate.objects.select_related("place").annotate(pinyin=F("place__pinyin"))
    day, state = today(), asked.get("state", "")
    if state == "":
        rows = rows.on(day)
    elif state == "future":
        rows = rows.filter(valid_from__gt=day)
    elif state == "ended":
        rows = rows.filter(valid_to__lt=day)
    if "continent" in asked:
        rows = rows.filter(place__continent=asked["continent"])
    if (words := asked.get("q", "")) and not has_invisible(words):
        rows = rows.filter(Q(place__name_zh__icontains=words) | Q(city__icontains=words))
    return rows


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The rates that hold today, or those that the filter asks for."""
    require_reader(request.actor)
    form = RateFilter(request.GET)
    page = KeysetPage.of(request, _asked_rates(form.asked), order=ORDER, page_size=100)
    context = {
        "page": page,
        "rows": page.rows,
        "filter_form": form,
        "primary": ("q", "continent", "state"),
        "active_filters": [],
        "total_text": f"共 {page.total} 条",
        "reset_url": request.path,
        "today": today(),
        "may_edit": may_edit(request.actor),
        "crumbs": crumbs((RATES[0], "")),
    }
    return render(request, "delegations/settings_rates.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add a rate; that of the same city ends the day before."""
    require_reader(request.actor)
    require_editor(request.actor)
    form = RateForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            rate, ended = add_rate(
                actor=request.actor, values=form.values, reason=form.cleaned_data["reason"]
            )
        except ActError as error:
            put_errors(form, error)
        else:
            more = "，原标准止于前一天" if ended else ""
            messages.success(request, f"{subject_of(rate.place, rate.city)}的标准已新增{more}。")
            return redirect(RATES[1])
    return _form_page(
        request, form, "新增经费标准", "每人每天的限额；用过的标准不改写，新标准接在后面。", "新增"
    )


def _one(rate_id: int) -> AllowanceRate:
    return get_object_or_404(AllowanceRate.objects.select_related("place"), pk=rate_id)


@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, rate_id: int) -> HttpResponse:
    """End a rate: the last day on which it holds."""
    require_reader(request.actor)
    require_editor(request.actor)
    rate = _one(rate_id)
    form = EndRateForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            typed = form.cleaned_data
            try:
                end_rate(actor=request.actor, rate=rate, last_day=typed["valid_to"], reason=typed["reason"])
            except ActError as error:
                put_errors(form, error)
                status = HTTPStatus(error.status)
            else:
                messages.success(
                    request, f"{subject_of(rate.place, rate.city)}的标准止于 {typed['valid_to']}。"
                )
                return redirect(RATES[1])
    title = f"终止标准：{subject_of(rate.place, rate.city)}"
    lead = f"{rate.valid_from} 起生效，依据：{rate.source}。终止后不能恢复，需要时另行新增。"
    return _form_page(request, form, title, lead, "终止", rate=rate, status=status)


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, rate_id: int) -> HttpResponse:
    """Put a rate right that no trip has used yet."""
    require_reader(request.actor)
    require_editor(request.actor)
    rate = _one(rate_id)
    if rate.valid_to is not None or is_used(rate):
        raise Conflict(USED, "RATE_USED")
    form = RateForm(request.POST if request.method == "POST" else None, instance=_one(rate_id))
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                correct_rate(
                    actor=request.actor, rate=rate, values=form.values, reason=form.cleaned_data["reason"]
                )
            except ActError as error:
                put_errors(form, error)
                status = HTTPStatus(error.status)
            else:
                messages.success(request, f"{subject_of(rate.place, rate.city)}的标准已更正。")
                return redirect(RATES[1])
    lead = "还没有团组用过这条标准，可以直接更正；改动前后都留在修改记录里。"
    title = f"更正标准：{subject_of(rate.place, rate.city)}"
    return _form_page(request, form, title, lead, "更正", rate=rate, status=status)


def _form_page(
    request: HttpRequest,
    form: Any,
    title: str,
    lead: str,
    label: str,
    *,
    rate: AllowanceRate | None = None,
    status: HTTPStatus | None = None,
) -> HttpResponse:
    """Render a form about a rate, with its history when there is one."""
    changes: list[SettingChange] = []
    if rate is not None:
        known = SettingChange.objects.visible_to_actor(request.actor).select_related("by")
        subject = subject_of(rate.place, rate.city)
        changes = list(known.filter(topic="rate", subject=subject)[:LAST])
    context = {
        "form": form,
        "form_title": title,
        "form_lead": lead,
        "submit_label": label,
        "back_url": reverse(RATES[1]),
        "crumbs": crumbs((RATES[0], reverse(RATES[1])), (title, "")),
        "changes": changes,
        "rate": rate,
    }
    status = status or (HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)
    return render(request, "delegations/settings_rate.html", context, status=status)


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """First step of the import: choose a table; a readable one leads to the preview."""
    require_reader(request.actor)
    require_editor(request.actor)
    form = RateTableForm()
    if request.method == "POST":
        form = RateTableForm(request.POST, request.FILES)
        if form.is_valid():
            typed = form.cleaned_data
            plan = plan_import(
                form.lines, valid_from=typed["valid_from"], source=typed["source"], whole=typed["whole"]
            )
            return _preview(request, plan, whole=typed["whole"])
    context = {
        "form": form,
        "form_title": "导入经费标准",
        "form_lead": "先预览再导入：预览不会改变任何数据，每行都说明将新增、接替还是有误。",
        "submit_label": "预览",
        "back_url": reverse(RATES[1]),
        "crumbs": crumbs((RATES[0], reverse(RATES[1])), ("导入", "")),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "components/form_page.html", context, status=status)


@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Import exactly what the preview showed."""
    require_reader(request.actor)
    require_editor(request.actor)
    told = unseal(request.POST.get("preview", ""))
    digest = told.pop("digest")
    plan = plan_import(**told)
    form = RateConfirmForm(request.POST, faulty=bool(plan.counts["faulty"]))
    if form.is_valid():
        typed = form.cleaned_data
        try:
            done = import_rates(
                actor=request.actor,
                digest=digest,
                skip_faulty=typed.get("skip_faulty", False),
                reason=typed["reason"],
                **told,
            )
        except BadInput as error:
            put_errors(form, error)
        else:
            counts = done.counts
            messages.success(
                request,
                f"已导入：新增 {counts['new']} 条，接替 {counts['replaces']} 条，"
                f"另终止 {len(done.ended)} 条。",
            )
            return redirect(RATES[1])
    return _preview(request, plan, whole=told["whole"], form=form)


def _preview(
    request: HttpRequest, plan: ImportPlan, *, whole: bool, form: RateConfirmForm | None = None
) -> HttpResponse:
    """Show what each line would do, the faulty ones first."""
    if form is None:
        form = RateConfirmForm(
            initial={"preview": seal(plan, whole=whole), "reason": f"按{plan.source}导入"[:200]},
            faulty=bool(plan.counts["faulty"]),
        )
    context = {
        "plan": plan,
        "counts": plan.counts,
        "faulty": [row for row in plan.rows if row.faults],
        "doubtful": [row for row in plan.rows if row.doubts and not row.faults],
        "past": plan.valid_from < today(),
        "form": form,
        "crumbs": crumbs(
            (RATES[0], reverse(RATES[1])),
            ("导入", reverse("delegations:settings_rates_import")),
            ("预览", ""),
        ),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "delegations/settings_rates_preview.html", context, status=status)
