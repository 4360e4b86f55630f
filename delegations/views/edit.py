"""Changing a part of the record outside a step, while the case is open and the person may."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from delegations.forms.pages import EDITS, EditForm, edit_form
from delegations.models import Delegation
from delegations.services import require_editor
from delegations.services.edits import change_record
from delegations.views.record import crumbs, visible_group
from waiban.core import drafts
from waiban.core.errors import ActError
from waiban.workflow.views.common import put_errors

TABS = {"overview": "overview", "letters": "overview", "itinerary": "itinerary", "budget": "budget"}
LEADS = {
    "overview": "修改后，各环节的日期和是否适用随即重算。",
    "letters": "邀请单位性质和邀请期限会自动核对。",
    "itinerary": "按上午、下午逐日填写；公务活动不少于三分之二。",
    "budget": "超标准的须写明事先报批依据；人民币小计可留空由系统计算。",
}


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, case_id: int, kind: str) -> HttpResponse:
    """Show and take the form of one part: overview, letters, itinerary or budget."""
    if kind not in EDITS:
        raise Http404
    group = visible_group(request, case_id)
    require_editor(group, request.actor)
    form = edit_form(
        kind, case=group.case, actor=request.actor, data=request.POST if request.method == "POST" else None
    )
    back = f"{reverse('delegations:record', args=[group.pk])}?tab={TABS[kind]}"
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, group, kind, form)
            return HttpResponseRedirect(back)
        except ActError as error:
            put_errors(form, error)
    title = f"修改{EDITS[kind][2]}"
    context = {
        "form": form,
        "form_title": title,
        "form_lead": f"{group.case.reference} {group.name}。{LEADS[kind]}",
        "back_url": back,
        "crumbs": crumbs(group, title),
        "draft_key": f"delegation-{kind}",
        "draft_object": str(group.pk),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "delegations/edit.html", context, status=status)


def _save(request: HttpRequest, group: Delegation, kind: str, form: EditForm) -> None:
    title = EDITS[kind][2]
    with transaction.atomic():
        change_record(
            delegation=group,
            actor=request.actor,
            write=lambda door: form.write(door, None),
            note=f"修改{title}",
        )
        drafts.drop(request.user, f"delegation-{kind}", str(group.pk))
    messages.success(request, f"{title}已修改，日期和环节已重算。")
