"""Files that belong to a case, and the numbers of official papers."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from waiban.accounts.actors import Actor, actor_for
from waiban.accounts.enums import Role
from waiban.accounts.models import Office
from waiban.core.db import choices_check
from waiban.core.time import now
from waiban.documents.enums import ContentType
from waiban.documents.rules import MAX_BYTES, format_number
from waiban.documents.storage import private_storage

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

USER = settings.AUTH_USER_MODEL

HANDLERS = frozenset(
    {Role.OUTBOUND_CLERK, Role.OUTBOUND_CHIEF, Role.PASSPORT_CLERK, Role.PERSONNEL, Role.PROVINCE}
)
"""Roles that handle the papers of every member (filing, passports, visas)."""


def personal_scope(actor: Actor) -> Q | None:
    """Filter of the members' own papers (护照复印件, 个人资料) that an actor may open; None means all.

    Who handles passports and visas, the personnel authority and the province open those of the cases that
    they see; the clerk of the unit those of its cases; a member only his own. Leaders, finance and the other
    sections get none. Rule: rights matrix, row "member's ID, passport, political review".
    """
    if actor.has(*HANDLERS):
        return None
    units = [seat.department_id for seat in actor.seats if seat.role == Role.UNIT_CLERK]
    mine = Q(participant__user_id=actor.user_id) | Q(uploaded_by_id=actor.user_id)
    return mine | Q(case__owner_id=actor.user_id) | Q(case__department_id__in=units)


class DocumentQuerySet(models.QuerySet):
    """Documents, always reached through `visible_to`."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> DocumentQuerySet:
        """What a user may open: papers of the cases he may see; members' own as in `personal_scope`."""
        if not user.is_active:
            return self.none()
        return self.visible_to_actor(actor_for(user))

    def visible_to_actor(self, actor: Actor) -> DocumentQuerySet:
        """The same for an actor that is known already."""
        case_model = self.model._meta.get_field("case").related_model
        return self.filter(case__in=case_model.objects.visible_to_actor(actor)).personal_for(actor)

    def personal_for(self, actor: Actor) -> DocumentQuerySet:
        """Leave out the members' own papers that the actor may not open; the cases are visible already."""
        personal = personal_scope(actor)
        return self if personal is None else self.filter(Q(participant__isnull=True) | personal)

    def current(self) -> DocumentQuerySet:
        """Documents that have not been withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class Document(models.Model):
    """One uploaded file: for a required paper of a case, perhaps for one step or one member of it."""

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("workflow.Case", models.PROTECT, related_name="documents", verbose_name="办件")
    item = models.ForeignKey(
        "workflow.WorkItem",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name="环节",
    )
    participant = models.ForeignKey(
        "workflow.Participant",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name="参加人",
    )
    paper = models.CharField("材料名称", max_length=80)
    file = models.FileField("文件", max_length=100, storage=private_storage)
    original_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("校验值", max_length=64)
    size = models.PositiveIntegerField("大小（字节）")
    content_type = models.CharField("类型", max_length=100, choices=ContentType)
    uploaded_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", default=now)
    withdrawn_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤回人"
    )
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "材料"
        ordering = ["uploaded_at", "id"]
        indexes = [models.Index(fields=["case", "paper"], name="document_of_case")]
        constraints = [
            choices_check("content_type", ContentType),
            models.CheckConstraint(
                name="document_size_limits",
                condition=Q(size__gt=0, size__lte=MAX_BYTES),
                violation_error_message="文件不能为空，也不能超过 50 MB。",
            ),
            models.CheckConstraint(
                name="document_sha256_form",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
                violation_error_message="文件校验值格式不正确。",
            ),
            models.CheckConstraint(
                name="document_has_paper",
                condition=~Q(paper=""),
                violation_error_message="请填写材料名称。",
            ),
            models.CheckConstraint(
                name="document_withdrawn_whole",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                violation_error_message="撤回须同时记录时间和撤回人。",
            ),
            models.UniqueConstraint(
                fields=["case", "paper", "participant", "sha256"],
                nulls_distinct=False,
                condition=Q(withdrawn_at__isnull=True),
                name="document_same_content_once",
                violation_error_message="内容相同的文件已经上传过。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paper}：{self.original_name}"


class OfficialSeries(models.Model):
    """A counter of official papers: one prefix (机关代字) of one office in one year; locked to count."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="机构")
    prefix = models.CharField("机关代字", max_length=12)
    year = models.PositiveSmallIntegerField("年份")
    next = models.PositiveIntegerField("下一号", default=1, validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = verbose_name_plural = "文号序列"
        ordering = ["-year", "prefix"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "prefix", "year"],
                name="officialseries_once",
                violation_error_message="该机关代字本年的序列已存在。",
            ),
            models.CheckConstraint(
                name="officialseries_counts_from_one",
                condition=Q(next__gte=1, year__gte=2020, year__lte=2099) & ~Q(prefix=""),
                violation_error_message="机关代字不能为空，序号从 1 开始。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}〔{self.year}〕"


class OfficialNumberQuerySet(models.QuerySet):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> OfficialNumberQuerySet:
        """Numbers of the cases one may see; the office's sections read the whole register of their office."""
        if not user.is_active:
            return self.none()
        actor = actor_for(user)
        if actor.is_office:
            return self.filter(series__office_id=actor.office_id)
        case_model = self.model._meta.get_field("case").related_model
        return self.filter(case__in=case_model.objects.visible_to_actor(actor))


class OfficialNumber(models.Model):
    """One number that was given out. It is never deleted: a number that is not used is voided with a reason,
    so that every gap in the register explains itself."""

    series = models.ForeignKey(OfficialSeries, models.PROTECT, related_name="numbers", verbose_name="序列")
    seq = models.PositiveIntegerField("序号")
    case = models.ForeignKey(
        "workflow.Case",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="official_numbers",
        verbose_name="办件",
    )
    subject = models.CharField("事由", max_length=120, blank=True)
    taken_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="取号人")
    taken_at = models.DateTimeField("取号时间", default=now)
    voided_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="作废人"
    )
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    void_reason = models.CharField("作废原因", max_length=200, blank=True)

    objects = OfficialNumberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公文文号"
        ordering = ["series", "seq"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "seq"],
                name="officialnumber_once",
                violation_error_message="该文号已被使用。",
            ),
            models.CheckConstraint(
                name="officialnumber_positive",
                condition=Q(seq__gte=1),
                violation_error_message="序号从 1 开始。",
            ),
            models.CheckConstraint(
                name="officialnumber_void_whole",
                condition=Q(voided_at__isnull=True, voided_by__isnull=True, void_reason="")
                | (Q(voided_at__isnull=False, voided_by__isnull=False) & ~Q(void_reason="")),
                violation_error_message="作废须同时记录时间、作废人和原因。",
            ),
        ]

    def __str__(self) -> str:
        return format_number(self.series.prefix, self.series.year, self.seq)
