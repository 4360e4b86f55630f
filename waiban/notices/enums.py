"""Choices of the notice ledger."""

from django.db.models import TextChoices


class Channel(TextChoices):
    """How a notice reaches its reader."""

    INAPP = "inapp", "站内消息"
    EMAIL = "email", "电子邮件"
    BOT = "bot", "群机器人"


class State(TextChoices):
    """Where a notice is on its way out of the house."""

    NEW = "new", "待发"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发"
    FAILED = "failed", "发送失败"
    UNKNOWN = "unknown", "待确认"
    CANCELLED = "cancelled", "已取消"


class Level(TextChoices):
    """How loudly a notice speaks; the light beside it follows."""

    INFO = "info", "一般"
    NEAR = "near", "临近"
    OVERDUE = "overdue", "逾期"


class Kind(TextChoices):
    """The kinds every flow has; an app may add its own words, the column is not bound to these."""

    READY = "ready", "新待办"
    NEAR = "near", "临近到期"
    DUE_TODAY = "due_today", "今日到期"
    OVERDUE = "overdue", "已逾期"
    RETURNED = "returned", "退回"
    INFORMED = "informed", "知会"


# Notices that ask for something to be done: once the step is closed they have nothing left to say.
TODO_KINDS = (Kind.READY, Kind.NEAR, Kind.DUE_TODAY, Kind.OVERDUE)
