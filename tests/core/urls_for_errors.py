"""Addresses that go wrong on purpose, beside all real ones."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import path

from waiban.core.errors import BadInput, Conflict, Refused, Stale
from waiban.urls import handler400, handler403, handler404, handler500
from waiban.urls import urlpatterns as real

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

ERRORS = {
    "refused": Refused("您不是该环节的办理人。", "NOT_HOLDER", ask="林晓岚"),
    "conflict": Conflict("该环节已由郑立群于 09:12 办理。"),
    "stale": Stale("记录已被他人修改。"),
    "bad": BadInput({"exit_date": "返回日期早于出境日期。"}),
    "denied": PermissionDenied(),
    "denied-why": PermissionDenied("只有科长可以转办。"),
    "suspicious": SuspiciousOperation("x"),
    "broken": ZeroDivisionError("secret detail"),
}


def fail(request: HttpRequest, name: str) -> HttpResponse:
    """Raise what the address names; "fine" answers."""
    if name in ERRORS:
        raise ERRORS[name]
    return HttpResponse("fine")


urlpatterns = [path("fail/<str:name>/", fail), *real]
