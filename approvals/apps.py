from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    """Approval requests, routes and turns; does not know what is being approved."""

    name = "approvals"
    verbose_name = _("Approvals")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from approvals import tasks
        from common import outbox

        # Each turn is handed over in a transaction of its own, so the handler runs outside of one.
        outbox.subscribe("approvals.left", "employee.changed", handler=tasks.hand_over_if_left, in_transaction=False)
