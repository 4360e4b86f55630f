"""Filters of the audit log; they live in the address."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from waiban.audit.enums import AuditKind, AuditResult
from waiban.audit.models import AuditEvent
from waiban.core.forms import DayInput
from waiban.core.time import at


class AuditFilter(django_filters.FilterSet):
    """By words (person, object, reason), kind, result, and days (both included)."""

    q = django_filters.CharFilter(label="人员、对象、事由", method="by_words")
    kind = django_filters.ChoiceFilter(label="类别", choices=AuditKind, empty_label="全部类别")
    result = django_filters.ChoiceFilter(label="结果", choices=AuditResult, empty_label="全部结果")
    since = django_filters.DateFilter(label="自", method="from_day", widget=DayInput)
    until = django_filters.DateFilter(label="至", method="to_day", widget=DayInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.form.fields.values():
            field.widget.attrs["class"] = "form-select" if hasattr(field, "choices") else "form-control"

    class Meta:
        model = AuditEvent
        fields = ["q", "kind", "result", "since", "until"]

    def by_words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Every word must be found in one of the texts."""
        for word in value[:100].replace("\0", "").split():
            queryset = queryset.filter(
                Q(actor_name__icontains=word) | Q(object_text__icontains=word) | Q(reason__icontains=word)
            )
        return queryset

    def from_day(self, queryset: QuerySet, name: str, value: object) -> QuerySet:
        """From the start of the day."""
        return queryset.filter(at__gte=at(value, "00:00"))

    def to_day(self, queryset: QuerySet, name: str, value: object) -> QuerySet:
        """To the end of the day."""
        return queryset.filter(at__lte=at(value, "23:59:59.999999"))
