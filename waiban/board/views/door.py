"""The front door, and search over everything the person may see."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from waiban.accounts.queries import office_of
from waiban.board import queries
from waiban.board.registry import search_for
from waiban.core.text import has_invisible
from waiban.workflow.models import Case
from waiban.workflow.registry import binding_of, current_bindings

LONGEST = 60


@require_GET
@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """What the portal is and where to sign in; who is signed in goes to his desk."""
    if request.user.is_authenticated:
        return redirect("board:desk")
    context = {"office": office_of(request), "bindings": current_bindings()}
    return render(request, "board/home.html", context)


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Find by number, title or person (`?q=`). An exact number goes straight to its record."""
    words = " ".join(request.GET.get("q", "").split())[:LONGEST]
    if not words or has_invisible(words):
        return render(
            request,
            "board/search.html",
            {"q": words, "cases": [], "hits": [], "asked": bool(words), "capped": False},
        )
    cases = queries.cases_like(request.user, words)
    exact = next((case for case in cases if case.reference == words), None)
    if exact is not None:
        return redirect(_url(exact))
    context = {
        "q": words,
        "cases": [{"case": case, "url": _url(case), "label": _label(case)} for case in cases],
        "hits": search_for(request.actor, words),
        "asked": True,
        "capped": len(cases) == queries.FOUND,
    }
    return render(request, "board/search.html", context)


def _url(case: Case) -> str:
    return binding_of(case.flow_key, case.flow_version).record_url(case)


def _label(case: Case) -> Any:
    return binding_of(case.flow_key, case.flow_version).label
