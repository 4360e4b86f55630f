"""People, departments, positions, stand-ins."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "waiban.accounts"
    label = "accounts"
    verbose_name = "账户与岗位"
    default_auto_field = "django.db.models.BigAutoField"
