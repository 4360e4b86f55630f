"""Passports, permits and visas, and every hand through which they pass."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from delegations.enums import Custody, Interview, Movement, PassportKind, SubmitPlace, VisaResult
from delegations.models.base import PEOPLE_READERS, OfMemberQuerySet, UnitQuerySet
from delegations.models.delegation import Delegation
from delegations.models.people import Member, Traveller
from waiban.accounts.models import Office
from waiban.core.db import choices_check, no_truncate, period_check, unique_index
from waiban.core.fields import BlindIndexField, EncryptedTextField

if TYPE_CHECKING:
    from waiban.accounts.models import User

IN_USE = (Custody.STORED, Custody.OUT, Custody.RELEASED)


class PassportQuerySet(UnitQuerySet):
    """Passports: visible as their holders are."""

    readers = PEOPLE_READERS
    unit_path = "traveller__department_id"
    own = "traveller__user_id"

    def in_use(self) -> PassportQuerySet:
        """Documents that are neither cancelled nor lost."""
        return self.filter(custody__in=IN_USE)


class Passport(models.Model):
    """An official passport, or the permit for Hong Kong and Macao, kept by the office between trips."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="机构")
    binding = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    traveller = models.ForeignKey(Traveller, models.PROTECT, related_name="passports", verbose_name="持有人")
    kind = models.CharField("种类", max_length=2, choices=PassportKind)
    number = EncryptedTextField("证照号码", mask="passport")
    number_index = BlindIndexField(of="number")
    issued_on = models.DateField("签发日期")
    expires_on = models.DateField("有效期至")
    authority = models.CharField("签发机关", max_length=60, default="山东省委外办")
    issue_place = models.CharField("签发地", max_length=40, blank=True)
    pages_left = models.PositiveSmallIntegerField("空白签证页", null=True, blank=True)
    custody = models.CharField("状态", max_length=10, choices=Custody, default=Custody.STORED)
    location = models.CharField("存放位", max_length=40, blank=True)

    objects = PassportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "因公证照"
        ordering = ["traveller", "-expires_on"]
        constraints = [
            unique_index(["office"], "number_index", "该证照号码已登记。"),
            choices_check("kind", PassportKind, name="passport_kind"),
            choices_check("custody", Custody, name="passport_custody"),
            period_check("issued_on", "expires_on", "有效期不得早于签发日期。"),
            models.UniqueConstraint(
                fields=["traveller"],
                condition=Q(custody__in=IN_USE) & ~Q(kind=PassportKind.HK_MACAO),
                name="passport_one_in_use",
                violation_error_message="不得同时持有两本有效因公护照，请先注销旧照。",
            ),
            models.UniqueConstraint(
                fields=["traveller"],
                condition=Q(custody__in=IN_USE, kind=PassportKind.HK_MACAO),
                name="permit_one_in_use",
                violation_error_message="不得同时持有两本有效通行证，请先注销旧证。",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_on"], name="passport_expiry", condition=Q(custody__in=IN_USE))
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number.mask}"


class MovementQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> MovementQuerySet:
        """Hand-overs of the documents that the user may see."""
        return self.filter(passport__in=Passport.objects.visible_to(user).values("pk"))


class PassportMovement(models.Model):
    """One hand-over of a document. Append-only: a trigger refuses changes."""

    passport = models.ForeignKey(Passport, models.PROTECT, related_name="movements", verbose_name="证照")
    delegation = models.ForeignKey(
        Delegation, models.PROTECT, null=True, blank=True, related_name="movements", verbose_name="团组"
    )
    kind = models.CharField("动作", max_length=10, choices=Movement)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经手人")
    to_whom = models.CharField("交接对象", max_length=60, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = MovementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "证照出入库记录"
        ordering = ["passport", "-at", "-pk"]
        constraints = [choices_check("kind", Movement, name="movement_kind")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%F}"


class Visa(models.Model):
    """The visa of a member for one country: asked for, handed in, decided."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="visas", verbose_name="团员")
    binding = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+", verbose_name="国家（地区）")
    needed = models.BooleanField("须办签证", default=True)
    exempt_reason = models.CharField("免办原因", max_length=120, blank=True)
    kind = models.CharField("签证类型", max_length=20, blank=True)
    submit_place = models.CharField("送签地", max_length=10, choices=SubmitPlace, blank=True)
    presence = models.BooleanField("须到场", default=False)
    form_no = models.CharField("申请表编号", max_length=40, blank=True)
    form_on = models.DateField("填表日期", null=True, blank=True)
    dossier_on = models.DateField("材料合成日期", null=True, blank=True)
    fee = models.DecimalField("签证费（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    fee_receipt = models.CharField("缴费凭证号", max_length=40, blank=True)
    submitted_on = models.DateField("送签日期", null=True, blank=True)
    appointment_at = models.DateTimeField("预约时间", null=True, blank=True)
    appointment_place = models.CharField("面谈地点", max_length=120, blank=True)
    interview = models.CharField("面谈", max_length=12, choices=Interview, default=Interview.WAITING)
    interview_on = models.DateField("面谈日期", null=True, blank=True)
    result = models.CharField("结果", max_length=12, choices=VisaResult, default=VisaResult.PENDING)
    supplement = models.TextField("补件要求", blank=True)
    number = EncryptedTextField("签证号码", mask="passport")
    issued_on = models.DateField("签发日期", null=True, blank=True)
    expires_on = models.DateField("有效期至", null=True, blank=True)
    entries = models.CharField("入境次数", max_length=10, blank=True)
    stay_days = models.PositiveSmallIntegerField("停留天数", null=True, blank=True)
    refusal_reason = models.TextField("拒签原因", blank=True)

    objects = OfMemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "签证"
        ordering = ["member", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "place"],
                name="visa_once",
                violation_error_message="该国签证已登记。",
            ),
            choices_check("submit_place", SubmitPlace, blank=True, name="visa_submit_place"),
            choices_check("interview", Interview, name="visa_interview"),
            choices_check("result", VisaResult, name="visa_result"),
            period_check("issued_on", "expires_on", "签证有效期不得早于签发日期。"),
            models.CheckConstraint(
                condition=~Q(result=VisaResult.ISSUED)
                | (Q(issued_on__isnull=False) & Q(expires_on__isnull=False)),
                name="visa_issued_has_dates",
                violation_error_message="已签发的签证须填写签发日期和有效期。",
            ),
            models.CheckConstraint(
                condition=~Q(result=VisaResult.REFUSED) | ~Q(refusal_reason=""),
                name="visa_refusal_has_reason",
                violation_error_message="拒签须写明原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.kind}".strip()
