from django.apps import AppConfig


class RivalConfig(AppConfig):
    name = "bench.rival"
    label = "rival"
