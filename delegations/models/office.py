"""What an office tunes: the thresholds of its rules and how countries take visa applications."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from delegations.enums import SubmitPlace
from delegations.models.base import OfficeQuerySet, ReferenceQuerySet
from delegations.rules.limits import Limits
from waiban.accounts.models import Office
from waiban.core.db import choices_check

DEFAULTS = Limits()


class OfficeSetting(models.Model):
    """The office's own thresholds; an office without a row works with the defaults of `rules.limits`."""

    office = models.OneToOneField(
        Office, models.CASCADE, primary_key=True, related_name="+", verbose_name="机构"
    )
    max_members = models.PositiveSmallIntegerField("人数上限", default=DEFAULTS.max_members)
    max_countries = models.PositiveSmallIntegerField("国数上限", default=DEFAULTS.max_countries)
    days_one = models.PositiveSmallIntegerField("1 国天数上限", default=DEFAULTS.days[1])
    days_two = models.PositiveSmallIntegerField("2 国天数上限", default=DEFAULTS.days[2])
    days_three = models.PositiveSmallIntegerField("3 国天数上限", default=DEFAULTS.days[3])
    publicity_workdays = models.PositiveSmallIntegerField("公示工作日", default=DEFAULTS.publicity_workdays)
    passport_months = models.PositiveSmallIntegerField(
        "回国后护照最少有效月数", default=DEFAULTS.passport_months
    )
    bureau_trips = models.PositiveSmallIntegerField("厅局级次数上限", default=DEFAULTS.bureau_trips)
    bureau_years = models.PositiveSmallIntegerField("厅局级计算年数", default=DEFAULTS.bureau_years)
    division_trips = models.PositiveSmallIntegerField("处级次数上限", default=DEFAULTS.division_trips)
    division_years = models.PositiveSmallIntegerField("处级计算年数", default=DEFAULTS.division_years)
    exit_proof = models.BooleanField("办理出境证明", default=DEFAULTS.exit_proof)
    report_days = models.PositiveSmallIntegerField("出访报告期限（天）", default=DEFAULTS.report_days)
    case_prefix = models.CharField("团组编号字头", max_length=12, default="滨外出")
    paper_prefix = models.CharField("任务批件字头", max_length=12, default="滨外出任")

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "出访规则参数"
        constraints = [
            models.CheckConstraint(
                condition=Q(max_members__gte=1, max_countries__gte=1, publicity_workdays__gte=1),
                name="setting_positive",
                violation_error_message="上限须大于 0。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.office} 出访规则参数"

    def limits(self) -> Limits:
        """Return the thresholds as the rules take them."""
        return Limits(
            max_members=self.max_members,
            max_countries=self.max_countries,
            days={1: self.days_one, 2: self.days_two, 3: self.days_three},
            publicity_workdays=self.publicity_workdays,
            passport_months=self.passport_months,
            bureau_trips=self.bureau_trips,
            bureau_years=self.bureau_years,
            division_trips=self.division_trips,
            division_years=self.division_years,
            exit_proof=self.exit_proof,
            report_days=self.report_days,
        )


class VisaRule(models.Model):
    """How a country takes official visa applications; beside `Place`, which knows who enters without one.

    A country without a row asks for a sticker visa, handed in at Beijing.
    """

    place = models.OneToOneField(
        "places.Place", models.CASCADE, primary_key=True, related_name="+", verbose_name="国家（地区）"
    )
    e_visa = models.BooleanField("电子签证", default=False)
    submit_place = models.CharField("送签地", max_length=10, choices=SubmitPlace, default=SubmitPlace.BEIJING)
    visa_kind = models.CharField("常用签证类型", max_length=20, blank=True)
    source = models.CharField("依据", max_length=200, blank=True)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "签证口径"
        constraints = [choices_check("submit_place", SubmitPlace, name="visarule_submit_place")]

    def __str__(self) -> str:
        return str(self.place)
