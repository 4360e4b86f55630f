"""My queue, search, and the front door."""

from django.apps import AppConfig


class BoardConfig(AppConfig):
    name = "waiban.board"
    label = "board"
    verbose_name = "工作台"
    default_auto_field = "django.db.models.BigAutoField"
