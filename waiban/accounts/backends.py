"""Sign-in by password, and rights in the Django admin that follow the seat, not the account."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from waiban.accounts.enums import Role
from waiban.accounts.models import Position, User

# What a 系统管理员 keeps: accounts and settings, no business data (三员分立).
KEPT_APPS = frozenset({"accounts", "axes", "django_celery_beat", "places", "workdays"})


class SeatBackend(ModelBackend):
    """Gives holders of the seat 系统管理员 the admin pages of the apps that they keep; nobody else any."""

    def has_perm(self, user_obj: User, perm: str, obj: Any = None) -> bool:
        """Rights of the flag `superuser` are Django's own matter; everything else comes from the seat."""
        return self.has_module_perms(user_obj, perm.partition(".")[0])

    def has_module_perms(self, user_obj: User, app_label: str) -> bool:
        return user_obj.is_active and app_label in KEPT_APPS and self._is_sysadmin(user_obj)

    @staticmethod
    def _is_sysadmin(user: User) -> bool:
        if not hasattr(user, "_sysadmin"):
            user._sysadmin = Position.objects.current().filter(user=user, role=Role.SYSADMIN).exists()
        return user._sysadmin
