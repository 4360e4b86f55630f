"""No business: time, errors, encryption, drafts, menus, exports, and the frame of every page."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

# Loaded with Django, so that `shared_task` finds this application in web, shell and tests too.
from waiban.celery import app as celery_app

__all__ = ["CoreConfig", "celery_app"]


class CoreConfig(AppConfig):
    name = "waiban.core"
    label = "core"
    verbose_name = "公共部件"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Read the system checks, and the module `hooks` of every app: its menu lines, frame values,
        receivers.
        """
        autodiscover_modules("checks")
        autodiscover_modules("hooks")
