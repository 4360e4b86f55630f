"""Filters of the register; they live in the address."""

from collections.abc import Callable
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from waiban.core.time import today
from waiban.outcomes.enums import Kind, ProjectType, Status
from waiban.outcomes.models import Outcome
from waiban.places.models import Place
from waiban.workflow.registry import current_bindings

FIRST_YEAR = 2015


def _years() -> list[tuple[int, str]]:
    return [(year, f"{year} 年") for year in range(today().year, FIRST_YEAR - 1, -1)]


def _flows() -> list[tuple[str, str]]:
    return [(binding.flow.key, binding.label) for binding in current_bindings()]


def _places() -> list[tuple[int, str]]:
    return list(Place.objects.abroad().values_list("pk", "name_zh"))


def _choice(label: str, choices: Any | Callable[[], Any], everything: str, **more: Any) -> Any:
    return django_filters.ChoiceFilter(
        label=label,
        choices=choices,
        empty_label=everything,
        widget=forms.Select(attrs={"class": "form-select"}),
        **more,
    )


class OutcomeFilter(django_filters.FilterSet):
    """By words, kind, project type, progress, year, business, place, and what is to be followed up."""

    q = django_filters.CharFilter(label="名称、单位、编号", method="by_words")
    kind = _choice("类别", Kind.choices, "全部类别")
    year = _choice("年度", _years, "全部年度", field_name="signed_on", lookup_expr="year")
    status = _choice("进展", Status.choices, "全部进展")
    project_type = _choice("项目类型", ProjectType.choices, "全部类型")
    flow = _choice("业务", _flows, "全部业务", field_name="case__flow_key")
    place = _choice("国家（地区）", _places, "全部国家（地区）")
    due = django_filters.BooleanFilter(
        label="只看应跟进",
        method="to_follow_up",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    class Meta:
        model = Outcome
        fields = ["q", "kind", "year", "status", "project_type", "flow", "place", "due"]

    def by_words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Every word must be found in title, parties, project code or number of the case."""
        for word in value[:100].replace("\0", "").split():
            queryset = queryset.filter(
                Q(title__icontains=word)
                | Q(partner__icontains=word)
                | Q(domestic_partner__icontains=word)
                | Q(project_code__iexact=word)
                | Q(case__reference__icontains=word)
            )
        return queryset

    def to_follow_up(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        """Outcomes whose next day has come."""
        return queryset.filter(next_on__lte=today()) if value else queryset
