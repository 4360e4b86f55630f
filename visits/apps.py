from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "visits"
    label = "visits"
    verbose_name = "来访接待"
    default_auto_field = "django.db.models.BigAutoField"
