from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "waiban.workflow"
    label = "workflow"
    verbose_name = "流程引擎"
    default_auto_field = "django.db.models.BigAutoField"
