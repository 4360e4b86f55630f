"""Rows of the working calendar: one per imported notice, one per exceptional day, one version counter."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Q

from waiban.core.time import now


class CalendarQuerySet(models.QuerySet):
    """The calendar is the State Council's and the same for everybody."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> CalendarQuerySet:
        """Everything for whoever is signed in, nothing for others."""
        return self if user.is_authenticated and user.is_active else self.none()


class CalendarYear(models.Model):
    """The imported holiday notice of one year. Its absence makes every deadline of that year 待定."""

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    source = models.CharField("文号或来源", max_length=100)
    published_on = models.DateField("发布日期", null=True, blank=True)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="导入人",
        help_text="为空表示随系统预置。",
    )
    imported_at = models.DateTimeField("导入时间", default=now)
    version = models.PositiveBigIntegerField("日历版本")

    objects = CalendarQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度放假安排"
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                name="calendaryear_within_axis",
                condition=Q(year__gte=2020, year__lte=2040),
                violation_error_message="年份须在 2020 年至 2040 年之间。",
            ),
            models.CheckConstraint(
                name="calendaryear_has_source",
                condition=~Q(source=""),
                violation_error_message="请填写文号或来源。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年放假安排"


class Day(models.Model):
    """One day on which the office departs from the plain week: a day off, or a make-up working day."""

    date = models.DateField("日期", primary_key=True)
    is_workday = models.BooleanField("上班")
    name = models.CharField("名称", max_length=40)
    calendar = models.ForeignKey(CalendarYear, models.CASCADE, related_name="days", verbose_name="所属通知")

    objects = CalendarQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "放假与调休日"
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(
                name="day_has_name",
                condition=~Q(name=""),
                violation_error_message="请填写节日名称。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.name}{'上班' if self.is_workday else '放假'}"


class CalendarVersion(models.Model):
    """The single row that names the present state of the calendar.

    Its value comes from a database sequence: a number that was used in a rolled-back transaction is never
    used again for other days, so every process may cache by it.
    """

    singleton = models.BooleanField("唯一行", primary_key=True, default=True)
    value = models.PositiveBigIntegerField("版本")

    class Meta:
        verbose_name = verbose_name_plural = "日历版本"
        constraints = [
            models.CheckConstraint(
                name="calendarversion_single_row",
                condition=Q(singleton=True),
                violation_error_message="日历版本只能有一行。",
            )
        ]

    def __str__(self) -> str:
        return str(self.value)
