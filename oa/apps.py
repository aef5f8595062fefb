from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OAConfig(AppConfig):
    """Outbound hooks: other systems hear of every step, signed and in order."""

    name = "oa"
    verbose_name = _("OA connections")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from common import findings, outbox
        from oa import tasks
        from oa.catalogue import EVENTS
        from oa.wordings import OUTCOMES

        findings.register(OUTCOMES)
        outbox.subscribe("oa.deliveries", *EVENTS, handler=tasks.make_deliveries)
        outbox.subscribe(tasks.SENDER, handler=tasks.send, in_transaction=False, threads=3)
