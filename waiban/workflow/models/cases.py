"""A case, the people who take part in it, and the intervals in which its clock stands still."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from waiban.accounts.models import Department, Office
from waiban.core.db import choices_check

from ..enums import CaseStatus, Light, Mode
from ..visibility import CaseQuerySet, OfCaseQuerySet

USER = settings.AUTH_USER_MODEL

NO_SLACK = 1_000_000
"""Stands for "no slack known" in sorting: such cases come last."""


class Case(models.Model):
    """One piece of the office's work, walking one flow in the version with which it was started.

    Half-day numbers (`slack`, `scheduled_index`) are those of `waiban.workdays.axis`. The schedule
    columns are written by every act, so that lists sort by slack without computing anything.
    """

    office = models.ForeignKey(Office, models.PROTECT, verbose_name="机构")
    flow_key = models.CharField("流程", max_length=40)
    flow_version = models.PositiveSmallIntegerField("流程版本", default=1)
    reference = models.CharField("编号", max_length=40)
    title = models.CharField("名称", max_length=120)
    department = models.ForeignKey(Department, models.PROTECT, verbose_name="组团单位", related_name="cases")
    owner = models.ForeignKey(USER, models.PROTECT, verbose_name="经办人", related_name="owned_cases")
    status = models.CharField("状态", max_length=12, choices=CaseStatus, default=CaseStatus.RUNNING)
    mode = models.CharField("办理方式", max_length=10, choices=Mode, default=Mode.STANDARD)
    facts = models.JSONField("情况", default=dict)
    dates = models.JSONField("日期", default=dict)
    started_at = models.DateTimeField("立案时间")
    anchor_at = models.DateTimeField("起算时间", null=True, blank=True)
    goal_at = models.DateTimeField("达成时间", null=True, blank=True)
    target_date = models.DateField("计划日期", null=True, blank=True)
    forecast_date = models.DateField("预计日期", null=True, blank=True)
    forecast_tentative = models.BooleanField("预计日期待定", default=False)
    end_date = models.DateField("预计办结", null=True, blank=True)
    slack = models.IntegerField("余量(半日)", null=True, blank=True)
    light = models.CharField("灯", max_length=6, choices=Light, default=Light.GREEN)
    light_word = models.CharField("灯语", max_length=12, default="正常")
    holder_text = models.CharField("在办", max_length=160, blank=True)
    done_count = models.PositiveSmallIntegerField("已办环节", default=0)
    step_count = models.PositiveSmallIntegerField("适用环节", default=0)
    scheduled_index = models.IntegerField("排期半日", default=0)
    calendar_version = models.IntegerField("日历版本", default=0)
    paused_at = models.DateTimeField("挂起时间", null=True, blank=True)
    pause_count = models.PositiveSmallIntegerField("挂起次数", default=0)
    version = models.PositiveIntegerField("版次", default=1)
    log_seq = models.PositiveIntegerField("日志序号", default=0)
    log_hash = models.CharField("日志摘要", max_length=64, blank=True)
    last_activity_at = models.DateTimeField("最近办理")
    closed_at = models.DateTimeField("结案时间", null=True, blank=True)
    closed_reason = models.CharField("结案说明", max_length=500, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "办件"
        verbose_name_plural = "办件"
        constraints = [
            models.UniqueConstraint(
                fields=["office", "reference"], name="case_reference", violation_error_message="编号已被使用"
            ),
            choices_check("status", CaseStatus, name="case_status"),
            choices_check("mode", Mode, name="case_mode"),
            choices_check("light", Light, name="case_light"),
            models.CheckConstraint(
                condition=Q(status=CaseStatus.RUNNING, closed_at=None)
                | (~Q(status=CaseStatus.RUNNING) & Q(closed_at__isnull=False)),
                name="case_closed_has_time",
                violation_error_message="结案的办件必须有结案时间",
            ),
        ]
        indexes = [
            models.Index(fields=["office", "flow_key", "-id"], name="case_newest"),
            models.Index(fields=["department", "flow_key", "-id"], name="case_department_newest"),
            models.Index(
                F("office"),
                F("flow_key"),
                Coalesce("slack", Value(NO_SLACK)),
                F("id"),
                name="case_slack",
                condition=Q(status=CaseStatus.RUNNING),
            ),
            models.Index(
                fields=["scheduled_index"], name="case_recount", condition=Q(status=CaseStatus.RUNNING)
            ),
            models.Index(fields=["owner", "-id"], name="case_owner_newest"),
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="case_title_trgm"),
            GinIndex(fields=["reference"], opclasses=["gin_trgm_ops"], name="case_reference_trgm"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def is_running(self) -> bool:
        return self.status == CaseStatus.RUNNING


class Participant(models.Model):
    """A person for whom the steps of kind "per member" exist. Leaving voids what is unfinished."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="participants", verbose_name="办件")
    user = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="participations", verbose_name="账户"
    )
    name = models.CharField("姓名", max_length=60)
    title = models.CharField("职务", max_length=80, blank=True)
    is_lead = models.BooleanField("团长", default=False)
    joined_at = models.DateTimeField("加入时间")
    left_at = models.DateTimeField("退出时间", null=True, blank=True)
    left_reason = models.CharField("退出原因", max_length=200, blank=True)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = "参加人"
        verbose_name_plural = "参加人"
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(is_lead=True, left_at=None),
                name="participant_one_lead",
                violation_error_message="一个团组只能有一位团长",
            ),
            models.UniqueConstraint(
                fields=["case", "user"],
                condition=Q(left_at=None, user__isnull=False),
                name="participant_user_once",
                violation_error_message="该人员已在团组中",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Pause(models.Model):
    """An interval in which the clock of a case stands still."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="pauses", verbose_name="办件")
    starts_at = models.DateTimeField("挂起时间")
    ends_at = models.DateTimeField("恢复时间", null=True, blank=True)
    reason = models.CharField("挂起原因", max_length=300)
    paused_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="挂起人")
    resumed_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="恢复人"
    )

    class Meta:
        verbose_name = "挂起"
        verbose_name_plural = "挂起"
        constraints = [
            ExclusionConstraint(
                name="pause_no_overlap",
                expressions=[
                    ("case", RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_at"),
                            F("ends_at"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="挂起时间重叠",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="pause_order",
                violation_error_message="恢复时间不能早于挂起时间",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.starts_at:%F}"
