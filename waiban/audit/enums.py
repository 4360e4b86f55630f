"""What the audit log tells of (GB/T 22239-2019 8.1.4.3)."""

from django.db import models


class AuditKind(models.TextChoices):
    """One kind of event. A key is never used again for something else."""

    LOGIN = "login", "登录"
    LOGIN_FAILED = "login_failed", "登录失败"
    LOCKED = "locked", "账户锁定"
    LOGOUT = "logout", "退出"
    PASSWORD_CHANGED = "password_changed", "修改密码"
    MFA_ADDED = "mfa_added", "启用两步验证"
    MFA_REMOVED = "mfa_removed", "停用两步验证"
    SESSION_ENDED = "session_ended", "结束会话"
    ACCOUNT_CHANGED = "account_changed", "账户变更"
    ROLE_GIVEN = "role_given", "授予岗位"
    ROLE_TAKEN = "role_taken", "撤销岗位"
    STANDIN_SET = "standin_set", "设定外出委托"
    STANDIN_REVOKED = "standin_revoked", "撤销外出委托"
    REVEALED = "revealed", "查看个人信息"
    EXPORTED = "exported", "导出"
    PRINTED = "printed", "打印"
    IMPORTED = "imported", "导入"
    UPLOADED = "uploaded", "上传文件"
    DOWNLOADED = "downloaded", "下载文件"
    WITHDRAWN = "withdrawn", "撤回文件"
    REFUSED = "refused", "拒绝访问"
    SETTING_CHANGED = "setting_changed", "修改设置"
    CALENDAR_CHANGED = "calendar_changed", "修改工作日历"
    DATA_CHANGED = "data_changed", "修改数据"


class AuditResult(models.TextChoices):
    """How it ended."""

    OK = "ok", "成功"
    FAILED = "failed", "失败"
    REFUSED = "refused", "拒绝"
