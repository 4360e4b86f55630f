"""The calendar of working days, and the import of a notice in three steps: paste, preview, confirm."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from waiban.core.errors import Refused
from waiban.core.time import today
from waiban.workdays.axis import FIRST_YEAR, LAST_YEAR
from waiban.workdays.forms import ConfirmForm, NoticeForm, seal, unseal
from waiban.workdays.parse import Issue, Notice
from waiban.workdays.queries import (
    current_version,
    days_of_notice,
    month_view,
    year_lines,
)
from waiban.workdays.rules import IMPORTERS, changes, festivals_of, missing_years
from waiban.workdays.services import import_year


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Years with their notices, and the months of one year. For everybody with a seat in a department."""
    if not request.actor.department_ids:
        raise Refused("工作日历供本系统工作人员查阅。", "CALENDAR_STAFF")
    day = today()
    year = _year(request.GET.get("year"), day.year)
    lines = year_lines(day)
    months = month_view(year)
    context = {
        "year": year,
        "lines": lines,
        "months": months,
        "workdays": sum(month.workdays for month in months),
        "notice": next((line.notice for line in lines if line.year == year), None),
        "missing": missing_years(frozenset(line.year for line in lines if line.notice), day),
        "may_import": request.actor.has(*IMPORTERS),
        "today": day,
    }
    return render(request, "workdays/index.html", context)


@require_http_methods(["GET", "POST"])
def import_notice(request: HttpRequest) -> HttpResponse:
    """Paste or upload a notice; a readable one leads to the preview, another back to the form."""
    _require_right(request)
    form = NoticeForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return _preview(request, form.notice)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "workdays/import.html", {"form": form}, status=status)


@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Import exactly what the preview showed, and say how many open matters were recounted."""
    _require_right(request)
    data = unseal(request.POST.get("preview", ""))
    form = ConfirmForm(request.POST, doubtful=bool(data["doubts"]))
    if not form.is_valid():
        issues = tuple(Issue(where, text, False) for where, text in data["doubts"])
        notice = Notice(data["year"], data["source"], data["published"], tuple(data["days"]), issues)
        return _preview(request, notice, form)
    done = import_year(
        year=data["year"],
        source=form.cleaned_data["source"] or data["source"],
        published_on=data["published"],
        days=data["days"],
        based_on=data["version"],
        actor=request.actor,
    )
    messages.success(request, str(done))
    return redirect(f"{reverse('workdays:index')}?year={done.year}")


def _preview(request: HttpRequest, notice: Notice, form: ConfirmForm | None = None) -> HttpResponse:
    """Show what was read, what would change, and every doubt."""
    version = current_version()
    current = days_of_notice(notice.year) if notice.year else []
    if form is None:
        first = {"preview": seal(notice, version), "source": notice.source}
        form = ConfirmForm(initial=first, doubtful=bool(notice.issues))
    context = {
        "notice": notice,
        "festivals": festivals_of(notice.days),
        "changes": changes(current, notice.days),
        "replaces": bool(current),
        "form": form,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "workdays/preview.html", context, status=status)


def _require_right(request: HttpRequest) -> None:
    """Refuse everybody but the keeper of the system and the heads of the office."""
    if not request.actor.has(*IMPORTERS):
        raise Refused("只有系统管理员、科长和外办领导可以导入放假安排。", "CALENDAR_RIGHT")


def _year(text: str | None, default: int) -> int:
    """Year of the address; 404 for one beyond the calendar."""
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not FIRST_YEAR <= int(text[:5]) <= LAST_YEAR:
        raise Http404
    return int(text)
