"""/delegations/new/: each fact once; it lands on the record, where the first step is ready."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from delegations.access import OFFICE_STARTERS, STARTERS, require
from delegations.facts import limits_of
from delegations.forms.pages import NewDelegationForm
from delegations.services.edits import start_once
from waiban.core import drafts
from waiban.core.errors import ActError
from waiban.workflow.views.common import put_errors

DRAFT = ("delegation-new", "new")
WHO = "只有组团单位的经办人、领导和外办出国管理科可以新建团组；请联系本单位外事经办人。"


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask for what is needed to start a delegation, and start it."""
    require(request.actor, STARTERS, WHO)
    form = NewDelegationForm(
        request.POST if request.method == "POST" else None,
        actor=request.actor,
        limits=limits_of(request.actor.office_id),
        on_behalf=request.actor.has(*OFFICE_STARTERS),
    )
    if request.method == "POST" and form.is_valid():
        try:
            return _start(request, form)
        except ActError as error:
            put_errors(form, error)
    context = {
        "form": form,
        "form_title": "新建团组",
        "form_lead": "只填现在知道的；建立以后系统排出 53 个环节的日期，并逐步提示还缺什么。",
        "submit_label": "建立团组",
        "back_url": reverse("delegations:list"),
        "crumbs": [("因公出访", reverse("delegations:list")), ("新建团组", "")],
        "draft_key": DRAFT[0],
        "draft_object": DRAFT[1],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "delegations/new.html", context, status=status)


def _start(request: HttpRequest, form: NewDelegationForm) -> HttpResponse:
    with transaction.atomic():
        group, fresh = start_once(actor=request.actor, **form.arguments())
        drafts.drop(request.user, *DRAFT)
    if fresh:
        messages.success(
            request, f"团组已建立，编号 {group.case.reference}。先办第 1 个环节：年度出访计划申报。"
        )
    else:
        messages.info(request, f"该团组刚刚已经建立，编号 {group.case.reference}，没有重复建立。")
    return redirect("delegations:record", case_id=group.pk)
