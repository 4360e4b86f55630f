"""/delegations/: the list with its filters in the address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from delegations.access import has_part, is_member_only, may_create
from delegations.exports import export_delegations
from delegations.filters import DelegationFilter
from delegations.listing import BY_SLACK, NEWEST, cases_for, for_export, people_below, rows_of
from waiban.core.errors import Refused
from waiban.core.paging import KeysetPage

PRIMARY = ("q", "status", "light", "stage", "year")
VIEWS_PAGE = "delegations:list"
PAGE = 30


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The delegations that the person may see; `?export=1` gives exactly what is filtered as Excel."""
    if not has_part(request.actor):
        raise Refused("您的岗位不办理因公出访；如需查看，请联系本单位外事经办人。", "ROLE")
    if is_member_only(request.actor):
        return redirect("delegations:my")
    found = DelegationFilter(request.GET, queryset=cases_for(request.actor), request=request)
    asked, cases = found.asked, found.qs
    if "export" in request.GET:
        return export_delegations(for_export(cases, by_slack=found.by_slack), actor=request.actor)
    page = KeysetPage.of(request, cases, order=BY_SLACK if found.by_slack else NEWEST, page_size=PAGE)
    rows = rows_of(page.rows)
    people, of_all = people_below(cases, page, rows)
    context = {
        "rows": rows,
        "page": page,
        "people": people,
        "people_of_all": of_all,
        "filter_form": found.form,
        "primary": PRIMARY,
        "active_filters": _active(request, found, asked),
        "total_text": f"共 {page.total} 个团组",
        "views_page": VIEWS_PAGE,
        "export_url": f"{_address(request, export='1')}",
        "reset_url": reverse("delegations:list"),
        "may_create": may_create(request.actor),
        "by_slack": found.by_slack,
        "slack_url": _address(request, sort=""),
        "newest_url": _address(request, sort="newest"),
    }
    return render(request, "delegations/list.html", context)


def _address(request: HttpRequest, **changes: str) -> str:
    """Return the address of this list with some values changed; a place in the pages is left out."""
    query = request.GET.copy()
    for key in ("cursor", "export", *changes):
        query.pop(key, None)
    for key, value in changes.items():
        if value:
            query[key] = value
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _active(
    request: HttpRequest, found: DelegationFilter, asked: dict[str, Any]
) -> list[tuple[str, str, str]]:
    """Filters that are set, each with the address without it; sorting is shown by the head of the table."""
    return [
        (found.form.fields[name].label, found.words_of(name, value), _address(request, **{name: ""}))
        for name, value in asked.items()
        if name != "sort"
    ]
