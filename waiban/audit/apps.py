"""Who did what, who opened personal data, who exported what; the chain that proves none was removed."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "waiban.audit"
    label = "audit"
    verbose_name = "审计"
    default_auto_field = "django.db.models.BigAutoField"
