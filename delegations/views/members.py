"""Who travels: one member in full, joining, leaving, another part in the group."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from delegations.access import is_member_only
from delegations.facts import open_dossier
from delegations.forms.membership import JoinForm, LeaveForm, PartForm
from delegations.models import Delegation, Filing, Member, Passport, Traveller, Visa
from delegations.presenters.record import passport_words, visa_words
from delegations.services import add_member, change_role, may_edit, remove_member, require_editor
from delegations.views.record import crumbs, visible_group
from waiban.core.errors import ActError
from waiban.workflow.presenters.members import member_light, member_steps
from waiban.workflow.record import load_record
from waiban.workflow.views.common import confirm, go_back, put_errors


def _member(group: Delegation, member_id: int) -> Member:
    rows = group.members.select_related("traveller__department", "passport", "participant")
    return get_object_or_404(rows, pk=member_id)


@require_GET
def show(request: HttpRequest, case_id: int, member_id: int) -> HttpResponse:
    """One member: person, documents, visas, filing and steps; personal numbers masked."""
    group = visible_group(request, case_id)
    if is_member_only(request.actor):
        return redirect("delegations:me", case_id=case_id)
    member = _member(group, member_id)
    dossier, record = open_dossier(group), load_record(group.case, request.actor)
    document = dossier.document(member)
    light, word = member_light(record, member.pk)
    context = {
        "group": group,
        "member": member,
        "person": member.traveller,
        "document": document,
        "passport": passport_words(document),
        "visa": visa_words(dossier, member),
        "visas": Visa.objects.filter(member=member).select_related("place"),
        "filing": Filing.objects.filter(member=member).first(),
        "steps": member_steps(record, member.pk),
        "light": light,
        "light_word": word,
        "may_edit": may_edit(group, request.actor) and not member.left,
        "person_label": Traveller._meta.label_lower,
        "passport_label": Passport._meta.label_lower,
        "visa_label": Visa._meta.label_lower,
        "crumbs": crumbs(group, member.traveller.name),
    }
    return render(request, "delegations/member.html", context)


def _back(group: Delegation) -> str:
    return f"{reverse('delegations:record', args=[group.pk])}?tab=members"


def _ask(
    request: HttpRequest, group: Delegation, form: Any, status: int, words: dict[str, Any]
) -> HttpResponse:
    context = {
        "facts": None,
        "follows": "",
        "danger": False,
        "hidden": None,
        "form": form,
        "action_url": request.path,
        "cancel_url": _back(group),
        "crumbs": crumbs(group, words["confirm_title"]),
    }
    return confirm(request, context | words, status)


def _done(request: HttpRequest, group: Delegation, text: str) -> HttpResponse:
    request.GET = request.GET.copy()
    request.GET.setdefault("next", _back(group))
    return go_back(request, group.case, text)


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, case_id: int) -> HttpResponse:
    """Take a person of the register into the group; he gets the items of all steps per member."""
    group = visible_group(request, case_id)
    require_editor(group, request.actor)
    present = group.members.filter(left=False).values("traveller")
    people = Traveller.objects.visible_to_actor(request.actor).exclude(pk__in=present)
    people = people.filter(retired=False).select_related("department").order_by("name", "pk")
    form = JoinForm(request.POST if request.method == "POST" else None, people=people)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                added = add_member(delegation=group, actor=request.actor, **form.cleaned_data)
                return _done(request, group, f"{added.traveller.name}已加入团组，各人的环节已生成。")
            except ActError as error:
                put_errors(form, error)
                status = error.status
    words = {
        "confirm_title": "增加成员",
        "what": f"为“{group.name}”增加一名成员。",
        "confirm_label": "增加",
        "follows": "新成员须单独办理备案、证照核查和签证；日期随即重算。",
    }
    return _ask(request, group, form, status, words)


@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, case_id: int, member_id: int) -> HttpResponse:
    """Let a member go, with a reason; what he has not done is voided."""
    group = visible_group(request, case_id)
    require_editor(group, request.actor)
    member = _member(group, member_id)
    form = LeaveForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                remove_member(member=member, actor=request.actor, reason=form.cleaned_data["reason"])
                return _done(request, group, f"{member.traveller.name}已退出团组，未办的环节已作废。")
            except ActError as error:
                put_errors(form, error)
                status = error.status
    words = {
        "confirm_title": "成员退出",
        "what": f"{member.traveller.name}退出“{group.name}”。",
        "confirm_label": "确认退出",
        "danger": True,
        "follows": "本人未办的环节全部作废，已办的保留在日志中；不能恢复，需要时重新加入。",
    }
    return _ask(request, group, form, status, words)


@require_http_methods(["GET", "POST"])
def part(request: HttpRequest, case_id: int, member_id: int) -> HttpResponse:
    """Give a member another part in the group."""
    group = visible_group(request, case_id)
    require_editor(group, request.actor)
    member = _member(group, member_id)
    form = PartForm(request.POST if request.method == "POST" else None, initial={"role": member.role})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                change_role(member=member, actor=request.actor, role=form.cleaned_data["role"])
                return _done(request, group, f"{member.traveller.name}的团内职务已调整。")
            except ActError as error:
                put_errors(form, error)
                status = error.status
    words = {
        "confirm_title": "调整团内职务",
        "what": f"{member.traveller.name}，现为{member.get_role_display()}。",
        "confirm_label": "确定",
        "follows": "改任团长的，原团长改为团员；团组级别和审批权限随团长重定。",
    }
    return _ask(request, group, form, status, words)
