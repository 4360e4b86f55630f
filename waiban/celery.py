"""The Celery application: a wake-up call only, PostgreSQL holds the truth."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waiban.settings")

app = Celery("waiban")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


@setup_logging.connect
def use_our_logging(**kwargs: Any) -> None:
    """Lines of workers and beat pass the same mask as those of the web."""
    logging.config.dictConfig(settings.LOGGING)
