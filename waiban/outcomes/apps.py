"""The register of outcomes."""

from django.apps import AppConfig


class OutcomesConfig(AppConfig):
    name = "waiban.outcomes"
    label = "outcomes"
    verbose_name = "成果台账"
    default_auto_field = "django.db.models.BigAutoField"
