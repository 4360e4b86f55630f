"""Rows of the engine. Only `engine` writes status; everything that hangs on a case points here."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from waiban.accounts.models import Department, Office
from waiban.core.db import choices_check

from .enums import (
    LIVE_STATES,
    OPEN_STATES,
    ActionKind,
    Applies,
    CaseStatus,
    ItemState,
    Light,
    Mode,
    SettingField,
)
from .visibility import CaseQuerySet, OfCaseQuerySet

USER = settings.AUTH_USER_MODEL

NO_SLACK = 1_000_000
"""Stands for "no slack known" in sorting: such cases come last."""

NO_TRUNCATE = pgtrigger.Trigger(
    name="no_truncate",
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    level=pgtrigger.Statement,
    func="RAISE EXCEPTION 'the log is append-only';",
)


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
    goal_at = models.DateTimeField("成行时间", null=True, blank=True)
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


class WorkItem(models.Model):
    """One step of one case, for one participant where the step is per member, in one round.

    `role`/`department` say to whom it is offered, `assignee` who has taken it: two facts, two columns.
    `early_*`, `late_finish`, `plan_*` are boundaries of working half-days; `slack` is their difference.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="items", verbose_name="办件")
    step_key = models.CharField("环节", max_length=40)
    step_no = models.PositiveSmallIntegerField("序号")
    participant = models.ForeignKey(
        Participant, models.PROTECT, null=True, blank=True, related_name="items", verbose_name="参加人"
    )
    round = models.PositiveSmallIntegerField("轮次", default=1)
    state = models.CharField("状态", max_length=10, choices=ItemState, default=ItemState.WAITING)
    applies = models.CharField("是否适用", max_length=8, choices=Applies, default=Applies.YES)
    role = models.CharField("办理岗位", max_length=30)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理部门"
    )
    assignee = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="taken_items", verbose_name="办理人"
    )
    outside = models.BooleanField("外部时钟", default=False)
    limit = models.PositiveSmallIntegerField("时限(半日)")
    direct_wait = models.CharField("直达等待", max_length=40, blank=True)
    signers_pending = models.PositiveSmallIntegerField("待会签", default=0)
    ready_at = models.DateTimeField("到达时间", null=True, blank=True)
    claimed_at = models.DateTimeField("签收时间", null=True, blank=True)
    done_at = models.DateTimeField("办结时间", null=True, blank=True)
    done_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办结人"
    )
    acting_for = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代"
    )
    due_at = models.DateTimeField("截止时间", null=True, blank=True)
    due_tentative = models.BooleanField("截止待定", default=False)
    plan_start = models.IntegerField("计划开始", null=True, blank=True)
    plan_finish = models.IntegerField("计划完成", null=True, blank=True)
    early_start = models.IntegerField("预计开始", null=True, blank=True)
    early_finish = models.IntegerField("预计完成", null=True, blank=True)
    late_finish = models.IntegerField("最迟完成", null=True, blank=True)
    slack = models.IntegerField("余量(半日)", null=True, blank=True)
    critical = models.BooleanField("关键", default=False)
    light = models.CharField("灯", max_length=6, choices=Light, default=Light.GREY)
    light_word = models.CharField("灯语", max_length=12, blank=True)
    next_remind_at = models.DateTimeField("下次提醒", null=True, blank=True)
    remind_ordinal = models.PositiveSmallIntegerField("提醒次数", default=0)
    opinion = models.TextField("意见", blank=True)
    reason = models.CharField("原因", max_length=500, blank=True)
    data = models.JSONField("填报内容", default=dict, blank=True)
    version = models.PositiveIntegerField("版次", default=1)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = "环节办理"
        verbose_name_plural = "环节办理"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "step_key", "participant", "round"],
                nulls_distinct=False,
                name="item_once_a_round",
                violation_error_message="该环节本轮已存在",
            ),
            models.UniqueConstraint(
                fields=["case", "step_key", "participant"],
                nulls_distinct=False,
                condition=Q(state__in=sorted(LIVE_STATES)),
                name="item_one_live",
                violation_error_message="该环节已在办理",
            ),
            choices_check("state", ItemState, name="item_state"),
            choices_check("applies", Applies, name="item_applies"),
            choices_check("light", Light, name="item_light"),
            models.CheckConstraint(
                condition=~Q(state=ItemState.DONE) | (Q(done_at__isnull=False) & Q(done_by__isnull=False)),
                name="item_done_has_doer",
                violation_error_message="已办环节必须有办理人和时间",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(OPEN_STATES)) | Q(ready_at__isnull=False),
                name="item_open_has_arrival",
                violation_error_message="在办环节必须有到达时间",
            ),
        ]
        indexes = [
            models.Index(
                fields=["role", "slack", "id"], name="item_queue", condition=Q(state__in=sorted(OPEN_STATES))
            ),
            models.Index(
                fields=["assignee", "slack", "id"],
                name="item_mine",
                condition=Q(state__in=sorted(OPEN_STATES)),
            ),
            models.Index(fields=["done_by", "-done_at"], name="item_done_by"),
            models.Index(
                fields=["next_remind_at"],
                name="item_remind",
                condition=Q(next_remind_at__isnull=False, state__in=sorted(OPEN_STATES)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step_no} {self.step_key}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class Signature(models.Model):
    """A further signer asked for his opinion before the holder may finish (加签)."""

    item = models.ForeignKey(WorkItem, models.PROTECT, related_name="signatures", verbose_name="环节")
    signer = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="会签人")
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="发起人")
    asked_at = models.DateTimeField("发起时间")
    question = models.CharField("请会签事项", max_length=500)
    signed_at = models.DateTimeField("会签时间", null=True, blank=True)
    opinion = models.TextField("会签意见", blank=True)

    class Meta:
        verbose_name = "会签"
        verbose_name_plural = "会签"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "signer"], name="signature_once", violation_error_message="已请此人会签"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.signer_id}"


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


