"""What an account does when allauth or Django tells that a password was set."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.dispatch import receiver
from django.http import HttpRequest

from waiban.accounts.models import User
from waiban.core.signals import noted
from waiban.core.time import now


@receiver([password_changed, password_reset, password_set])
def password_is_new(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Start the 90 days anew; other sessions end by themselves, because their hash no longer fits."""
    User.objects.filter(pk=user.pk).update(must_change_password=False, password_changed_at=now())
    noted.send(
        User,
        actor_id=user.pk,
        kind="password_changed",
        object_label="accounts.user",
        object_id=str(user.pk),
        detail={},
        request=request,
    )
