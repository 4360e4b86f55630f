"""Password rules of GB/T 22239-2019 8.1.4.1 that Django does not bring: three kinds, not one of the last
five.
"""

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError

from waiban.accounts.models import PasswordRecord, User
from waiban.core.time import now

KINDS = 3


class ThreeKindsValidator:
    """At least three of: lower case, upper case, digits, other characters."""

    def validate(self, password: str, user: User | None = None) -> None:
        kinds = {_kind(character) for character in password}
        if len(kinds) < KINDS:
            raise ValidationError(self.get_help_text(), code="password_kinds")

    def get_help_text(self) -> str:
        return "密码须包含大写字母、小写字母、数字、其他符号中的至少三种。"


def _kind(character: str) -> str:
    if character.isdigit():
        return "digit"
    if character.isascii() and character.isalpha():
        return "upper" if character.isupper() else "lower"
    return "other"


class NotAgainValidator:
    """None of the last passwords again (settings.PASSWORD_HISTORY); keeps hashes only."""

    def validate(self, password: str, user: User | None = None) -> None:
        if user is None or user.pk is None:
            return
        last = PasswordRecord.objects.filter(user=user)[: settings.PASSWORD_HISTORY]
        if any(check_password(password, record.password) for record in last):
            raise ValidationError(self.get_help_text(), code="password_again")

    def password_changed(self, password: str, user: User | None = None) -> None:
        """Called by Django after a new password was saved."""
        if user is not None:
            PasswordRecord.objects.create(user=user, password=user.password, set_at=now())

    def get_help_text(self) -> str:
        return f"不能与最近 {settings.PASSWORD_HISTORY} 次用过的密码相同。"
