"""The notice ledger and the sweeps."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class NoticesConfig(AppConfig):
    name = "waiban.notices"
    label = "notices"
    verbose_name = "提醒与消息"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let every app register its sweeps: they stand in its module `sweep`."""
        autodiscover_modules("sweep")
