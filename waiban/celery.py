"""The Celery application: a wake-up call only, PostgreSQL holds the truth."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waiban.settings")

app = Celery("waiban")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
