from django.apps import AppConfig


class OAConfig(AppConfig):
    name = "oa"
    default_auto_field = "django.db.models.BigAutoField"
