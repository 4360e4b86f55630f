from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "waiban.documents"
    label = "documents"
    verbose_name = "材料与公文"
    default_auto_field = "django.db.models.BigAutoField"
