from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "waiban.core"
    label = "core"
    verbose_name = "公共部件"
    default_auto_field = "django.db.models.BigAutoField"
