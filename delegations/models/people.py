"""The persons who travel: one row for a life, one row for each delegation."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from delegations.enums import (
    CadreAuthority,
    Clearance,
    FilingResult,
    Gender,
    Identity,
    Level,
    MemberRole,
    PassportKind,
    PassportVerdict,
)
from delegations.models.base import PEOPLE_READERS, OfDelegationQuerySet, OfMemberQuerySet, UnitQuerySet
from delegations.models.delegation import Delegation
from waiban.accounts.models import Department, Office
from waiban.core.db import choices_check, unique_index
from waiban.core.fields import BlindIndexField, EncryptedTextField
from waiban.core.text import validate_visible
from waiban.workflow.models import Participant


class TravellerQuerySet(UnitQuerySet):
    """Persons: the unit sees its own, a person himself, passport and outbound staff all of the office."""

    readers = PEOPLE_READERS
    own = "user_id"


class Traveller(models.Model):
    """A person who is or was sent abroad. Identity number, birth date and phone are encrypted."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="机构")
    binding = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="traveller",
        verbose_name="账户",
    )
    name = models.CharField("姓名", max_length=40, validators=[validate_visible])
    surname_pinyin = models.CharField("姓（拼音）", max_length=40, blank=True)
    given_pinyin = models.CharField("名（拼音）", max_length=40, blank=True)
    gender = models.CharField("性别", max_length=8, choices=Gender)
    birth_date = EncryptedTextField("出生日期", mask="text")
    id_number = EncryptedTextField("身份证号", mask="id")
    id_index = BlindIndexField(of="id_number")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="单位")
    title = models.CharField("职务", max_length=60, blank=True)
    level = models.CharField("职级", max_length=16, choices=Level, default=Level.BELOW_DIVISION)
    in_leadership = models.BooleanField("领导班子成员", default=False)
    cadre_authority = models.CharField(
        "干部管理权限", max_length=10, choices=CadreAuthority, default=CadreAuthority.UNIT
    )
    identity = models.CharField("人员属性", max_length=16, choices=Identity, default=Identity.CIVIL_SERVANT)
    clearance = models.CharField("涉密等级", max_length=10, choices=Clearance, default=Clearance.NONE)
    declassify_until = models.DateField("脱密期至", null=True, blank=True)
    phone = EncryptedTextField("手机", mask="phone")
    retired = models.BooleanField("已离退休", default=False)
    biometrics_on = models.DateField("生物信息采集日期", null=True, blank=True)

    objects = TravellerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "出访人员"
        ordering = ["name", "pk"]
        constraints = [
            unique_index(["office"], "id_index", "该身份证号的人员已登记，请直接选用。"),
            choices_check("gender", Gender, name="traveller_gender"),
            choices_check("level", Level, name="traveller_level"),
            choices_check("cadre_authority", CadreAuthority, name="traveller_authority"),
            choices_check("identity", Identity, name="traveller_identity"),
            choices_check("clearance", Clearance, name="traveller_clearance"),
        ]
        indexes = [models.Index(fields=["office", "name"], name="traveller_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def born(self) -> date | None:
        """The day of birth as a date, or None when it has not been entered."""
        plain = self.birth_date.reveal()
        return date.fromisoformat(plain) if plain else None

    def is_classified(self, day: date) -> bool:
        """Whether a secrecy review is needed: a post with secrets, or still in the cooling-off time."""
        cooling = self.declassify_until is not None and self.declassify_until >= day
        return self.clearance != Clearance.NONE or cooling

    @property
    def romanised(self) -> str:
        """Name as printed in the passport."""
        return f"{self.surname_pinyin} {self.given_pinyin}".strip()


class Member(models.Model):
    """A traveller in a delegation, with what was true of him for this trip."""

    participant = models.OneToOneField(
        Participant, models.PROTECT, primary_key=True, related_name="member", verbose_name="参加人"
    )
    delegation = models.ForeignKey(Delegation, models.PROTECT, related_name="members", verbose_name="团组")
    traveller = models.ForeignKey(Traveller, models.PROTECT, related_name="trips", verbose_name="人员")
    role = models.CharField("团内职务", max_length=12, choices=MemberRole, default=MemberRole.MEMBER)
    order = models.PositiveSmallIntegerField("排序", default=1)
    title = models.CharField("单位职务", max_length=80, blank=True)
    level = models.CharField("职级", max_length=16, choices=Level, default=Level.BELOW_DIVISION)
    left = models.BooleanField("已退出", default=False)
    has_document = models.BooleanField("持有因公证照", null=True, blank=True)
    passport = models.ForeignKey(
        "delegations.Passport",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="used_by",
        verbose_name="所用证照",
    )
    verdict = models.CharField("核查结论", max_length=8, choices=PassportVerdict, blank=True)
    verdict_reason = models.CharField("换发、新办原因", max_length=200, blank=True)
    visa_needed = models.BooleanField("须办签证", null=True, blank=True)
    presence_needed = models.BooleanField("须到场面谈或采集", null=True, blank=True)
    released_on = models.DateField("领照日期", null=True, blank=True)
    returned_on = models.DateField("交照日期", null=True, blank=True)
    exit_proof_no = models.CharField("出境证明编号", max_length=40, blank=True)

    objects = OfDelegationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "团员"
        ordering = ["delegation", "order", "pk"]
        constraints = [
            choices_check("role", MemberRole, name="member_role"),
            choices_check("level", Level, name="member_level"),
            choices_check("verdict", PassportVerdict, blank=True, name="member_verdict"),
            models.UniqueConstraint(
                fields=["delegation"],
                condition=Q(role=MemberRole.LEADER, left=False),
                name="member_one_leader",
                violation_error_message="一个团组只能有一名团长。",
            ),
            models.UniqueConstraint(
                fields=["delegation", "traveller"],
                condition=Q(left=False),
                name="member_once",
                violation_error_message="该人员已在团组中。",
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=["", PassportVerdict.VALID]) | ~Q(verdict_reason=""),
                name="member_verdict_reason",
                violation_error_message="换发或新办证照须写明原因。",
            ),
        ]

    def __str__(self) -> str:
        return self.traveller.name


class Filing(models.Model):
    """The personnel filing of a member (备案表) with what the authorities said to it."""

    member = models.OneToOneField(
        Member, models.PROTECT, primary_key=True, related_name="filing", verbose_name="团员"
    )
    binding = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    politics = models.CharField("政治面貌", max_length=20)
    health = models.CharField("健康状况", max_length=20, default="健康")
    family = EncryptedTextField("家庭主要成员", mask="text")
    last_trip = models.CharField("最近一次因公出国", max_length=200, blank=True)
    statement = models.CharField("说明", max_length=300, blank=True)
    filed_on = models.DateField("填报日期")
    result = models.CharField("审查结果", max_length=10, choices=FilingResult, default=FilingResult.PENDING)
    reviewed_by = models.CharField("备案机关", max_length=60, blank=True)
    reviewed_on = models.DateField("审查日期", null=True, blank=True)
    secrecy_result = models.CharField("保密审查结果", max_length=10, choices=FilingResult, blank=True)
    secrecy_letter_no = models.CharField("同意派出函文号", max_length=40, blank=True)
    secrecy_on = models.DateField("保密审查日期", null=True, blank=True)

    objects = OfMemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "人员备案表"
        constraints = [
            choices_check("result", FilingResult, name="filing_result"),
            choices_check("secrecy_result", FilingResult, blank=True, name="filing_secrecy"),
        ]

    def __str__(self) -> str:
        return f"{self.member} 备案表"


class Application(models.Model):
    """The application of a member for a new passport or permit, until it is ready."""

    member = models.OneToOneField(
        Member, models.PROTECT, primary_key=True, related_name="application", verbose_name="团员"
    )
    kind = models.CharField(
        "证照种类", max_length=2, choices=PassportKind, default=PassportKind.PUBLIC_AFFAIRS
    )
    photo_code = models.CharField("照片回执编码", max_length=20, blank=True)
    collected_on = models.DateField("采集日期", null=True, blank=True)
    form_no = models.CharField("申请表编号", max_length=40, blank=True)
    applied_on = models.DateField("填表日期", null=True, blank=True)
    batch_no = models.CharField("报送清单号", max_length=40, blank=True)
    sent_on = models.DateField("报送日期", null=True, blank=True)
    made_on = models.DateField("制证日期", null=True, blank=True)

    objects = OfMemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "证照申请"
        constraints = [
            choices_check("kind", PassportKind, name="application_kind"),
            models.CheckConstraint(
                condition=Q(photo_code="") | Q(photo_code__regex=r"^\d{20}$"),
                name="application_photo_code",
                violation_error_message="照片回执编码应为 20 位数字。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} 证照申请"
