"""Filters of the list of delegations. They live in the address, so a list can be sent to a colleague."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from delegations.enums import Category
from delegations.flow import FLOW
from delegations.models import Stop
from waiban.accounts.enums import DepartmentKind
from waiban.accounts.models import Department
from waiban.core.time import today
from waiban.places.models import Place
from waiban.workflow.enums import OPEN_STATES, CaseStatus, Light, Mode
from waiban.workflow.models import Case, WorkItem

RUNNING, PAUSED, ALL = "running", "paused", "all"
STATUSES = [(PAUSED, "已挂起"), *CaseStatus.choices[1:], (ALL, "全部状态")]
LIGHTS = [(light.value, light.label) for light in (Light.RED, Light.AMBER, Light.GREEN)]
SORTS = [("slack", "余量由少到多"), ("newest", "最新立案在前")]
OLDEST_YEAR = 2024


class DayInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"


def year_choices() -> list[tuple[str, str]]:
    """Years of exit that can be asked for: next year back to the first."""
    return [(str(year), f"{year} 年") for year in range(today().year + 1, OLDEST_YEAR - 1, -1)]


class DelegationFilter(django_filters.FilterSet):
    """What is asked of the list. Unknown or broken values in the address are ignored, never an error."""

    q = django_filters.CharFilter(label="编号、团组、单位", method="by_words")
    status = django_filters.ChoiceFilter(
        label="状态", method="by_status", choices=STATUSES, empty_label="在办"
    )
    light = django_filters.ChoiceFilter(label="灯", choices=LIGHTS, empty_label="全部")
    stage = django_filters.ChoiceFilter(label="环节段", method="by_stage", empty_label="全部")
    category = django_filters.ChoiceFilter(
        label="类别", field_name="delegation__category", choices=Category.choices, empty_label="全部"
    )
    department = django_filters.ModelChoiceFilter(
        label="组团单位", queryset=Department.objects.none(), empty_label="全部"
    )
    place = django_filters.ModelChoiceFilter(
        label="国家（地区）", method="by_place", queryset=Place.objects.abroad(), empty_label="全部"
    )
    year = django_filters.ChoiceFilter(
        label="年度", method="by_year", choices=year_choices, empty_label="全部"
    )
    exit_from = django_filters.DateFilter(
        label="出境日期起", field_name="delegation__exit_date", lookup_expr="gte", widget=DayInput
    )
    exit_to = django_filters.DateFilter(
        label="出境日期止", field_name="delegation__exit_date", lookup_expr="lte", widget=DayInput
    )
    mode = django_filters.ChoiceFilter(label="办理方式", choices=Mode.choices, empty_label="全部")
    sort = django_filters.ChoiceFilter(label="排序", method="keep", choices=SORTS[1:], empty_label="余量")

    class Meta:
        model = Case
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        office_id = self.request.actor.office_id
        self.filters["department"].queryset = Department.objects.filter(
            office_id=office_id, kind=DepartmentKind.UNIT
        )
        self.filters["stage"].extra["choices"] = [(stage.key, stage.name) for stage in FLOW.stages]
        self.filters["sort"].extra["empty_label"] = SORTS[0][1]
        for name, field in self.form.fields.items():
            plain = isinstance(field.widget, forms.TextInput | forms.DateInput)
            field.widget.attrs["class"] = "form-control" if plain or name == "q" else "form-select"
            if name == "q":
                field.max_length = 60
        self.form.fields["department"].label_from_instance = lambda unit: unit.short_name

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """Apply what could be read; a list without a wanted status shows what is running."""
        for name, value in self.form.cleaned_data.items():
            queryset = self.filters[name].filter(queryset, value)
        if not self.form.cleaned_data.get("status"):
            queryset = queryset.filter(status=CaseStatus.RUNNING)
        return queryset

    @property
    def asked(self) -> dict[str, Any]:
        """What was asked for and understood."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "")}

    @property
    def by_slack(self) -> bool:
        """Whether the scarcest slack comes first; otherwise the newest."""
        return self.asked.get("sort") != "newest"

    def words_of(self, name: str, value: Any) -> str:
        """Say a value as people read it."""
        if isinstance(value, Department):
            return value.short_name
        choices = {str(key): text for key, text in getattr(self.form.fields[name], "choices", [])}
        if isinstance(value, date | Place):
            return str(value)
        return str(choices.get(str(value), value))

    def keep(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Sorting is no filter."""
        return queryset

    def by_words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Every word occurs in the number, the title or the name of the unit."""
        for word in value.split()[:5]:
            queryset = queryset.filter(
                Q(reference__icontains=word)
                | Q(title__icontains=word)
                | Q(department__short_name__icontains=word)
            )
        return queryset

    def by_status(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Paused cases are running ones whose clock stands."""
        if value == ALL:
            return queryset
        if value == PAUSED:
            return queryset.filter(status=CaseStatus.RUNNING, paused_at__isnull=False)
        return queryset.filter(status=value)

    def by_stage(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """A step of the stage is open."""
        keys = [step.key for step in FLOW.steps if step.stage == value]
        open_there = WorkItem.objects.filter(case=OuterRef("pk"), state__in=OPEN_STATES, step_key__in=keys)
        return queryset.filter(Exists(open_there))

    def by_place(self, queryset: QuerySet, name: str, value: Place) -> QuerySet:
        """The route leads there; a change of planes inside the airport does not count."""
        there = Stop.objects.filter(delegation=OuterRef("pk"), place=value, inside_airport=False)
        return queryset.filter(Exists(there))

    def by_year(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """The year of the day of exit."""
        return queryset.filter(delegation__exit_date__year=int(value))
