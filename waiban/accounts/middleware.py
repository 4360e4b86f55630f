"""Who acts in this request, and what an account must do before it may go on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from waiban.accounts.actors import Actor, actor_for
from waiban.core.time import now

GetResponse = Callable[[HttpRequest], HttpResponse]

# Pages that stay open to an account with a duty left: how else could it be done?
OPEN_PREFIXES = ("account_", "mfa_")
OPEN_NAMES = frozenset({"healthz", "readyz", "elder"})


def _actor(request: HttpRequest) -> Actor:
    if request.user.is_authenticated:
        return actor_for(request.user)
    return Actor(user_id=0, name="", office_id=0)


class ActorOfRequest:
    """Gives `request.actor`, read at most once a request and only when asked for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: _actor(request))
        return self.get_response(request)


class AccountDuties:
    """Sends an account to change an old or given password, and keepers of the system to set up a second
    factor.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        """Redirect to the duty that is left, or None to go on."""
        if not request.user.is_authenticated or self._is_open(request):
            return None
        if self._password_due(request):
            messages.warning(request, "请先修改密码，再继续使用。")
            return redirect("account_change_password")
        if self._factor_due(request):
            messages.warning(request, "您的岗位必须启用动态口令（两步验证）后才能使用系统。")
            return redirect("mfa_activate_totp")
        return None

    @staticmethod
    def _is_open(request: HttpRequest) -> bool:
        name = request.resolver_match.url_name or ""
        return name in OPEN_NAMES or name.startswith(OPEN_PREFIXES)

    @staticmethod
    def _password_due(request: HttpRequest) -> bool:
        user = request.user
        if user.must_change_password:
            return True
        changed = user.password_changed_at or user.date_joined
        return bool(settings.PASSWORD_DAYS) and changed < now() - timedelta(days=settings.PASSWORD_DAYS)

    @staticmethod
    def _factor_due(request: HttpRequest) -> bool:
        needed = frozenset(settings.MFA_REQUIRED_ROLES)
        if not needed or not needed & request.actor.roles:
            return False
        return not Authenticator.objects.filter(user=request.user).exists()
