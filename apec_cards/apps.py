from django.apps import AppConfig


class ApecCardsConfig(AppConfig):
    name = "apec_cards"
    label = "apec_cards"
    verbose_name = "APEC商务旅行卡"
    default_auto_field = "django.db.models.BigAutoField"
