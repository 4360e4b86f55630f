from django.apps import AppConfig


class DelegationsConfig(AppConfig):
    name = "delegations"
    label = "delegations"
    verbose_name = "因公出访"
    default_auto_field = "django.db.models.BigAutoField"
