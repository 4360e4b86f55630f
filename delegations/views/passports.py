"""证照库: official passports and permits, where each is, and every hand through which it went."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from delegations.access import LIBRARIANS, LIBRARY_READERS, require
from delegations.enums import Movement
from delegations.exports import export_passports
from delegations.forms.people import PassportForm
from delegations.forms.registers import MovementForm, PassportFilter
from delegations.models import IN_USE, Member, Passport, Traveller
from delegations.rules.person import add_months
from delegations.services import move_passport
from waiban.core.errors import ActError
from waiban.core.paging import KeysetPage
from waiban.core.text import has_invisible
from waiban.core.time import today
from waiban.workflow.enums import CaseStatus
from waiban.workflow.views.common import put_errors

READERS = "只有护照签证专办员和外办出国管理科可以查看证照库。"
KEEPERS = "只有护照签证专办员可以登记和收发证照。"
SOON = 6


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The library, what ends first on top; `?export=1` gives the filtered rows with masked numbers."""
    require(request.actor, LIBRARY_READERS, READERS)
    form = PassportFilter(request.GET)
    asked = form.asked
    rows = Passport.objects.visible_to_actor(request.actor).select_related("traveller__department")
    custody = asked.get("custody", "")
    if custody != "all":
        rows = rows.filter(custody=custody) if custody else rows.filter(custody__in=IN_USE)
    if "kind" in asked:
        rows = rows.filter(kind=asked["kind"])
    if form.until:
        rows = rows.filter(expires_on__lt=form.until)
    if (words := asked.get("q", "")) and not has_invisible(words):
        rows = rows.filter(
            Q(traveller__name__startswith=words) | Q(traveller__department__short_name__icontains=words)
        )
    if "export" in request.GET:
        found = rows.order_by("expires_on", "pk").iterator(chunk_size=2000)
        return export_passports(found, actor=request.actor)
    page = KeysetPage.of(request, rows, order=("expires_on", "pk"))
    query = request.GET.copy()
    query.pop("cursor", None)
    query["export"] = "1"
    context = {
        "page": page,
        "rows": page.rows,
        "filter_form": form,
        "primary": ("q", "custody", "expiry", "kind"),
        "active_filters": [],
        "total_text": f"共 {page.total} 本",
        "reset_url": request.path,
        "export_url": f"?{query.urlencode()}",
        "today": today(),
        "soon": add_months(today(), SOON),
        "may_move": request.actor.has(*LIBRARIANS),
    }
    return render(request, "delegations/passports.html", context)


def _visible(request: HttpRequest, pk: int) -> Passport:
    rows = Passport.objects.visible_to_actor(request.actor).select_related("traveller__department")
    return get_object_or_404(rows, pk=pk)


@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One document with its movements."""
    require(request.actor, LIBRARY_READERS, READERS)
    passport = _visible(request, pk)
    context = {
        "passport": passport,
        "person": passport.traveller,
        "movements": passport.movements.select_related("by", "delegation__case").order_by("-at", "-pk"),
        "trips": _running_trips(passport),
        "may_move": request.actor.has(*LIBRARIANS) and passport.custody in IN_USE,
        "passport_label": Passport._meta.label_lower,
        "crumbs": [("证照库", reverse("delegations:passports")), (passport.traveller.name, "")],
    }
    return render(request, "delegations/passport.html", context)


def _running_trips(passport: Passport) -> list[Member]:
    rows = Member.objects.filter(
        traveller=passport.traveller, left=False, delegation__case__status=CaseStatus.RUNNING
    )
    return list(rows.select_related("delegation__case").order_by("pk"))


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a document over: out, back, to its holder, returned, cancelled, lost."""
    require(request.actor, LIBRARIANS, KEEPERS)
    passport = _visible(request, pk)
    form = MovementForm(request.POST if request.method == "POST" else None, custody=passport.custody)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            typed = form.cleaned_data
            movement = Movement(typed["movement"])
            trips = _running_trips(passport)
            try:
                move_passport(
                    passport=passport,
                    movement=movement,
                    actor=request.actor,
                    delegation=trips[0].delegation if len(trips) == 1 else None,
                    to_whom=typed["to_whom"],
                    note=typed["note"],
                )
                messages.success(request, f"已登记：{movement.label}。")
                return redirect("delegations:passport", pk=pk)
            except ActError as error:
                put_errors(form, error)
                status = HTTPStatus(error.status)
    title = "登记收发"
    context = {
        "form": form,
        "form_title": title,
        "form_lead": f"{passport.traveller.name} · {passport} · 目前{passport.get_custody_display()}",
        "back_url": reverse("delegations:passport", args=[pk]),
        "crumbs": [
            ("证照库", reverse("delegations:passports")),
            (passport.traveller.name, reverse("delegations:passport", args=[pk])),
            (title, ""),
        ],
        "submit_label": "登记",
    }
    return render(request, "components/form_page.html", context, status=status)


@require_http_methods(["GET", "POST"])
def register(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a document of a person into the library; the one it replaces is cancelled."""
    require(request.actor, LIBRARIANS, KEEPERS)
    people = Traveller.objects.visible_to_actor(request.actor).select_related("department")
    person = get_object_or_404(people, pk=pk)
    form = PassportForm(request.POST if request.method == "POST" else None, traveller=person)
    if request.method == "POST" and form.is_valid():
        try:
            passport = form.register(person, request.actor, group=None)
        except ActError as error:
            put_errors(form, error)
        else:
            messages.success(request, f"{passport}已入库；同类旧证照已注销。")
            return redirect("delegations:passport", pk=passport.pk)
    context = {
        "form": form,
        "form_title": "证照入库",
        "form_lead": f"{person.name}（{person.department.short_name}）。登记新证照后，同类旧证照自动注销。",
        "back_url": reverse("delegations:person", args=[pk]),
        "crumbs": [
            ("人员库", reverse("delegations:people")),
            (person.name, reverse("delegations:person", args=[pk])),
            ("证照入库", ""),
        ],
        "submit_label": "入库",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "components/form_page.html", context, status=status)
