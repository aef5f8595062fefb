from django.apps import AppConfig


class ReimburseConfig(AppConfig):
    """Documents of every kind: expense claims and cash advances, from the draft to the posted voucher."""

    name = "reimburse"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from common import findings
        from reimburse import kinds, wordings
        from reimburse import receivers as receivers  # noqa: PLC0414 - importing connects them

        findings.register(wordings.FINDINGS)
        kinds.register()
