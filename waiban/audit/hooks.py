"""What audit listens to, and its line in the menu."""

from typing import Any

from axes.signals import user_locked_out
from django.contrib.admin.models import LogEntry
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest

from waiban.accounts.actors import Actor, actor_for
from waiban.accounts.enums import Role
from waiban.accounts.models import User
from waiban.audit.enums import AuditKind, AuditResult
from waiban.audit.services import record, verify_chain
from waiban.core import health, menu
from waiban.core.signals import exported, noted, refused
from waiban.documents import signals as files
from waiban.workdays.signals import calendar_changed

TAIL = 500

menu.register(
    menu.Item("系统", "审计日志", "audit:list", "shield-check", 10, roles=frozenset({Role.AUDITOR}))
)


def _check_tail() -> health.Report:
    report = verify_chain(last=TAIL)
    return health.Report(report.ok, "完整" if report.ok else f"第 {report.broken_at} 条起不完整")


health.register("audit", _check_tail)


@receiver(user_logged_in)
def logged_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """登录."""
    record(AuditKind.LOGIN, actor=actor_for(user), request=request)


@receiver(user_logged_out)
def logged_out(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """退出; a visitor's click on an old page is none."""
    if user is not None:
        record(AuditKind.LOGOUT, user=user, request=request)


@receiver(user_login_failed)
def login_failed(
    sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kw: Any
) -> None:
    """登录失败, with the name that was typed: it may be a password typed into the wrong box, so it is cut."""
    name = str(credentials.get("username", ""))[:30]
    known = User.objects.filter(username=name).only("office_id").first()
    record(
        AuditKind.LOGIN_FAILED,
        request=request,
        result=AuditResult.FAILED,
        object_label="accounts.user",
        object_id=str(known.pk) if known else "",
        object_text=name if known else "未知用户名",
    )


@receiver(user_locked_out)
def locked(sender: Any, request: HttpRequest, username: str | None = None, **kwargs: Any) -> None:
    """账户锁定."""
    record(
        AuditKind.LOCKED, request=request, result=AuditResult.REFUSED, object_text=str(username or "")[:30]
    )


@receiver(exported)
def list_exported(
    sender: Any, actor: Actor, title: str, rows: int, columns: list[str], sha256: str, **kwargs: Any
) -> None:
    """导出: what, how many rows, which columns, hash of the file."""
    detail = {"rows": rows, "columns": columns, "sha256": sha256}
    record(AuditKind.EXPORTED, actor=actor, object_text=title, detail=detail)


@receiver(refused)
def was_refused(sender: Any, request: HttpRequest, message: str, code: str, **kwargs: Any) -> None:
    """拒绝: the address tells the object."""
    record(
        AuditKind.REFUSED,
        actor=_actor(request),
        request=request,
        result=AuditResult.REFUSED,
        object_text=request.path,
        reason=message,
        detail={"code": code, "method": request.method},
    )


def _actor(request: HttpRequest) -> Actor | None:
    """The person of the request; None when the refusal came before that was known."""
    return request.actor if hasattr(request, "actor") else None


@receiver(noted)
def was_noted(
    sender: Any,
    actor_id: int | None,
    kind: str,
    object_label: str,
    object_id: str,
    detail: dict[str, Any],
    request: HttpRequest | None = None,
    **kwargs: Any,
) -> None:
    """Whatever an app to the left has to tell."""
    user = User.objects.filter(pk=actor_id).first()
    record(
        kind,
        actor=actor_for(user) if user else None,
        request=request,
        object_label=object_label,
        object_id=object_id,
        detail=detail,
    )


@receiver(files.uploaded)
def uploaded(sender: Any, document: Any, actor: Actor, **kwargs: Any) -> None:
    """上传文件."""
    record(AuditKind.UPLOADED, actor=actor, obj=document)


@receiver(files.withdrawn)
def withdrawn(sender: Any, document: Any, actor: Actor, **kwargs: Any) -> None:
    """撤回文件."""
    record(AuditKind.WITHDRAWN, actor=actor, obj=document)


@receiver(files.downloaded)
def downloaded(sender: Any, document: Any, actor: Actor, **kwargs: Any) -> None:
    """下载文件."""
    record(AuditKind.DOWNLOADED, actor=actor, obj=document)


@receiver(calendar_changed)
def calendar_was_changed(
    sender: Any, year: int, version: int, actor: Actor, changed: int, **kwargs: Any
) -> int:
    """修改工作日历; recounts nothing itself."""
    detail = {"year": year, "version": version, "changed": changed}
    record(AuditKind.CALENDAR_CHANGED, actor=actor, object_text=f"{year} 年工作日历", detail=detail)
    return 0


@receiver(post_save, sender=LogEntry)
def changed_in_admin(sender: Any, instance: LogEntry, created: bool, **kwargs: Any) -> None:
    """Whatever is changed in the system's administration: accounts, calendar, settings."""
    if not created:
        return
    content = instance.content_type
    label = f"{content.app_label}.{content.model}" if content else ""
    kind = AuditKind.ACCOUNT_CHANGED if label == "accounts.user" else AuditKind.SETTING_CHANGED
    record(
        kind,
        actor=actor_for(instance.user),
        object_label=label,
        object_id=instance.object_id or "",
        object_text=instance.object_repr,
        detail={"message": instance.get_change_message()},
    )
