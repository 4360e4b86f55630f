"""Publicity, briefing, official numbers, tickets and the report: the papers of a delegation."""

from django.db import models
from django.db.models import Q

from delegations.enums import PaperKind, PublicityKind, PublicityResult
from delegations.models.base import OfDelegationQuerySet, OfMemberQuerySet
from delegations.models.delegation import Delegation
from delegations.models.people import Member
from waiban.accounts.models import Office
from waiban.core.db import choices_check, period_check
from waiban.core.text import validate_visible

SINGLE = (
    PaperKind.ACCEPTANCE,
    PaperKind.PROVINCE_SUBMIT,
    PaperKind.APPROVAL,
    PaperKind.CONFIRMATION,
    PaperKind.TASK_NOTICE,
    PaperKind.NOTE_VERBALE,
    PaperKind.EXIT_PROOF,
    PaperKind.ARCHIVE,
)
"""Papers made for one group only; minutes or a reply from above may name several groups under one number."""


class Publicity(models.Model):
    """A notice inside a unit before or after the trip; unit and sending units publish each for itself."""

    delegation = models.ForeignKey(
        Delegation, models.CASCADE, related_name="publicities", verbose_name="团组"
    )
    kind = models.CharField("种类", max_length=4, choices=PublicityKind)
    unit = models.CharField("公示单位", max_length=80, validators=[validate_visible])
    starts_on = models.DateField("公示起")
    ends_on = models.DateField("公示止")
    address = models.CharField("公示地址", max_length=300, validators=[validate_visible])
    result = models.CharField(
        "公示结果", max_length=10, choices=PublicityResult, default=PublicityResult.RUNNING
    )
    objection = models.TextField("异议及处理", blank=True)

    objects = OfDelegationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公示"
        ordering = ["delegation", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["delegation", "kind", "unit"],
                name="publicity_once",
                violation_error_message="该单位的公示已登记。",
            ),
            choices_check("kind", PublicityKind, name="publicity_kind"),
            choices_check("result", PublicityResult, name="publicity_result"),
            period_check("starts_on", "ends_on", "公示截止日期不得早于起始日期。"),
            models.CheckConstraint(
                condition=Q(result__in=[PublicityResult.RUNNING, PublicityResult.CLEAR]) | ~Q(objection=""),
                name="publicity_objection_told",
                violation_error_message="有异议的，请写明异议内容和处理情况。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.unit}"


class TrainingAttendance(models.Model):
    """Who was at the briefing before the trip and signed the promises."""

    member = models.OneToOneField(
        Member, models.CASCADE, primary_key=True, related_name="training", verbose_name="团员"
    )
    held_on = models.DateField("日期")
    place = models.CharField("地点", max_length=80, blank=True)
    attended = models.BooleanField("已参加", default=False)
    promised = models.BooleanField("已签承诺书", default=False)

    objects = OfMemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "行前教育"

    def __str__(self) -> str:
        return f"{self.member} {self.held_on:%F}"


class IssuedPaper(models.Model):
    """An official paper. The number of a paper made for one group is used once, also after it was voided."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="机构")
    delegation = models.ForeignKey(Delegation, models.PROTECT, related_name="papers", verbose_name="团组")
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="papers", verbose_name="团员"
    )
    kind = models.CharField("种类", max_length=20, choices=PaperKind)
    number = models.CharField("文号", max_length=60, blank=True, validators=[validate_visible])
    issued_on = models.DateField("日期")
    issuer = models.CharField("发文单位", max_length=80, blank=True)
    summary = models.CharField("摘要", max_length=300, blank=True)
    document = models.ForeignKey(
        "documents.Document", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="文件"
    )
    void = models.BooleanField("已作废", default=False)

    objects = OfDelegationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公文"
        ordering = ["delegation", "issued_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "kind", "number"],
                condition=Q(kind__in=SINGLE) & ~Q(number=""),
                name="paper_number_once",
                violation_error_message="该文号已被使用，作废的文号也不得再用。",
            ),
            choices_check("kind", PaperKind, name="paper_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class Ticketing(models.Model):
    """Tickets and insurance of the group, bought after the visas were granted."""

    delegation = models.OneToOneField(
        Delegation, models.CASCADE, primary_key=True, related_name="ticketing", verbose_name="团组"
    )
    bought_on = models.DateField("出票日期")
    outbound = models.CharField("去程航班", max_length=60, validators=[validate_visible])
    inbound = models.CharField("回程航班", max_length=60, validators=[validate_visible])
    foreign_carrier = models.BooleanField("乘坐外国航空公司", default=False)
    approval = models.CharField("外航审批依据", max_length=120, blank=True)
    insurance_no = models.CharField("保险单号", max_length=60, blank=True)
    amount = models.DecimalField("票款合计（元）", max_digits=12, decimal_places=2, null=True, blank=True)

    objects = OfDelegationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "机票与保险"
        constraints = [
            models.CheckConstraint(
                condition=Q(foreign_carrier=False) | ~Q(approval=""),
                name="ticketing_foreign_approved",
                violation_error_message="乘坐外国航空公司须事先经本单位外事和财务部门批准，请填写依据。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.outbound} / {self.inbound}"


class TripReport(models.Model):
    """The report after the trip, with the facts that the feedback form asks for."""

    delegation = models.OneToOneField(
        Delegation, models.CASCADE, primary_key=True, related_name="report", verbose_name="团组"
    )
    reported_on = models.DateField("提交日期")
    text = models.TextField("任务执行情况")
    actual_people = models.PositiveSmallIntegerField("实际人数")
    beyond_task = models.TextField("任务外内容", blank=True)

    objects = OfDelegationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "出访报告"

    def __str__(self) -> str:
        return f"{self.delegation} 出访报告"


class AbroadNote(models.Model):
    """A report or a question from abroad: arrival, daily report, request to change the programme."""

    delegation = models.ForeignKey(
        Delegation, models.CASCADE, related_name="abroad_notes", verbose_name="团组"
    )
    day = models.DateField("日期")
    text = models.TextField("内容")
    answer = models.TextField("答复", blank=True)

    objects = OfDelegationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "境外请示报告"
        ordering = ["delegation", "day", "pk"]

    def __str__(self) -> str:
        return f"{self.day:%F} {self.text[:20]}"
