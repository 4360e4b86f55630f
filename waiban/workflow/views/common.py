"""What the views share: fetching through the scope, answering errors where they were made, going back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.http import url_has_allowed_host_and_scheme

from waiban.core.errors import ActError, BadInput

from ..models import Case, WorkItem
from ..registry import binding_of


def visible_item(request: HttpRequest, item_id: int) -> WorkItem:
    """Fetch an item of a case that the user may see, or 404."""
    rows = WorkItem.objects.select_related("case", "participant")
    return get_object_or_404(rows.filter(case__in=Case.objects.visible_to_actor(request.actor)), pk=item_id)


def visible_case(request: HttpRequest, case_id: int) -> Case:
    """Fetch a case that the user may see, or 404."""
    return get_object_or_404(Case.objects.visible_to_actor(request.actor), pk=case_id)


def record_url(case: Case) -> str:
    """Return the address of the record of a case."""
    return binding_of(case.flow_key, case.flow_version).record_url(case)


def next_url(request: HttpRequest, fallback: str) -> str:
    """Return where to go after an act: `next` when it is an address of this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return fallback


def go_back(request: HttpRequest, case: Case, text: str) -> HttpResponse:
    """Say what was done and lead on; htmx is told to load the next page as a whole."""
    messages.success(request, text)
    target = next_url(request, record_url(case))
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def put_errors(form: Form, error: ActError) -> None:
    """Put a refusal where it was made: at the field, or above the form."""
    if not isinstance(error, BadInput):
        form.add_error(None, error.message)
        return
    for name, sentence in error.fields.items():
        form.add_error(name if name in form.fields else None, sentence)


def confirm(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render a confirmation: alone for the dialog, as a page otherwise."""
    alone = bool(request.headers.get("HX-Request"))
    return render(
        request,
        "components/confirm.html" if alone else "components/confirm_page.html",
        context,
        status=status,
    )
