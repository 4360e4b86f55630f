"""Small pages of the house itself: health, drafts, saved views, elder mode, error pages."""

import json
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template import loader
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from waiban.core import drafts, health, pages
from waiban.core.errors import BadInput
from waiban.core.forms import SavedViewForm
from waiban.core.models import SavedView
from waiban.core.signals import refused
from waiban.core.time import local

ELDER_COOKIE = "elder"
YEAR_SECONDS = 365 * 86400


@require_GET
@never_cache
@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@require_GET
@never_cache
@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, migrations, broker and what other apps registered; 503 as soon as one of them is not
    ready.
    """
    reports = health.run_all()
    ready = all(report.ok for report in reports.values())
    body = {
        "status": "ok" if ready else "unready",
        "checks": {name: {"ok": report.ok, "detail": report.detail} for name, report in reports.items()},
    }
    return JsonResponse(body, status=200 if ready else 503, json_dumps_params={"ensure_ascii": False})


def back_to(request: HttpRequest, default: str = "/") -> str:
    """Return the address of `next` (or of the page the person came from) when it is ours, else `default`."""
    asked = (request.POST.get("next"), request.GET.get("next"))
    for address in (*asked, request.headers.get("HX-Current-URL"), request.headers.get("Referer")):
        if address and url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure()):
            return address
    return default


@require_POST
@login_not_required
def elder(request: HttpRequest) -> HttpResponseRedirect:
    """Turn 长者模式 on or off for this browser (cookie, one year)."""
    answer = HttpResponseRedirect(back_to(request))
    if request.COOKIES.get(ELDER_COOKIE) == "1":
        answer.delete_cookie(ELDER_COOKIE, samesite="Lax")
    else:
        answer.set_cookie(ELDER_COOKIE, "1", max_age=YEAR_SECONDS, secure=settings.SECURE, samesite="Lax")
    return answer


@require_http_methods(["GET", "POST", "DELETE"])
def draft(request: HttpRequest, form_key: str, object_key: str) -> JsonResponse:
    """Autosave of one form: GET reads, POST (JSON object in the body) replaces, DELETE throws away."""
    if request.method == "DELETE":
        drafts.drop(request.user, form_key, object_key)
        return JsonResponse({"saved_at": None})
    if request.method == "GET":
        found = drafts.load(request.user, form_key, object_key)
        if found is None:
            return JsonResponse({"saved_at": None, "data": {}})
        return JsonResponse({**_saved(found), "data": found.data})
    try:
        return JsonResponse(_saved(drafts.save(request.user, form_key, object_key, _read_json(request))))
    except BadInput as error:
        return JsonResponse({"message": error.message, "code": error.code}, status=error.status)


def _saved(found: Any) -> dict[str, str]:
    return {"saved_at": found.saved_at.isoformat(), "clock": f"{local(found.saved_at):%H:%M}"}


def _read_json(request: HttpRequest) -> dict[str, Any]:
    try:
        data = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise BadInput("草稿的格式有误。", "DRAFT_FORMAT") from error
    if not isinstance(data, dict):
        raise BadInput("草稿的格式有误。", "DRAFT_FORMAT")
    return data


@require_http_methods(["GET", "POST"])
def saved_views(request: HttpRequest) -> HttpResponse:
    """The views of one list (`?page=`, the name of its address): GET shows links and form, POST saves
    one.
    """
    page = request.POST.get("page") or request.GET.get("page", "")
    mine = SavedView(user=request.user)
    initial = {"page": page, "query": request.GET.get("query", "")}
    form = SavedViewForm(request.POST or None, instance=mine, initial=initial)
    status = 200
    if form.is_bound and not (form.is_valid() and form.save_once()):
        status = 422
    elif form.is_bound:
        if not request.htmx:
            messages.success(request, f"已保存视图“{mine.name}”。")
            return HttpResponseRedirect(back_to(request))
        form = SavedViewForm(
            initial={"page": page, "query": mine.query}, instance=SavedView(user=request.user)
        )
    views = SavedView.objects.visible_to(request.user).filter(page=page).select_related("user")
    context = {"views": views, "form": form, "next": back_to(request), "list_url": _list_url(request, page)}
    template = "core/partials/_saved_views.html" if request.htmx else "core/saved_views.html"
    return render(request, template, context, status=status)


def _list_url(request: HttpRequest, page: str) -> str:
    """Where the list stands: `page` is its address by name; else the page from which we were asked."""
    try:
        return reverse(page)
    except NoReverseMatch:
        return urlsplit(back_to(request)).path


@require_POST
def delete_saved_view(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Delete one of my views; a colleague's shared view is not mine to delete (404)."""
    with transaction.atomic():
        view = get_object_or_404(SavedView, pk=pk, user=request.user)
        view.delete()
    messages.success(request, f"已删除视图“{view.name}”。")
    return HttpResponseRedirect(back_to(request))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return pages.show(request, pages.BAD_REQUEST)


def no_right(request: HttpRequest, exception: PermissionDenied) -> HttpResponse:
    """403, with the reason when the code gave one; written to audit."""
    page = pages.NO_RIGHT
    reason = str(exception)
    refused.send(no_right, request=request, message=reason or page.what, code=page.code)
    if reason:
        page = pages.Page(page.status, page.title, reason, page.code)
    return pages.show(request, page)


def page_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a missing or old CSRF token."""
    return pages.show(request, pages.EXPIRED)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, the same words for what is not there and for what the person may not know of."""
    return pages.show(request, pages.NOT_FOUND)


def broken(request: HttpRequest) -> HttpResponse:
    """500, without database, session or context processors: any of them may be what broke."""
    page = pages.BROKEN
    context = {
        "title": page.title,
        "what": page.what,
        "kept": page.kept,
        "ask": pages.default_ask(),
        "code": page.code,
        "status": 500,
    }
    return HttpResponse(loader.get_template("errors/500.html").render(context), status=500)


def locked_out(
    request: HttpRequest, response: HttpResponse, credentials: dict[str, Any] | None
) -> HttpResponse:
    """429 after too many wrong passwords (axes)."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    what = f"密码连续输错 {settings.AXES_FAILURE_LIMIT} 次，该账户已锁定 {minutes} 分钟，请稍后再试。"
    ask = "如忘记密码，请联系系统管理员重置。"
    return pages.show(request, pages.Page(429, "账户已临时锁定", what, "LOCKED", ask=ask))
