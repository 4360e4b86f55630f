"""Pages of the auditor, and the small door through which personal values are opened."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from waiban.accounts.enums import Role
from waiban.audit.exports import export_events
from waiban.audit.filters import AuditFilter
from waiban.audit.models import AuditEvent
from waiban.audit.reveals import model_of
from waiban.audit.services import reveal, verify_chain
from waiban.core.errors import BadInput, Refused
from waiban.core.paging import KeysetPage

LIST_KEY = "audit:list"


def _only_auditor(request: HttpRequest) -> None:
    if not request.actor.has(Role.AUDITOR):
        raise Refused("只有审计员可以查看全部审计日志。", "NOT_AUDITOR")


@require_GET
def event_list(request: HttpRequest) -> HttpResponse:
    """All events of the office, newest first, with filters and export; for the auditor."""
    _only_auditor(request)
    return _list(request, AuditEvent.objects.visible_to(request.user), "审计日志", auditor=True)


@require_GET
def my_events(request: HttpRequest) -> HttpResponse:
    """One's own sign-ins and acts."""
    return _list(request, AuditEvent.objects.filter(actor_id=request.user.pk), "我的操作记录", auditor=False)


def _list(request: HttpRequest, events: models.QuerySet, title: str, *, auditor: bool) -> HttpResponse:
    filters = AuditFilter(request.GET, queryset=events)
    found = filters.qs if filters.form.is_valid() else events.none()
    if request.GET.get("export") == "xlsx":
        return export_events(found.order_by("-number").iterator(chunk_size=2000), actor=request.actor)
    page = KeysetPage.of(request, found, order=("-number",))
    query = request.GET.copy()
    query.pop("cursor", None)
    query["export"] = "xlsx"
    context = {
        "page_title": title,
        "lead": "日志只能追加，不能修改或删除；每条记录带有前一条的摘要，缺失或改动会被发现。",
        "filter_form": filters.form,
        "primary": ["q", "kind", "result"],
        "active_filters": _active(request, filters),
        "reset_url": request.path,
        "total_text": f"共 {page.total} 条",
        "views_page": LIST_KEY if auditor else "",
        "export_url": f"?{query.urlencode()}",
        "events": page.rows,
        "previous_url": page.previous_url,
        "next_url": page.next_url,
        "page_text": page.text,
        "auditor": auditor,
    }
    return render(request, "audit/list.html", context)


def _active(request: HttpRequest, filters: AuditFilter) -> list[tuple[str, str, str]]:
    """The filters in force: label, value in words, address without it."""
    active = []
    for name, field in filters.form.fields.items():
        value = request.GET.get(name)
        if value:
            rest = request.GET.copy()
            rest.pop(name, None)
            rest.pop("cursor", None)
            words = dict(getattr(field, "choices", [])).get(value, value)
            active.append((str(field.label), str(words), f"?{rest.urlencode()}"))
    return active


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Read the whole chain and say whether it holds."""
    _only_auditor(request)
    report = verify_chain()
    if report.ok:
        messages.success(request, f"已核对 {report.rows:,} 条记录，日志完整。")
    else:
        messages.error(request, f"日志从第 {report.broken_at} 条起不完整：{report.why}。请立即报告负责人。")
    return redirect("audit:list")


@require_POST
def reveal_value(request: HttpRequest, label: str, pk: str, field: str) -> HttpResponse:
    """Open one personal value: reason required, right checked, logged. htmx gets a partial, others a page."""
    obj = _find(request, label, pk, field)
    context: dict[str, Any] = {
        "obj": obj,
        "label": label,
        "field": field,
        "field_name": obj._meta.get_field(field).verbose_name,
        "mask": getattr(obj, field).mask,
    }
    try:
        value = reveal(request.actor, obj, field, request.POST.get("reason", ""), request=request)
    except BadInput as error:
        context |= {"error": error.message, "reason": request.POST.get("reason", "")}
        return render(request, _template(request), context, status=error.status)
    return render(request, _template(request), context | {"value": value})


def _template(request: HttpRequest) -> str:
    return "audit/partials/_sealed.html" if request.htmx else "audit/reveal.html"


def _find(request: HttpRequest, label: str, pk: str, field: str) -> models.Model:
    """The record, when this person may see it at all; else 404."""
    model = model_of(label, field)
    if model is None:
        raise Http404
    try:
        found = model.objects.visible_to(request.user).filter(pk=pk).first()
    except (ValidationError, ValueError, OverflowError) as error:
        raise Http404 from error
    if found is None:
        raise Http404
    return found
