from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Money, errors, the audit trail, the outbox, files, idempotency: what every app stands on."""

    name = "common"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from common import db_roles

        # Once, after all apps have migrated: the signal is sent app by app when every migration has run.
        post_migrate.connect(db_roles.grant_to_app_role, sender=self, dispatch_uid="common.db_roles")
