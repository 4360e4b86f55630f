"""The ledger of notices and the heartbeats of the sweeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from waiban.core.db import choices_check
from waiban.notices.enums import Channel, Kind, Level, State

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Questions about notices."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> NoticeQuerySet:
        """Notices of this person and of nobody else, whatever his role."""
        return self.filter(recipient_id=user.pk) if user.is_authenticated else self.none()

    def inbox(self) -> NoticeQuerySet:
        """What is shown inside the portal."""
        return self.filter(channel=Channel.INAPP, state=State.SENT)

    def unread(self) -> NoticeQuerySet:
        """What nobody has opened yet."""
        return self.filter(read_at__isnull=True)

    def outside(self) -> NoticeQuerySet:
        """The outbox: everything that leaves the house."""
        return self.exclude(channel=Channel.INAPP)


class Notice(models.Model):
    """One thing said to one person through one channel, at most once.

    Rows inside the portal are delivered by being inserted. Rows for outside channels are an outbox: a
    dispatcher claims them under a lease, sends, and marks what became of them.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, "notices", db_index=False, verbose_name="收件人"
    )
    kind = models.CharField("类别", max_length=32)
    subject_key = models.CharField("事项键", max_length=80)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    ordinal = models.PositiveIntegerField("序次", default=0)
    channel = models.CharField("渠道", max_length=8, choices=Channel, default=Channel.INAPP)
    case = models.ForeignKey(
        "workflow.Case", models.CASCADE, "notices", null=True, blank=True, db_index=False, verbose_name="事项"
    )
    item = models.ForeignKey(
        "workflow.WorkItem", models.CASCADE, "notices", null=True, blank=True, verbose_name="环节"
    )
    title = models.CharField("标题", max_length=200)
    body = models.TextField("正文", blank=True)
    url = models.CharField("链接", max_length=300, blank=True)
    level = models.CharField("轻重", max_length=8, choices=Level, default=Level.INFO)
    due_at = models.DateTimeField("时限", null=True, blank=True)
    late = models.BooleanField("迟发", default=False)
    state = models.CharField("状态", max_length=10, choices=State, default=State.NEW)
    created_at = models.DateTimeField("写入时间")
    send_after = models.DateTimeField("下次发送时间", null=True, blank=True)
    lease_until = models.DateTimeField("占用至", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    resent = models.BooleanField("已补发", default=False)
    error = models.CharField("最近一次错误", max_length=300, blank=True)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "提醒"
        verbose_name_plural = "提醒"
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=("recipient", "kind", "subject_key", "round", "ordinal", "channel"),
                name="notice_once",
                violation_error_message="同一提醒只写一次。",
            ),
            choices_check("channel", Channel),
            choices_check("level", Level),
            choices_check("state", State),
            models.CheckConstraint(
                condition=~Q(channel=Channel.INAPP) | Q(state__in=(State.SENT, State.CANCELLED)),
                name="notice_inapp_is_sent",
                violation_error_message="站内消息写入即送达。",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.SENT) | Q(sent_at__isnull=False),
                name="notice_sent_has_time",
                violation_error_message="已发的提醒必须有发出时间。",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.SENDING) | Q(lease_until__isnull=False),
                name="notice_sending_has_lease",
                violation_error_message="发送中的提醒必须有占用期限。",
            ),
            models.CheckConstraint(
                condition=Q(url="") | (Q(url__startswith="/") & ~Q(url__startswith="//")),
                name="notice_url_is_local",
                violation_error_message="提醒的链接只能指向本系统。",
            ),
        ]
        indexes = [
            models.Index(
                fields=("recipient", "-id"), condition=Q(channel=Channel.INAPP), name="notice_inbox"
            ),
            models.Index(
                fields=("recipient", "-id"),
                condition=Q(channel=Channel.INAPP, state=State.SENT, read_at__isnull=True),
                name="notice_unread",
            ),
            models.Index(
                fields=("send_after",),
                condition=Q(state__in=(State.NEW, State.FAILED), send_after__isnull=False),
                name="notice_outbox",
            ),
            models.Index(
                fields=("state", "-id"),
                condition=Q(state__in=(State.NEW, State.SENDING, State.FAILED, State.UNKNOWN)),
                name="notice_pending",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def key(self) -> tuple[int, str, str, int, int, str]:
        """The identity, in the order of the unique constraint."""
        return (self.recipient_id, self.kind, self.subject_key, self.round, self.ordinal, self.channel)

    @property
    def body_line(self) -> str:
        """The body in one line, for lists."""
        return " · ".join(filter(None, self.body.splitlines()))

    @property
    def kind_label(self) -> str:
        """The Chinese word for the kind; kinds of other apps show the weight of the notice instead."""
        return Kind(self.kind).label if self.kind in Kind.values else self.get_level_display()


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    """Questions about heartbeats."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> HeartbeatQuerySet:
        """Everyone who may open the operations page; the page itself asks for the role."""
        return self.all() if user.is_authenticated else self.none()

    def oldest_first(self) -> HeartbeatQuerySet:
        """The sweep that has been silent longest stands on top."""
        return self.order_by(F("at").asc(nulls_first=True), "name")


class Heartbeat(models.Model):
    """When a sweep last came to its end, and what it did.

    `at` moves only when a sweep succeeds, so a sweep that fails each minute grows old like a silent one.
    """

    name = models.CharField("任务", max_length=60, primary_key=True)
    at = models.DateTimeField("最近成功", null=True, blank=True)
    rows = models.PositiveIntegerField("处理条数", default=0)
    ms = models.PositiveIntegerField("耗时（毫秒）", default=0)
    tried_at = models.DateTimeField("最近运行", null=True, blank=True)
    error = models.CharField("错误", max_length=300, blank=True)

    objects = HeartbeatQuerySet.as_manager()

    class Meta:
        verbose_name = "任务心跳"
        verbose_name_plural = "任务心跳"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
