"""The audit log: rows are only ever added, each carries the keyed hash of the one before."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import models

from waiban.accounts.enums import Role
from waiban.accounts.models import Position
from waiban.audit.enums import AuditKind, AuditResult
from waiban.core.crypto import chain_mac
from waiban.core.db import append_only, choices_check

CHAIN = "audit"


class AuditQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> AuditQuerySet:
        """An auditor reads all of his office and what belongs to none; everybody else his own events."""
        if not user.is_authenticated:
            return self.none()
        auditor = Position.objects.current().filter(user=user, role=Role.AUDITOR)
        if auditor.exists():
            return self.filter(models.Q(office_id=user.office_id) | models.Q(office_id=None))
        return self.filter(actor_id=user.pk)


class AuditEvent(models.Model):
    """One thing that happened: when, who, for whom, in which seat, on what, with which result, and why."""

    number = models.BigIntegerField("序号", unique=True)
    at = models.DateTimeField("时间")
    kind = models.CharField("类别", max_length=20, choices=AuditKind)
    result = models.CharField("结果", max_length=10, choices=AuditResult, default=AuditResult.OK)
    office = models.ForeignKey(
        "accounts.Office", models.PROTECT, null=True, related_name="+", verbose_name="所属外办"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="人员"
    )
    actor_name = models.CharField("姓名", max_length=80, blank=True)
    seat = models.CharField("当时岗位", max_length=100, blank=True)
    acting_for = models.CharField("代谁办理", max_length=50, blank=True)
    object_label = models.CharField("对象类型", max_length=60, blank=True)
    object_id = models.CharField("对象编号", max_length=60, blank=True)
    object_text = models.CharField("对象", max_length=200, blank=True)
    reason = models.CharField("事由", max_length=300, blank=True)
    detail = models.JSONField("详情", default=dict, blank=True)
    ip = models.GenericIPAddressField("地址", null=True)
    session = models.CharField("会话摘要", max_length=16, blank=True)
    request_id = models.CharField("请求编号", max_length=40, blank=True)
    previous_hash = models.CharField("前一条摘要", max_length=64)
    hash = models.CharField("摘要", max_length=64)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "审计事件"
        ordering = ("-number",)
        indexes = [
            models.Index(fields=["kind", "-number"], name="audit_by_kind"),
            models.Index(fields=["actor", "-number"], name="audit_by_actor"),
            models.Index(fields=["object_label", "object_id"], name="audit_by_object"),
            models.Index(fields=["at"], name="audit_by_time"),
        ]
        constraints = [choices_check("kind", AuditKind), choices_check("result", AuditResult)]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.number} {self.get_kind_display()}"

    def compute_hash(self) -> str:
        """Return the keyed hash over every field and the previous hash."""
        names = [field.attname for field in self._meta.concrete_fields if field.name not in {"id", "hash"}]
        content = {name: getattr(self, name) for name in names}
        content["at"] = self.at.timestamp()
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
        return chain_mac(text.encode(), CHAIN)
