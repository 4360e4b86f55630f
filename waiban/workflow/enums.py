"""Choices of the engine."""

from django.db.models import TextChoices


class CaseStatus(TextChoices):
    RUNNING = "running", "在办"
    CLOSED = "closed", "办结"
    WITHDRAWN = "withdrawn", "撤回"
    REFUSED = "refused", "不予批准"
    CANCELLED = "cancelled", "取消"


class Mode(TextChoices):
    STANDARD = "standard", "标准"
    FAST = "fast", "快办"


class ItemState(TextChoices):
    WAITING = "waiting", "未到"
    READY = "ready", "待办"
    DOING = "doing", "办理中"
    OUTSIDE = "outside", "等待外部"
    DONE = "done", "已办"
    SKIPPED = "skipped", "不适用"
    RETURNED = "returned", "已退回"
    VOIDED = "voided", "已作废"


OPEN_STATES = frozenset({ItemState.READY, ItemState.DOING, ItemState.OUTSIDE})
"""States in which somebody can act."""

LIVE_STATES = OPEN_STATES | {ItemState.WAITING}
"""States that are not over yet."""

PASSED_STATES = frozenset({ItemState.DONE, ItemState.SKIPPED})
"""States that open the way to successors."""


class Applies(TextChoices):
    YES = "yes", "适用"
    NO = "no", "不适用"
    UNKNOWN = "unknown", "尚未确定"


class Light(TextChoices):
    RED = "red", "逾期"
    AMBER = "amber", "临近"
    GREEN = "green", "正常"
    GREY = "grey", "未开始"


class ReturnMode(TextChoices):
    REDO = "redo", "重走"
    DIRECT = "direct", "直达"


class ActionKind(TextChoices):
    START = "start", "立案"
    CLAIM = "claim", "签收"
    RELEASE = "release", "退签"
    COMPLETE = "complete", "办结"
    RETURN = "return", "退回"
    REASSIGN = "reassign", "转办"
    ADD_SIGNER = "add_signer", "加签"
    SIGN = "sign", "会签"
    PAUSE = "pause", "挂起"
    RESUME = "resume", "恢复"
    WITHDRAW = "withdraw", "撤回"
    REFUSE = "refuse", "不予批准"
    CANCEL = "cancel", "取消"
    JOIN = "join", "增加人员"
    LEAVE = "leave", "退出人员"
    FACTS = "facts", "更新情况"
    DATES = "dates", "调整日期"
    MODE = "mode", "调整办理方式"
    RECOUNT = "recount", "重算期限"


class SettingField(TextChoices):
    LIMIT = "limit", "标准时限"
    FAST = "fast", "快办时限"
    HOLDER = "holder", "默认办理部门"
    REMIND = "remind", "提醒"
