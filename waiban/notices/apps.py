from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "waiban.notices"
    label = "notices"
    verbose_name = "提醒与消息"
    default_auto_field = "django.db.models.BigAutoField"
