"""The bell, the in-box of a person, and the operations page of the administrator."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from waiban.accounts.enums import Role
from waiban.core.errors import Refused
from waiban.core.paging import KeysetPage
from waiban.notices import queries, services
from waiban.notices.flows import flow_name
from waiban.notices.models import Notice


def _back(request: HttpRequest, name: str) -> HttpResponse:
    """Return to the list as it was filtered, or tell htmx that the bell has changed."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Trigger": "notices-changed"})
    query = urlencode({key: value for key, value in request.GET.items() if key in ("show", "flow")})
    response = redirect(name)
    return HttpResponseRedirect(f"{response.url}?{query}") if query else response


@require_GET
@never_cache
def bell(request: HttpRequest) -> HttpResponse:
    """The bell of the top bar with its last notices, and the banner 提醒可能延迟 out of band."""
    count = queries.unread_count(request.user)
    context = {
        "notices": queries.latest(request.user),
        "count": count,
        "count_text": f"{queries.CAP - 1}+" if count >= queries.CAP else str(count),
        "late": queries.reminders_late(),
    }
    return render(request, "notices/partials/_bell.html", context)


@require_GET
def list_notices(request: HttpRequest) -> HttpResponse:
    """The in-box: `show=unread`, `flow=<key>`, keyset pages; anything else in the address is ignored."""
    keys = queries.flow_keys(request.user)
    flow_key = request.GET.get("flow", "")
    flow_key = flow_key if flow_key in keys else ""
    unread = request.GET.get("show") == "unread"
    box = queries.inbox(request.user, unread=unread, flow_key=flow_key)
    page = KeysetPage.of(request, box, order=("-pk",), page_size=queries.PAGE)
    kept = ({"show": "unread"} if unread else {}) | ({"flow": flow_key} if flow_key else {})
    context = {
        "rows": page.rows,
        "previous_url": page.previous_url,
        "next_url": page.next_url,
        "page_text": f"本页 {len(page.rows)} 条，新消息在前",
        "first_query": urlencode(kept),
        "unread": unread,
        "flow_key": flow_key,
        "flows": [(key, flow_name(key)) for key in keys],
        "count": queries.unread_count(request.user),
        "crumbs": [("消息", "")],
    }
    return render(request, "notices/list.html", context)


@require_GET
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to what a notice is about, and mark it read. A notice of somebody else does not exist (404)."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    services.mark_read(notice)
    return HttpResponseRedirect(notice.url) if notice.url else redirect("notices:list")


@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one notice read."""
    services.mark_read(get_object_or_404(Notice.objects.visible_to(request.user), pk=pk))
    return _back(request, "notices:list")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything read, or what belongs to the flow in the address."""
    changed = services.mark_all_read(request.user, flow_key=request.GET.get("flow", ""))
    if not request.headers.get("HX-Request"):
        messages.success(request, f"已将 {changed} 条消息标为已读。" if changed else "没有未读消息。")
    return _back(request, "notices:list")


def _only_keepers(request: HttpRequest) -> None:
    """Refuse everybody who does not keep the system running."""
    if not request.actor.has(Role.SYSADMIN):
        raise Refused("提醒运行情况只对系统管理员开放。", "NOT_SYSADMIN")


@require_GET
@never_cache
def operations(request: HttpRequest) -> HttpResponse:
    """Heartbeats, the outbox by state, and what a person has to decide. Shows no body of any message."""
    _only_keepers(request)
    context = {
        "pulses": queries.pulses(),
        "counts": queries.outbox_counts(),
        "oldest": queries.oldest_waiting(),
        "unknown": queries.to_confirm(),
        "failed": queries.given_up(),
        "crumbs": [("提醒运行情况", "")],
    }
    return render(request, "notices/operations.html", context)


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Settle a stuck message: `act` = delivered (it has arrived) or again (send once more)."""
    _only_keepers(request)
    notice = get_object_or_404(Notice.objects.outside(), pk=pk)
    if request.POST.get("act") == "delivered":
        services.confirm_delivered(notice.pk, actor=request.actor)
        messages.success(request, "已记为送达。")
    else:
        services.send_again(notice.pk, actor=request.actor)
        messages.success(request, "已放回发件箱，一分钟内发出。")
    return redirect("notices:operations")
