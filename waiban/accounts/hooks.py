"""What accounts gives to the frame, and what it does when others tell that something happened."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa import signals as mfa_signals
from django.dispatch import receiver
from django.http import HttpRequest

from waiban.accounts.demo import demo_lines
from waiban.accounts.enums import Role
from waiban.accounts.models import User
from waiban.accounts.queries import office_of
from waiban.core import context, menu
from waiban.core.signals import noted
from waiban.core.time import now

context.provide_for_request("office_name", lambda request: office_of(request).name)
context.provide_for_request("office_short", lambda request: office_of(request).short_name)
context.provide("demo_accounts", demo_lines)

menu.register(menu.Item("系统", "账户与岗位", "admin:index", "users", 20, roles=frozenset({Role.SYSADMIN})))


def _note(request: HttpRequest, user: User, kind: str, **detail: Any) -> None:
    noted.send(
        User,
        request=request,
        actor_id=user.pk,
        kind=kind,
        object_label="accounts.user",
        object_id=str(user.pk),
        detail=detail,
    )


@receiver([password_changed, password_reset, password_set])
def password_is_new(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Start the 90 days anew; other sessions end by themselves, because their hash no longer fits."""
    User.objects.filter(pk=user.pk).update(must_change_password=False, password_changed_at=now())
    _note(request, user, "password_changed")


@receiver([mfa_signals.authenticator_added, mfa_signals.authenticator_reset])
def factor_added(request: HttpRequest, user: User, authenticator: Any, **kwargs: Any) -> None:
    """Write down a new second factor."""
    _note(request, user, "mfa_added", type=str(authenticator.type))


@receiver(mfa_signals.authenticator_removed)
def factor_removed(request: HttpRequest, user: User, authenticator: Any, **kwargs: Any) -> None:
    """Write down that a second factor was taken away."""
    _note(request, user, "mfa_removed", type=str(authenticator.type))
