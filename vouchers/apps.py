from django.apps import AppConfig


class VouchersConfig(AppConfig):
    """Accounting vouchers: drafted from approved documents, reviewed, posted, reversed, exported."""

    name = "vouchers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from common import outbox
        from vouchers import consumers, problems

        problems.register()
        outbox.subscribe("vouchers.draft", "claim.approved", "advance.approved", handler=consumers.draft_voucher)
