"""A delegation and the rows that describe its route and programme."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from delegations.enums import (
    Authority,
    Bearer,
    Category,
    EntryKind,
    Half,
    InviterKind,
    Level,
    OrganizeMode,
    PlanType,
    Secrecy,
)
from delegations.models.base import OfDelegationQuerySet
from delegations.models.plan import PlanItem
from waiban.accounts.models import Department
from waiban.core.db import choices_check, period_check
from waiban.core.fields import EncryptedTextField
from waiban.core.text import validate_visible
from waiban.workflow.models import Case

if TYPE_CHECKING:
    from waiban.accounts.models import User


class DelegationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> DelegationQuerySet:
        """Delegations whose case the user may see."""
        return self.filter(case__in=Case.objects.visible_to(user).values("pk"))


class Delegation(models.Model):
    """An official group that goes abroad. Unit, clerk, number, mode and status are those of its case.

    `exit_date` and `entry_date` are the approved days, `actual_*` what the border stamps say; days abroad
    count both ends (R5).
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, verbose_name="办件")
    binding = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    name = models.CharField("团组名称", max_length=60, validators=[validate_visible])
    category = models.CharField("团组类别", max_length=12, choices=Category, default=Category.TRADE)
    plan_type = models.CharField("计划类型", max_length=12, choices=PlanType, default=PlanType.CONTROLLED)
    plan_item = models.ForeignKey(
        PlanItem, models.PROTECT, null=True, blank=True, related_name="delegations", verbose_name="年度计划项"
    )
    plan_note = models.TextField("计划外（调整）说明", blank=True)
    organize_mode = models.CharField(
        "组织方式", max_length=10, choices=OrganizeMode, default=OrganizeMode.OWN
    )
    task_notice_no = models.CharField("任务通知书文号", max_length=40, blank=True)
    level = models.CharField("团组级别", max_length=16, choices=Level, default=Level.BELOW_DIVISION)
    authority = models.CharField("审批权限", max_length=12, choices=Authority, default=Authority.MUNICIPAL)
    authority_reason = models.CharField("人工调整审批权限的理由", max_length=200, blank=True)
    needs_province_confirm = models.BooleanField("须省级确认", default=False)
    is_investment = models.BooleanField("招商导向", default=False)
    industries = models.CharField("目标产业", max_length=120, blank=True)
    target_firms = models.PositiveSmallIntegerField("目标企业数", null=True, blank=True)
    task_summary = models.CharField("任务摘要", max_length=200, blank=True)
    task_detail = models.TextField("任务说明", blank=True)
    exit_date = models.DateField("出境日期", null=True, blank=True)
    entry_date = models.DateField("回国日期", null=True, blank=True)
    actual_exit = models.DateField("实际出境日期", null=True, blank=True)
    actual_entry = models.DateField("实际回国日期", null=True, blank=True)
    contact_name = models.CharField("联络人", max_length=40, blank=True)
    contact_phone = EncryptedTextField("联络人手机", mask="phone")
    secrecy = models.CharField("密级标识", max_length=12, choices=Secrecy, default=Secrecy.ORDINARY)
    high_level_meeting = models.BooleanField("约见外方政要", default=False)
    dept_consult_required = models.BooleanField("须征求业务主管部门意见", default=False)
    budget_audited = models.BooleanField("经费已审", null=True, blank=True)
    budget_in_plan = models.BooleanField("已列入年度预算", null=True, blank=True)
    budget_approved = models.DecimalField(
        "核定预算（元）", max_digits=14, decimal_places=2, null=True, blank=True
    )
    settlement_note = models.TextField("预决算差异说明", blank=True)
    submitted_on = models.DateField("呈报日期", null=True, blank=True)
    has_outcomes = models.BooleanField("有成果", null=True, blank=True)
    no_outcome_note = models.TextField("无成果说明", blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "出访团组"
        ordering = ["-pk"]
        constraints = [
            choices_check("category", Category, name="delegation_category"),
            choices_check("plan_type", PlanType, name="delegation_plan_type"),
            choices_check("organize_mode", OrganizeMode, name="delegation_organize_mode"),
            choices_check("level", Level, name="delegation_level"),
            choices_check("authority", Authority, name="delegation_authority"),
            models.CheckConstraint(
                condition=Q(secrecy=Secrecy.ORDINARY),
                name="delegation_not_secret",
                violation_error_message="本系统为非涉密系统，涉及工作秘密的团组请走线下渠道。",
            ),
            models.CheckConstraint(
                condition=~Q(category=Category.TAIWAN),
                name="delegation_not_taiwan",
                violation_error_message="赴台任务由台办受理，请转台办办理。",
            ),
            period_check("exit_date", "entry_date", "回国日期不得早于出境日期。"),
            period_check("actual_exit", "actual_entry", "实际回国日期不得早于实际出境日期。"),
        ]
        indexes = [
            models.Index(fields=["exit_date"], name="delegation_exit"),
            models.Index(fields=["category", "-case"], name="delegation_category_newest"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def days(self) -> int | None:
        """Days abroad as approved, both ends counted; None while a date is missing."""
        return days_between(self.exit_date, self.entry_date)

    @property
    def actual_days(self) -> int | None:
        """Days abroad by the border stamps."""
        return days_between(self.actual_exit, self.actual_entry)


def days_between(exit_date: date | None, entry_date: date | None) -> int | None:
    """Return the days abroad, the day of exit and the day of entry both counted (R5)."""
    return (entry_date - exit_date).days + 1 if exit_date and entry_date else None


class SendingUnit(models.Model):
    """Another unit that sends members in a cross-unit group, and its consent."""

    delegation = models.ForeignKey(
        Delegation, models.CASCADE, related_name="sending_units", verbose_name="团组"
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="本市单位"
    )
    name = models.CharField("派员单位", max_length=80, validators=[validate_visible])
    agreed = models.BooleanField("同意派员", null=True, blank=True)
    letter_no = models.CharField("同意函文号", max_length=40, blank=True)
    agreed_on = models.DateField("同意日期", null=True, blank=True)

    objects = OfDelegationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "派员单位"
        constraints = [
            models.UniqueConstraint(
                fields=["delegation", "name"],
                name="sendingunit_once",
                violation_error_message="该派员单位已登记。",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Stop(models.Model):
    """A country or region of the route, in order. A transit inside the airport does not count as one (R2)."""

    delegation = models.ForeignKey(Delegation, models.CASCADE, related_name="stops", verbose_name="团组")
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+", verbose_name="国家（地区）")
    order = models.PositiveSmallIntegerField("顺序", default=1)
    days = models.PositiveSmallIntegerField("停留天数", null=True, blank=True)
    inside_airport = models.BooleanField("经停不出机场", default=False)

    objects = OfDelegationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "出访国家（地区）"
        ordering = ["delegation", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["delegation", "place", "order"],
                name="stop_once",
                violation_error_message="该国家（地区）已在路线中。",
            )
        ]

    def __str__(self) -> str:
        return str(self.place)


class Invitation(models.Model):
    """A letter of invitation, as received."""

    delegation = models.ForeignKey(
        Delegation, models.CASCADE, related_name="invitations", verbose_name="团组"
    )
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+", verbose_name="国家（地区）")
    inviter = models.CharField("邀请单位（外文）", max_length=160, validators=[validate_visible])
    inviter_zh = models.CharField("邀请单位（中文）", max_length=80, validators=[validate_visible])
    kind = models.CharField("邀请单位性质", max_length=20, choices=InviterKind)
    person = models.CharField("邀请人", max_length=80, blank=True)
    person_title = models.CharField("邀请人职务", max_length=80, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    issued_on = models.DateField("签发日期")
    valid_from = models.DateField("邀请期限起", null=True, blank=True)
    valid_to = models.DateField("邀请期限止", null=True, blank=True)
    bearer = models.CharField("费用承担", max_length=10, choices=Bearer, default=Bearer.SELF)
    translated = models.BooleanField("有中文译件", default=False)
    no_agent = models.BooleanField("未通过中介联系或购买", default=False)
    note = models.TextField("邀请单位情况说明", blank=True)

    objects = OfDelegationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "邀请函"
        ordering = ["delegation", "pk"]
        constraints = [
            choices_check("kind", InviterKind, name="invitation_kind"),
            choices_check("bearer", Bearer, name="invitation_bearer"),
            period_check("valid_from", "valid_to", "邀请期限的截止日期不得早于起始日期。"),
        ]
        indexes = [models.Index(fields=["inviter", "place"], name="invitation_inviter")]

    def __str__(self) -> str:
        return self.inviter_zh


class ItineraryEntry(models.Model):
    """What happens in one half day; a half day may hold several entries."""

    delegation = models.ForeignKey(Delegation, models.CASCADE, related_name="itinerary", verbose_name="团组")
    day = models.DateField("日期")
    half = models.PositiveSmallIntegerField("时段", choices=Half)
    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="国家（地区）"
    )
    city = models.CharField("城市", max_length=60, blank=True)
    kind = models.CharField("类型", max_length=10, choices=EntryKind, default=EntryKind.OFFICIAL)
    activity = models.CharField("活动内容", max_length=200, validators=[validate_visible])
    host = models.CharField("对象单位", max_length=120, blank=True)
    host_person = models.CharField("对象人", max_length=80, blank=True)
    lodging_city = models.CharField("住宿城市", max_length=60, blank=True)
    transport_no = models.CharField("航班车次", max_length=20, blank=True)
    from_city = models.CharField("出发城市", max_length=60, blank=True)
    to_city = models.CharField("抵达城市", max_length=60, blank=True)
    departs_at = models.TimeField("出发时间", null=True, blank=True)
    arrives_at = models.TimeField("抵达时间", null=True, blank=True)
    carrier = models.CharField("承运人", max_length=60, blank=True)
    foreign_carrier = models.BooleanField("外国航空公司", default=False)
    cabin = models.CharField("舱位", max_length=20, blank=True)

    objects = OfDelegationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "日程"
        ordering = ["delegation", "day", "half", "pk"]
        constraints = [
            choices_check("kind", EntryKind, name="itinerary_kind"),
            choices_check("half", Half, name="itinerary_half"),
            models.CheckConstraint(
                condition=~Q(foreign_carrier=True) | ~Q(carrier=""),
                name="itinerary_carrier_named",
                violation_error_message="乘坐外国航空公司的，请填写承运人。",
            ),
            models.CheckConstraint(
                condition=Q(from_city="") | ~Q(from_city=F("to_city")),
                name="itinerary_goes_somewhere",
                violation_error_message="出发城市与抵达城市相同，请核对。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%m-%d} {self.activity}"
