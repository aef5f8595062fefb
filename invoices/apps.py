from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    """The files as received, what they say, whose they are, and what they are used for."""

    name = "invoices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from common import findings, outbox
        from invoices import labels, tasks

        outbox.subscribe("invoices.read", "upload.received", handler=tasks.read, in_transaction=False)
        findings.register(labels.FINDINGS)
