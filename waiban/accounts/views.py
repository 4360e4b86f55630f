"""Pages about oneself: profile, and who stands in for me (外出委托)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from waiban.accounts.forms import ContactForm, StandInForm
from waiban.accounts.models import Position, StandIn
from waiban.accounts.scopes import label_of
from waiban.accounts.services import name_stand_in, revoke_stand_in
from waiban.core.errors import BadInput
from waiban.core.time import today

SHOWN = 50


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Who I am here, which seats I hold, how I am reached."""
    form = ContactForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "联系方式已保存。")
        return redirect("accounts:profile")
    positions = Position.objects.current().filter(user=request.user).select_related("department")
    context = {
        "form": form,
        "positions": positions,
        "lent": [seat for seat in request.actor.seats if seat.lent],
        "form_title": "个人资料",
        "form_lead": "姓名和岗位由系统管理员维护；联系方式请自行保持准确。",
        "submit_label": "保存联系方式",
    }
    return render(request, "accounts/profile.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def standins(request: HttpRequest) -> HttpResponse:
    """Name a stand-in for days of absence; see what I lent and what was lent to me."""
    form = StandInForm(request.POST or None, principal=request.user, day=today())
    if request.method == "POST" and form.is_valid() and _name(request, form):
        return redirect("accounts:standins")
    mine = StandIn.objects.filter(principal=request.user).select_related("substitute")[:SHOWN]
    to_me = StandIn.objects.filter(substitute=request.user).select_related("principal")[:SHOWN]
    context = {
        "form": form,
        "mine": [_line(stand_in) for stand_in in mine],
        "to_me": [_line(stand_in) for stand_in in to_me],
        "can_lend": bool(request.actor.own_seats),
    }
    return render(request, "accounts/standins.html", context, status=422 if form.is_bound else 200)


def _name(request: HttpRequest, form: StandInForm) -> bool:
    """Try the act; sentences of a refusal go to their fields."""
    data = form.cleaned_data
    try:
        stand_in = name_stand_in(principal=request.user, **data)
    except BadInput as error:
        for field, sentence in error.fields.items():
            form.add_error(field if field in form.fields else None, sentence)
        return False
    messages.success(
        request, f"已委托{stand_in.substitute.name}在 {stand_in.starts} 至 {stand_in.ends} 代为办理。"
    )
    return True


def _line(stand_in: StandIn) -> dict[str, Any]:
    """A stand-in as the page prints it, with its state in words."""
    day = today()
    if stand_in.revoked_at:
        state = "已撤销"
    elif stand_in.ends < day:
        state = "已结束"
    else:
        state = "生效中" if stand_in.starts <= day else "未开始"
    return {
        "row": stand_in,
        "scope": label_of(stand_in.flow_key),
        "state": state,
        "open": state in {"生效中", "未开始"},
    }


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a stand-in at once. One that is not mine to see is not found."""
    stand_in = get_object_or_404(StandIn.objects.visible_to(request.user), pk=pk)
    revoke_stand_in(stand_in=stand_in, actor=request.actor)
    messages.success(request, f"已撤销对{stand_in.substitute.name}的委托。")
    return redirect("accounts:standins")
