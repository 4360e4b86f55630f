"""Rows of the working calendar: one per imported notice, one per exceptional day, one version counter."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class CalendarYear(models.Model):
    """The imported holiday notice of one year. Its absence makes every deadline of that year 待定."""

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    source = models.CharField("文号或来源", max_length=100)
    published_on = models.DateField("发布日期", null=True, blank=True)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="导入人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    imported_at = models.DateTimeField("导入时间", db_default=Now())
    version = models.PositiveBigIntegerField("日历版本")

    class Meta:
        verbose_name = "年度放假安排"
        verbose_name_plural = "年度放假安排"
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                name="calendaryear_within_axis",
                condition=models.Q(year__gte=2020, year__lte=2040),
                violation_error_message="年份须在 2020 年至 2040 年之间。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.year} 年放假安排"


class Day(models.Model):
    """One day on which the office departs from the plain week: a day off, or a make-up working day."""

    date = models.DateField("日期", primary_key=True)
    is_workday = models.BooleanField("上班")
    name = models.CharField("名称", max_length=40)
    calendar = models.ForeignKey(
        CalendarYear, verbose_name="所属通知", on_delete=models.CASCADE, related_name="days"
    )

    class Meta:
        verbose_name = "放假与调休日"
        verbose_name_plural = "放假与调休日"
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(
                name="day_name_not_empty",
                condition=~models.Q(name=""),
                violation_error_message="请填写节日名称。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.name}{'上班' if self.is_workday else '放假'}"


class CalendarVersion(models.Model):
    """The single row that names the current state of the calendar.

    Its value comes from a database sequence, so a number that was used in a rolled-back transaction is never
    used again for other days; caches may rely on it.
    """

    singleton = models.BooleanField("唯一行", primary_key=True, default=True)
    value = models.PositiveBigIntegerField("版本")

    class Meta:
        verbose_name = "日历版本"
        verbose_name_plural = "日历版本"
        constraints = [
            models.CheckConstraint(
                name="calendarversion_single_row",
                condition=models.Q(singleton=True),
                violation_error_message="日历版本只能有一行。",
            )
        ]

    def __str__(self) -> str:
        return str(self.value)
