"""What an office tunes about the steps, with its history."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models

from waiban.accounts.models import Department, Office
from waiban.core.db import choices_check

from ..enums import SettingField

USER = settings.AUTH_USER_MODEL


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
