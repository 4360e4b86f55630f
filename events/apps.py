from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"
    label = "events"
    verbose_name = "涉外活动"
    default_auto_field = "django.db.models.BigAutoField"
