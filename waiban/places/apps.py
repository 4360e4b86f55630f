"""Countries, regions and APEC economies."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "waiban.places"
    label = "places"
    verbose_name = "国家（地区）"
    default_auto_field = "django.db.models.BigAutoField"