class Action(models.Model):
    """The append-only log. Each row carries the hash of the one before; a trigger refuses every change."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="actions", verbose_name="办件")
    seq = models.PositiveIntegerField("序号")
    kind = models.CharField("动作", max_length=12, choices=ActionKind)
    item = models.ForeignKey(
        WorkItem, models.PROTECT, null=True, blank=True, related_name="actions", verbose_name="环节"
    )
    step_no = models.PositiveSmallIntegerField("环节序号", null=True, blank=True)
    step_name = models.CharField("环节名称", max_length=40, blank=True)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    actor = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人"
    )
    actor_name = models.CharField("办理人姓名", max_length=60)
    acting_for_name = models.CharField("代", max_length=60, blank=True)
    post = models.CharField("岗位", max_length=80, blank=True)
    at = models.DateTimeField("时间")
    opinion = models.TextField("意见", blank=True)
    data = models.JSONField("内容", default=dict, blank=True)
    prev_hash = models.CharField("上一摘要", max_length=64, blank=True)
    hash = models.CharField("摘要", max_length=64)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = "办理日志"
        verbose_name_plural = "办理日志"
        ordering = ["case_id", "seq"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "seq"], name="action_seq", violation_error_message="日志序号重复"
            ),
            choices_check("kind", ActionKind, name="action_kind"),
        ]
        indexes = [models.Index(fields=["-at"], name="action_newest")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            NO_TRUNCATE,
        ]

    def __str__(self) -> str:
        return f"{self.case_id}#{self.seq} {self.kind}"


class StepSetting(models.Model):
    """What an office tunes about a step; empty means the default of the flow's table holds."""

    office = models.ForeignKey(Office, models.PROTECT, verbose_name="机构")
    flow_key = models.CharField("流程", max_length=40)
    step_key = models.CharField("环节", max_length=40)
    limit = models.PositiveSmallIntegerField("标准时限(半日)", null=True, blank=True)
    fast = models.PositiveSmallIntegerField("快办时限(半日)", null=True, blank=True)
    holder = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="默认办理部门"
    )
    remind_before = models.PositiveSmallIntegerField("提前提醒(半日)", null=True, blank=True)
    remind_every = models.PositiveSmallIntegerField("逾期提醒间隔(工作日)", null=True, blank=True)
    escalate_after = models.PositiveSmallIntegerField("逾期上报(工作日)", null=True, blank=True)

    class Meta:
        verbose_name = "环节参数"
        verbose_name_plural = "环节参数"
        constraints = [
            models.UniqueConstraint(
                fields=["office", "flow_key", "step_key"],
                name="setting_once",
                violation_error_message="该环节参数已存在",
            )
        ]

    def __str__(self) -> str:
        return f"{self.flow_key}.{self.step_key}"


class StepSettingChange(models.Model):
    """History of the settings: who changed what, when and why. Append-only."""

    office = models.ForeignKey(Office, models.PROTECT, verbose_name="机构")
    flow_key = models.CharField("流程", max_length=40)
    step_key = models.CharField("环节", max_length=40)
    field = models.CharField("参数", max_length=10, choices=SettingField)
    old = models.CharField("原值", max_length=60, blank=True)
    new = models.CharField("新值", max_length=60, blank=True)
    reason = models.CharField("理由", max_length=200)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="修改人")

    class Meta:
        verbose_name = "参数修改记录"
        verbose_name_plural = "参数修改记录"
        ordering = ["-at", "-id"]
        constraints = [choices_check("field", SettingField, name="setting_change_field")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.step_key} {self.field}"
