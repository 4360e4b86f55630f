"""人员库: who may be sent abroad. A unit keeps its own people, the office all of them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from delegations.access import LIBRARIANS, PEOPLE_EDITORS, require
from delegations.forms.membership import PersonForm
from delegations.models import Member, Passport, Traveller
from delegations.models.base import PEOPLE_READERS
from delegations.services.registers import save_traveller
from waiban.accounts.enums import DepartmentKind
from waiban.accounts.models import Department
from waiban.core import drafts
from waiban.core.errors import ActError
from waiban.core.paging import KeysetPage
from waiban.core.text import has_invisible
from waiban.workflow.views.common import put_errors

WHO = "只有组团单位经办人、护照签证专办员和外办出国管理科可以查看人员库。"


def units_of(request: HttpRequest) -> QuerySet[Department]:
    """Departments whose people this person keeps."""
    units = Department.objects.filter(office_id=request.actor.office_id, is_active=True)
    if request.actor.has(*PEOPLE_READERS):
        return units.filter(kind__in=[DepartmentKind.UNIT, DepartmentKind.OFFICE_SECTION]).order_by(
            "short_name"
        )
    own = [seat.department_id for seat in request.actor.seats if seat.department_kind == DepartmentKind.UNIT]
    return units.filter(pk__in=own).order_by("short_name")


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The register, newest first; `?q=` looks for the beginning of a name or for a unit."""
    require(request.actor, PEOPLE_EDITORS, WHO)
    words = request.GET.get("q", "").strip()[:40]
    people = Traveller.objects.visible_to_actor(request.actor).select_related("department")
    if words and not has_invisible(words):
        people = people.filter(Q(name__startswith=words) | Q(department__short_name__icontains=words))
    page = KeysetPage.of(request, people, order=("-pk",))
    held = Passport.objects.in_use().filter(traveller__in=[person.pk for person in page.rows])
    documents: dict[int, Passport] = {}
    for passport in held.order_by("expires_on"):
        documents[passport.traveller_id] = passport
    context = {
        "rows": [(person, documents.get(person.pk)) for person in page.rows],
        "page": page,
        "q": words,
    }
    return render(request, "delegations/people.html", context)


@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: values masked, documents, trips."""
    require(request.actor, PEOPLE_EDITORS, WHO)
    people = Traveller.objects.visible_to_actor(request.actor).select_related("department")
    person = get_object_or_404(people, pk=pk)
    context = {
        "person": person,
        "passports": person.passports.order_by("-expires_on"),
        "trips": Member.objects.filter(traveller=person)
        .select_related("delegation__case")
        .order_by("-delegation")[:20],
        "person_label": Traveller._meta.label_lower,
        "passport_label": Passport._meta.label_lower,
        "may_register": request.actor.has(*LIBRARIANS),
        "crumbs": [("人员库", reverse("delegations:people")), (person.name, "")],
    }
    return render(request, "delegations/person.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Register a person, or change what is registered; sealed values stay when nothing is typed."""
    require(request.actor, PEOPLE_EDITORS, WHO)
    known = Traveller.objects.visible_to_actor(request.actor)
    person = get_object_or_404(known, pk=pk) if pk else None
    units = units_of(request)
    form = PersonForm(
        request.POST if request.method == "POST" else None,
        instance=person,
        office_id=request.actor.office_id,
        units=units,
        initial={} if person else _only(units),
    )
    key = ("traveller", str(pk or "new"))
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_traveller(traveller=form.save(commit=False), actor=request.actor)
        except ActError as error:
            put_errors(form, error)
        else:
            drafts.drop(request.user, *key)
            messages.success(request, f"{saved.name}已{'更新' if pk else '登记'}。")
            return redirect("delegations:person", pk=saved.pk)
    title = f"修改 {person.name}" if person else "登记人员"
    context = {
        "form": form,
        "form_title": title,
        "form_lead": "每个人只登记一次，以后的团组直接选用。",
        "back_url": reverse("delegations:person", args=[pk]) if pk else reverse("delegations:people"),
        "crumbs": [("人员库", reverse("delegations:people")), (title, "")],
        "draft_key": key[0],
        "draft_object": key[1],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "delegations/sections_form.html", context, status=status)


def _only(units: QuerySet[Department]) -> dict[str, Any]:
    """Offer the unit when there is only one."""
    found = list(units[:2])
    return {"department": found[0].pk} if len(found) == 1 else {}
