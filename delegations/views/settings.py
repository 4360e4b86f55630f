"""出访参数: what the office tunes about trips abroad; its staff read it, chiefs change it with a reason."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from delegations.enums import SettingTopic
from delegations.flow import FLOW
from delegations.forms.settings import (
    SOURCES,
    HistoryFilter,
    LimitsForm,
    PlanForm,
    Reasoned,
    VisaFilter,
    VisaRuleForm,
)
from delegations.models import AllowanceRate, AnnualPlan, OfficeSetting, SettingChange, VisaRule
from delegations.services.settings import (
    LIMIT_FIELDS,
    change_limits,
    change_plan,
    change_visa_rule,
    may_edit,
    plan_subject,
    require_editor,
    require_reader,
    seen_of,
)
from waiban.core.errors import ActError
from waiban.core.paging import KeysetPage
from waiban.core.time import today
from waiban.places.models import Place
from waiban.workflow.views.common import put_errors

LAST = 20
HOME = ("出访参数", "delegations:settings")


def crumbs(*further: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the way to a page of the settings."""
    return [(HOME[0], reverse(HOME[1])), *further]


def history(request: HttpRequest, topic: SettingTopic, subject: str = "") -> list[SettingChange]:
    """Return the last changes of a subject; one query."""
    rows = SettingChange.objects.visible_to_actor(request.actor).filter(topic=topic, subject=subject)
    return list(rows.select_related("by")[:LAST])


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The overview: what stands where, how many, and what was changed last."""
    require_reader(request.actor)
    row = OfficeSetting.objects.filter(office_id=request.actor.office_id).first() or OfficeSetting()
    default = OfficeSetting()
    year = today().year
    plans = AnnualPlan.objects.filter(office_id=request.actor.office_id, year__in=(year, year + 1))
    known = {plan.year: plan for plan in plans}
    rates = AllowanceRate.objects.on(today())
    changes = SettingChange.objects.visible_to_actor(request.actor).select_related("by")
    context = {
        "row": row,
        "tuned": sum(getattr(row, name) != getattr(default, name) for name in LIMIT_FIELDS),
        "rules": VisaRule.objects.count(),
        "free": Place.objects.abroad().filter(visa_free_official=True).count(),
        **rates.aggregate(rates=Count("pk"), rate_places=Count("place", distinct=True)),
        "plans": [(wanted, known.get(wanted)) for wanted in (year, year + 1)],
        "flow_key": FLOW.key,
        "changes": changes[:10],
        "may_edit": may_edit(request.actor),
    }
    return render(request, "delegations/settings.html", context)


def _edit(
    request: HttpRequest,
    *,
    form: Reasoned,
    save: Callable[[dict[str, Any]], int],
    context: dict[str, Any],
    done: str,
    back: str,
) -> HttpResponse:
    """Show a form or save it; a refusal of the service stands at its field or above the form."""
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                number = save(form.cleaned_data)
            except ActError as error:
                put_errors(form, error)
                status = HTTPStatus(error.status)
            else:
                messages.success(request, f"{done}：改动 {number} 项，已记入修改记录。")
                return redirect(back)
    context |= {"form": form, "back_url": back, "submit_label": "保存", "may_edit": True}
    return render(request, "delegations/settings_form.html", context, status=status)


def _typed(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@require_http_methods(["GET", "POST"])
def limits(request: HttpRequest) -> HttpResponse:
    """Thresholds and prefixes: a table for readers, a form for who may change them."""
    require_reader(request.actor)
    office_id = request.actor.office_id
    row = OfficeSetting.objects.filter(office_id=office_id).first() or OfficeSetting(office_id=office_id)
    changes = history(request, SettingTopic.LIMITS)
    context = {
        "form_title": "规则参数",
        "form_lead": "政策预检按这些数核对；每项旁边是规则的出处和默认值。",
        "crumbs": crumbs(("规则参数", "")),
        "changes": changes,
    }
    if not may_edit(request.actor):
        if request.method == "POST":
            require_editor(request.actor)
        return render(request, "delegations/settings_limits.html", context | {"lines": _limit_lines(row)})
    form = LimitsForm(_typed(request), instance=row, initial={"seen": changes[0].pk if changes else 0})
    return _edit(
        request,
        form=form,
        save=lambda typed: change_limits(
            actor=request.actor,
            values={name: typed[name] for name in SOURCES},
            reason=typed["reason"],
            seen=typed["seen"],
        ),
        context=context,
        done="规则参数已保存",
        back=reverse("delegations:settings"),
    )


def _limit_lines(row: OfficeSetting) -> list[dict[str, Any]]:
    """One line a threshold: words, value, default, source."""
    lines = []
    for name, source in SOURCES.items():
        field = OfficeSetting._meta.get_field(name)
        value = getattr(row, name)
        words = {True: "是", False: "否"} if isinstance(value, bool) else {}
        lines.append(
            {
                "label": field.verbose_name,
                "value": words.get(value, value),
                "default": words.get(field.default, field.default),
                "tuned": value != field.default,
                "source": source,
            }
        )
    return lines


@require_GET
def visas(request: HttpRequest) -> HttpResponse:
    """How each country takes official travellers; a country without a row stands with the default."""
    require_reader(request.actor)
    form = VisaFilter(request.GET)
    rules = {rule.place_id: rule for rule in VisaRule.objects.all()}
    places = Place.objects.abroad()
    asked = form.asked
    if "continent" in asked:
        places = places.filter(continent=asked["continent"])
    if "q" in asked and "\0" not in asked["q"]:
        places = places.filter(name_zh__icontains=asked["q"])
    rows = [(place, rules.get(place.pk) or VisaRule(place=place), place.pk in rules) for place in places]
    rows = [row for row in rows if _fits(*row, asked)]
    context = {
        "rows": rows,
        "filter_form": form,
        "primary": ("q", "continent", "kind", "submit"),
        "active_filters": [],
        "total_text": f"共 {len(rows)} 个国家（地区）",
        "reset_url": request.path,
        "may_edit": may_edit(request.actor),
        "crumbs": crumbs(("签证口径", "")),
    }
    return render(request, "delegations/settings_visas.html", context)


def _fits(place: Place, rule: VisaRule, own: bool, asked: dict[str, str]) -> bool:
    kinds = {
        "free": place.visa_free_official,
        "evisa": rule.e_visa,
        "presence": place.needs_presence,
        "own": own,
        "default": not own and not place.visa_free_official,
    }
    if not kinds.get(asked.get("kind", ""), True):
        return False
    # Where nobody asks for a visa, none is handed in anywhere.
    return "submit" not in asked or (not place.visa_free_official and rule.submit_place == asked["submit"])


@require_http_methods(["GET", "POST"])
def visa(request: HttpRequest, place_code: str) -> HttpResponse:
    """Change how one country takes official travellers."""
    require_reader(request.actor)
    require_editor(request.actor)
    place = get_object_or_404(Place.objects.abroad(), code=place_code.upper())
    rule = VisaRule.objects.filter(place=place).first() or VisaRule(place=place)
    changes = history(request, SettingTopic.VISA, place.name_zh)
    seen = seen_of(request.actor.office_id, SettingTopic.VISA, place.name_zh)
    form = VisaRuleForm(_typed(request), instance=rule, place=place, initial={"seen": seen})
    back = reverse("delegations:settings_visas")
    return _edit(
        request,
        form=form,
        save=lambda typed: change_visa_rule(
            actor=request.actor, place=place, values=typed, reason=typed["reason"], seen=typed["seen"]
        ),
        context={
            "form_title": f"{place.name_zh} · 签证口径",
            "form_lead": "决定赴该国（地区）的团员要办哪些签证环节。",
            "crumbs": crumbs(("签证口径", back), (place.name_zh, "")),
            "changes": changes,
        },
        done=f"{place.name_zh}的口径已保存",
        back=back,
    )


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, year: int) -> HttpResponse:
    """Deadline, state and control figures of a year's plan; saving opens the plan of a new year."""
    require_reader(request.actor)
    require_editor(request.actor)
    if not 2000 <= year <= 2100:
        raise Http404
    mine = AnnualPlan.objects.filter(office_id=request.actor.office_id, year=year)
    row = mine.first() or AnnualPlan(office_id=request.actor.office_id, year=year)
    changes = history(request, SettingTopic.PLAN, plan_subject(year))
    form = PlanForm(_typed(request), instance=row, initial={"seen": changes[0].pk if changes else 0})
    return _edit(
        request,
        form=form,
        save=lambda typed: change_plan(
            actor=request.actor, year=year, values=typed, reason=typed["reason"], seen=typed["seen"]
        ),
        context={
            "form_title": f"{year} 年度计划",
            "form_lead": "申报截止日期、状态和全市控制数；各计划项在“年度计划”中办理。",
            "crumbs": crumbs((f"{year} 年度计划", "")),
            "changes": changes,
        },
        done=f"{year} 年度计划已保存",
        back=reverse("delegations:settings"),
    )


@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """The whole history, newest first."""
    require_reader(request.actor)
    form = HistoryFilter(request.GET)
    rows = SettingChange.objects.visible_to_actor(request.actor).select_related("by")
    if topic := form.topic_asked:
        rows = rows.filter(topic=topic)
    page = KeysetPage.of(request, rows, order=("-pk",))
    context = {
        "page": page,
        "rows": page.rows,
        "filter_form": form,
        "primary": ("topic",),
        "active_filters": [],
        "total_text": f"共 {page.total} 条",
        "reset_url": request.path,
        "crumbs": crumbs(("修改记录", "")),
    }
    return render(request, "delegations/settings_history.html", context)
