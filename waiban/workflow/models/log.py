"""The append-only log of the acts."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models

from waiban.core.db import choices_check

from ..enums import ActionKind
from ..visibility import OfCaseQuerySet
from .cases import Case
from .items import WorkItem

USER = settings.AUTH_USER_MODEL

NO_TRUNCATE = pgtrigger.Trigger(
    name="no_truncate",
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    level=pgtrigger.Statement,
    func="RAISE EXCEPTION 'the log is append-only';",
)


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
