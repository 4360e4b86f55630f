"""Budget and settlement lines, and the published allowance rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Sum

from delegations.enums import FeeType, FundSource, LineKind
from delegations.models.base import OfDelegationQuerySet, ReferenceQuerySet
from delegations.models.delegation import Delegation
from waiban.core.db import choices_check, period_check


class BudgetLineQuerySet(OfDelegationQuerySet):
    def total(self) -> Decimal:
        """Sum in yuan."""
        return self.aggregate(total=Sum("yuan"))["total"] or Decimal(0)


class BudgetLine(models.Model):
    """One line of the budget or of the settlement. Amounts: `amount` in the currency, `yuan` in yuan."""

    delegation = models.ForeignKey(
        Delegation, models.CASCADE, related_name="budget_lines", verbose_name="团组"
    )
    kind = models.CharField("种类", max_length=10, choices=LineKind, default=LineKind.BUDGET)
    fee_type = models.CharField("费用类型", max_length=14, choices=FeeType)
    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="国家（地区）"
    )
    city = models.CharField("城市", max_length=60, blank=True)
    currency = models.CharField("币种", max_length=3, default="CNY")
    standard = models.DecimalField("标准", max_digits=12, decimal_places=2, null=True, blank=True)
    days = models.PositiveSmallIntegerField("天数（夜数）", null=True, blank=True)
    people = models.PositiveSmallIntegerField("人数", null=True, blank=True)
    amount = models.DecimalField("外币小计", max_digits=14, decimal_places=2)
    rate = models.DecimalField("汇率", max_digits=12, decimal_places=6, default=Decimal(1))
    rate_on = models.DateField("取价日", null=True, blank=True)
    yuan = models.DecimalField("人民币小计", max_digits=14, decimal_places=2)
    over_standard = models.BooleanField("超标准", default=False)
    over_reason = models.CharField("事先报批依据", max_length=200, blank=True)
    source = models.CharField("费用来源", max_length=12, choices=FundSource, default=FundSource.TREASURY)

    objects = BudgetLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "经费明细"
        ordering = ["delegation", "kind", "pk"]
        constraints = [
            choices_check("kind", LineKind, name="budget_kind"),
            choices_check("fee_type", FeeType, name="budget_fee_type"),
            choices_check("source", FundSource, name="budget_source"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, yuan__gte=0, rate__gt=0),
                name="budget_not_negative",
                violation_error_message="金额不得为负，汇率须大于 0。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_fee_type_display()} {self.yuan}"


class AllowanceRateQuerySet(ReferenceQuerySet):
    def on(self, day: date) -> AllowanceRateQuerySet:
        """Rates that hold on a day; by rule the day of exit."""
        return self.since(day).filter(valid_from__lte=day)

    def since(self, day: date) -> AllowanceRateQuerySet:
        """Rates that hold on a day or begin to hold after it."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day))


class AllowanceRate(models.Model):
    """Published standard per person and day (财行〔2013〕516号 and its later adjustment), by version."""

    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+", verbose_name="国家（地区）")
    city = models.CharField("城市", max_length=80, blank=True, help_text="留空为全境，多个城市用顿号分开。")
    currency = models.CharField("币种", max_length=3)
    lodging = models.DecimalField("住宿", max_digits=10, decimal_places=2)
    meals = models.DecimalField("伙食", max_digits=10, decimal_places=2)
    misc = models.DecimalField("公杂", max_digits=10, decimal_places=2)
    valid_from = models.DateField("生效")
    valid_to = models.DateField("失效", null=True, blank=True)
    source = models.CharField("依据", max_length=120)

    objects = AllowanceRateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "经费标准"
        ordering = ["place", "city", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "city", "valid_from"],
                name="rate_once",
                violation_error_message="该城市同日生效的标准已存在。",
            ),
            period_check("valid_from", "valid_to", "失效日期不得早于生效日期。"),
            models.CheckConstraint(
                condition=Q(lodging__gte=0, meals__gte=0, misc__gte=0),
                name="rate_not_negative",
                violation_error_message="标准不得为负。",
            ),
            ExclusionConstraint(
                name="rate_one_at_a_time",
                expressions=[
                    ("place", RangeOperators.EQUAL),
                    ("city", RangeOperators.EQUAL),
                    (
                        Func(
                            F("valid_from"),
                            F("valid_to"),
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="该城市同一时期已有标准，请先终止原标准。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.city or '全境'}"
