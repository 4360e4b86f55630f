"""The yearly plan of trips abroad: what each unit declares and what the province lets it have."""

from django.db import models
from django.db.models import Q

from delegations.enums import Category, PlanItemState, PlanState, PlanType, Quarter
from delegations.models.base import OfficeQuerySet, UnitQuerySet
from waiban.accounts.models import Department, Office
from waiban.core.db import choices_check
from waiban.core.text import validate_visible


class AnnualPlan(models.Model):
    """The plan of one year of an office. The quotas are the control figures of the approval."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="机构")
    year = models.PositiveSmallIntegerField("年度")
    deadline = models.DateField("申报截止", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=PlanState, default=PlanState.OPEN)
    quota_groups = models.PositiveSmallIntegerField("批次控制数", null=True, blank=True)
    quota_people = models.PositiveSmallIntegerField("人次控制数", null=True, blank=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度出访计划"
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "year"], name="plan_year_once", violation_error_message="该年度计划已建立。"
            ),
            choices_check("state", PlanState, name="plan_state"),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100),
                name="plan_year",
                violation_error_message="年度应在 2000 至 2100 之间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年度出访计划"


class PlanItemQuerySet(UnitQuerySet):
    """Plan items; the office of an item is that of its plan."""

    def approved(self) -> "PlanItemQuerySet":
        """Items that have been approved with their control figures."""
        return self.filter(state=PlanItemState.APPROVED)


class PlanItem(models.Model):
    """One planned group of a unit, with the control figures of groups and person-times."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="机构")
    plan = models.ForeignKey(AnnualPlan, models.PROTECT, related_name="items", verbose_name="年度计划")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="申报单位")
    name = models.CharField("团组名称", max_length=60, validators=[validate_visible])
    plan_type = models.CharField("计划类型", max_length=12, choices=PlanType, default=PlanType.CONTROLLED)
    category = models.CharField("团组类别", max_length=12, choices=Category, default=Category.TRADE)
    places = models.ManyToManyField("places.Place", related_name="+", verbose_name="出访国家（地区）")
    quarter = models.PositiveSmallIntegerField("计划季度", choices=Quarter, null=True, blank=True)
    month = models.PositiveSmallIntegerField("计划月份", null=True, blank=True)
    people = models.PositiveSmallIntegerField("计划人数")
    days = models.PositiveSmallIntegerField("计划天数")
    purpose = models.CharField("出访目的", max_length=300, blank=True)
    is_investment = models.BooleanField("招商导向", default=False)
    quota_groups = models.PositiveSmallIntegerField("批次控制数", default=1)
    quota_people = models.PositiveSmallIntegerField("人次控制数", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=PlanItemState, default=PlanItemState.DECLARED)
    number = models.PositiveSmallIntegerField("计划编号", null=True, blank=True)
    reply_no = models.CharField("批复文号", max_length=40, blank=True)
    replied_on = models.DateField("批复日期", null=True, blank=True)

    objects = PlanItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "计划项"
        ordering = ["plan", "number", "pk"]
        constraints = [
            choices_check("plan_type", PlanType, name="planitem_type"),
            choices_check("category", Category, name="planitem_category"),
            choices_check("state", PlanItemState, name="planitem_state"),
            models.UniqueConstraint(
                fields=["plan", "number"],
                name="planitem_number_once",
                violation_error_message="该计划编号已被使用。",
            ),
            models.CheckConstraint(
                condition=Q(people__gte=1) & Q(days__gte=1),
                name="planitem_positive",
                violation_error_message="人数和天数须大于 0。",
            ),
            models.CheckConstraint(
                condition=Q(month=None) | Q(month__gte=1, month__lte=12),
                name="planitem_month",
                violation_error_message="月份应在 1 至 12 之间。",
            ),
            models.CheckConstraint(
                condition=Q(quarter=None) | Q(quarter__in=Quarter.values),
                name="planitem_quarter",
                violation_error_message="请选择一至四季度。",
            ),
            models.CheckConstraint(
                condition=~Q(state=PlanItemState.APPROVED)
                | (Q(number__isnull=False) & Q(quota_people__isnull=False)),
                name="planitem_approved_has_number",
                violation_error_message="已批复的计划项须有计划编号和人次控制数。",
            ),
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 项 {self.name}" if self.number else self.name
