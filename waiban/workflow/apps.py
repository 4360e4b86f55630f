"""The flow engine."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class WorkflowConfig(AppConfig):
    name = "waiban.workflow"
    label = "workflow"
    verbose_name = "流程引擎"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the recount: a sweep, and a receiver of the news that the calendar has changed."""
        autodiscover_modules("recount")
