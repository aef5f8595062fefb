from django.apps import AppConfig


class ReimburseConfig(AppConfig):
    name = "reimburse"
    default_auto_field = "django.db.models.BigAutoField"
