"""Questions to the register of outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from waiban.outcomes.enums import Kind
from waiban.outcomes.models import Outcome

ORDER = ("-signed_on", "-pk")


@dataclass(frozen=True, slots=True)
class Sums:
    """What a set of outcomes adds up to: sessions and visits by count, projects once each, amounts in 元."""

    promotions: int
    visits: int
    projects: int
    leads: int
    friendships: int
    investment_yuan: Decimal
    trade_yuan: Decimal


def sums(outcomes: QuerySet[Outcome]) -> Sums:
    """Add up a filtered set; one query."""

    def counted(kind: str) -> Any:
        return Sum("count", filter=Q(kind=kind), default=0)

    def rows(kind: str) -> Any:
        return Count("pk", filter=Q(kind=kind))

    found = outcomes.order_by().aggregate(
        promotions=counted(Kind.PROMOTION),
        visits=counted(Kind.VISIT),
        projects=rows(Kind.PROJECT),
        leads=rows(Kind.LEAD),
        friendships=rows(Kind.FRIENDSHIP),
        investment_yuan=Sum("investment_yuan", default=Decimal(0)),
        trade_yuan=Sum("trade_yuan", default=Decimal(0)),
    )
    return Sums(**found)


def of_case(case_id: Any) -> QuerySet[Outcome]:
    """Outcomes of one case, newest first, with their places."""
    return Outcome.objects.filter(case_id=case_id).select_related("place").order_by(*ORDER)


def has_outcomes(case_id: Any) -> bool:
    """Tell whether a case has reached anything yet."""
    return Outcome.objects.filter(case_id=case_id).exists()
