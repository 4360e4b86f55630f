"""Outcomes reached by cases of all businesses, each counted once, and what became of them."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Round
from django.db.models.lookups import Exact

from waiban.accounts.models import Office, User
from waiban.core.db import choices_check
from waiban.core.text import validate_visible
from waiban.outcomes.enums import Currency, Kind, ProjectType, Status
from waiban.places.models import Place
from waiban.workflow.visibility import OfCaseQuerySet

NO_AMOUNT = Q(investment_yuan__isnull=True, trade_yuan__isnull=True)


class Outcome(models.Model):
    """One thing reached. Amounts in 元; investment and trade stand apart and are never added up.

    The original amount, its currency and the rate are kept beside the yuan computed from them.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="outcomes", verbose_name="所属外办")
    case = models.ForeignKey(
        "workflow.Case", models.PROTECT, related_name="outcomes", verbose_name="来源事项"
    )
    kind = models.CharField("类别", max_length=12, choices=Kind)
    title = models.CharField("名称（主题）", max_length=120, validators=[validate_visible])
    signed_on = models.DateField("日期", help_text="签约日期；推介、拜会填举办日期。")
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="outcomes", verbose_name="国家（地区）"
    )
    city = models.CharField("城市", max_length=60, blank=True)
    partner = models.CharField("外方单位", max_length=200, blank=True)
    domestic_partner = models.CharField("中方单位", max_length=200, blank=True)
    count = models.PositiveIntegerField("场次（家数）", default=1)
    foreign_units = models.PositiveIntegerField("到会外方单位数", default=0)
    people = models.PositiveIntegerField("到会人数", default=0)
    is_top500 = models.BooleanField("世界 500 强（链主）", default=False)
    project_type = models.CharField("项目类型", max_length=12, choices=ProjectType, blank=True)
    investment_yuan = models.DecimalField(
        "投资额（元）", max_digits=14, decimal_places=2, null=True, blank=True
    )
    trade_yuan = models.DecimalField("贸易额（元）", max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField("原币种", max_length=3, choices=Currency, default=Currency.CNY)
    original_amount = models.DecimalField("原币金额", max_digits=16, decimal_places=2, null=True, blank=True)
    rate = models.DecimalField("折算汇率", max_digits=12, decimal_places=6, null=True, blank=True)
    status = models.CharField("进展", max_length=12, choices=Status, blank=True)
    county = models.CharField("落地县市区", max_length=40, blank=True)
    evidence = models.CharField("佐证材料", max_length=300, blank=True)
    project_code = models.CharField("项目编码", max_length=40, blank=True)
    department_text = models.CharField("跟进部门", max_length=80, blank=True)
    next_on = models.DateField("下次跟进", null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", verbose_name="登记人")
    created_at = models.DateTimeField("登记时间")
    version = models.PositiveIntegerField("版次", default=1)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = "成果"
        verbose_name_plural = "成果"
        ordering = ("-signed_on", "-pk")
        constraints = [
            choices_check("kind", Kind),
            choices_check("project_type", ProjectType, blank=True),
            choices_check("currency", Currency),
            choices_check("status", Status, blank=True),
            models.UniqueConstraint(
                fields=("office", "project_code"),
                condition=~Q(project_code=""),
                name="outcome_project_once",
                violation_error_message="该项目编码已登记，同一项目只计一次。",
            ),
            models.CheckConstraint(
                name="outcome_one_amount",
                condition=Q(investment_yuan__isnull=True) | Q(trade_yuan__isnull=True),
                violation_error_message="投资额与贸易额分列，不能同时填写。",
            ),
            models.CheckConstraint(
                name="outcome_amount_of_project",
                condition=NO_AMOUNT | Q(kind=Kind.PROJECT),
                violation_error_message="只有签约项目登记金额。",
            ),
            models.CheckConstraint(
                name="outcome_amount_has_origin",
                condition=(NO_AMOUNT & Q(original_amount__isnull=True))
                | Q(
                    Exact(
                        Coalesce("investment_yuan", "trade_yuan", Value(Decimal(0))),
                        Round(F("original_amount") * F("rate"), precision=2),
                    ),
                    original_amount__isnull=False,
                    rate__isnull=False,
                ),
                violation_error_message="人民币金额须等于原币金额乘以汇率。",
            ),
            models.CheckConstraint(
                name="outcome_amount_positive",
                condition=(Q(investment_yuan__isnull=True) | Q(investment_yuan__gt=0))
                & (Q(trade_yuan__isnull=True) | Q(trade_yuan__gt=0)),
                violation_error_message="金额须大于 0。",
            ),
            models.CheckConstraint(
                name="outcome_count_positive",
                condition=Q(count__gte=1),
                violation_error_message="场次（家数）至少为 1。",
            ),
        ]
        indexes = [
            models.Index(fields=("office", "-signed_on", "-id"), name="outcome_newest"),
            models.Index(
                fields=("office", "next_on"), condition=Q(next_on__isnull=False), name="outcome_next"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class OfOutcomeQuerySet(models.QuerySet["OutcomeFollowUp"]):
    """Rows that hang on an outcome: visible as its case is."""

    def visible_to(self, user: User) -> OfOutcomeQuerySet:
        """Follow-ups of the outcomes that the reader may see."""
        return self.filter(outcome__in=Outcome.objects.visible_to(user))


class OutcomeFollowUp(models.Model):
    """What was learnt about an outcome on a day; what was wrong in it is corrected by the next one."""

    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="follow_ups", verbose_name="成果")
    on = models.DateField("跟进日期")
    note = models.CharField("跟进情况", max_length=500, validators=[validate_visible])
    status = models.CharField("进展", max_length=12, choices=Status, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="跟进人")
    next_on = models.DateField("下次跟进", null=True, blank=True)
    created_at = models.DateTimeField("登记时间")

    objects = OfOutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = "成果跟踪"
        verbose_name_plural = "成果跟踪"
        ordering = ("-on", "-pk")
        constraints = [
            choices_check("status", Status, blank=True),
            models.CheckConstraint(
                name="outcome_follow_up_order",
                condition=Q(next_on__isnull=True) | Q(next_on__gt=F("on")),
                violation_error_message="下次跟进日期须晚于本次跟进日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome_id} {self.on}"
