from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Companies, people and their posts, departments, rights, and the lists documents choose from."""

    name = "directory"
    default_auto_field = "django.db.models.BigAutoField"
