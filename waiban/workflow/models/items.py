"""One step of one case, and the further signers that are asked before it is finished."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from waiban.accounts.models import Department
from waiban.core.db import choices_check

from ..enums import LIVE_STATES, OPEN_STATES, Applies, ItemState, Light
from ..visibility import OfCaseQuerySet
from .cases import Case, Participant

USER = settings.AUTH_USER_MODEL


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
            models.Index(fields=["case", "role"], name="item_arrived", condition=Q(ready_at__isnull=False)),
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
