"""Pages of the register of outcomes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from waiban.core.errors import BadInput, Conflict, Refused
from waiban.core.paging import KeysetPage
from waiban.outcomes import queries, services
from waiban.outcomes.exports import export_outcomes
from waiban.outcomes.filters import OutcomeFilter
from waiban.outcomes.forms import FollowUpForm, OutcomeForm, initial_of
from waiban.outcomes.models import Outcome
from waiban.outcomes.rules import may_register
from waiban.workflow.models import Case


def _active(request: HttpRequest, filters: OutcomeFilter) -> list[tuple[str, str, str]]:
    """The filters in force: label, value in words, address without it."""
    active = []
    for name, field in filters.form.fields.items():
        value = request.GET.get(name)
        if value:
            rest = request.GET.copy()
            for gone in (name, "cursor"):
                rest.pop(gone, None)
            words = {str(key): word for key, word in getattr(field, "choices", [])}
            active.append((str(field.label), str(words.get(value, value)), f"?{rest.urlencode()}"))
    return active


@require_GET
def list_outcomes(request: HttpRequest) -> HttpResponse:
    """成果台账: filters in the address, sums of what is filtered, keyset pages, Excel of exactly this."""
    visible = Outcome.objects.visible_to(request.user).select_related("case__department", "place")
    filters = OutcomeFilter(request.GET, queryset=visible)
    found = filters.qs if filters.form.is_valid() else visible.none()
    if request.GET.get("export") == "xlsx":
        return export_outcomes(found.order_by(*queries.ORDER).iterator(chunk_size=2000), actor=request.actor)
    page = KeysetPage.of(request, found, order=queries.ORDER)
    query = request.GET.copy()
    query.pop("cursor", None)
    query["export"] = "xlsx"
    context = {
        "rows": page.rows,
        "sums": queries.sums(found),
        "filter_form": filters.form,
        "primary": ["q", "kind", "year", "status"],
        "active_filters": _active(request, filters),
        "reset_url": request.path,
        "total_text": f"共 {page.total} 条",
        "views_page": "outcomes:list",
        "export_url": f"?{query.urlencode()}",
        "previous_url": page.previous_url,
        "next_url": page.next_url,
        "page_text": page.text,
        "crumbs": [("成果台账", "")],
    }
    return render(request, "outcomes/list.html", context)


def _outcome(request: HttpRequest, pk: int) -> Outcome:
    """An outcome that the reader may see, else 404."""
    visible = Outcome.objects.visible_to(request.user)
    return get_object_or_404(visible.select_related("case__department", "place", "created_by"), pk=pk)


def _crumbs(outcome: Outcome, last: str = "") -> list[tuple[str, str]]:
    own = reverse("outcomes:record", args=[outcome.pk]) if last else ""
    crumbs = [("成果台账", reverse("outcomes:list")), (outcome.title, own)]
    return [*crumbs, (last, "")] if last else crumbs


def _show_record(
    request: HttpRequest, outcome: Outcome, form: FollowUpForm, status: int = 200
) -> HttpResponse:
    context = {
        "outcome": outcome,
        "follow_ups": outcome.follow_ups.select_related("by"),
        "form": form,
        "may_edit": may_register(request.actor, outcome.case.department_id),
        "crumbs": _crumbs(outcome),
    }
    return render(request, "outcomes/record.html", context, status=status)


@require_GET
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """One outcome with all that was learnt about it."""
    return _show_record(request, _outcome(request, pk), FollowUpForm())


@require_POST
def follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a follow-up; what was typed stays when something is wrong with it."""
    outcome = _outcome(request, pk)
    form = FollowUpForm(request.POST)
    if form.is_valid():
        try:
            services.follow_up(outcome_id=outcome.pk, actor=request.actor, **form.cleaned_data)
        except BadInput as error:
            for name, sentence in error.fields.items():
                form.add_error(name or None, sentence)
        else:
            messages.success(request, "跟进情况已登记。")
            return redirect("outcomes:record", outcome.pk)
    return _show_record(request, outcome, form, 422)


def _form_page(request: HttpRequest, form: OutcomeForm, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, "outcomes/form.html", {"form": form, **context}, status=status)


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest, case_id: int) -> HttpResponse:
    """Enter an outcome of a case."""
    case = get_object_or_404(Case.objects.visible_to(request.user), pk=case_id)
    if not may_register(request.actor, case.department_id):
        raise Refused("成果由本事项的组团单位经办人、领导或外办经办登记。", "NOT_REGISTRAR")
    page = {
        "form_title": "登记成果",
        "form_lead": f"{case.title}（{case.reference}）",
        "submit_label": "登记",
        "version": "",
        "draft_key": "outcome",
        "draft_object": f"case-{case.pk}",
        "back_url": reverse("outcomes:list"),
        "crumbs": [("成果台账", reverse("outcomes:list")), ("登记成果", "")],
    }
    form = OutcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            outcome = services.register_outcome(case=case, actor=request.actor, data=form.data_given())
        except BadInput as error:
            form.take_faults(error.fields)
        except Conflict as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "成果已登记。")
            return redirect("outcomes:record", outcome.pk)
    return _form_page(request, form, 422 if form.errors else 200, **page)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct an outcome; a page older than the record is answered with what was typed kept."""
    outcome = _outcome(request, pk)
    if not may_register(request.actor, outcome.case.department_id):
        raise Refused("成果由本事项的组团单位经办人、领导或外办经办登记。", "NOT_REGISTRAR")
    form = OutcomeForm(request.POST or None, initial=initial_of(outcome))
    typed = request.POST.get("version", "")
    page = {
        "form_title": "修改成果",
        "form_lead": f"{outcome.case.title}（{outcome.case.reference}）",
        "version": outcome.version,
        "back_url": reverse("outcomes:record", args=[outcome.pk]),
        "crumbs": _crumbs(outcome, "修改"),
    }
    if request.method == "POST" and form.is_valid():
        try:
            services.update_outcome(
                outcome_id=outcome.pk,
                actor=request.actor,
                data=form.data_given(),
                version=int(typed) if typed.isdecimal() and len(typed) < 10 else -1,
            )
        except BadInput as error:
            form.take_faults(error.fields)
        except Conflict as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "修改已保存。")
            return redirect("outcomes:record", outcome.pk)
    return _form_page(request, form, 422 if form.errors else 200, **page)
