from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BudgetsConfig(AppConfig):
    name = "budgets"
    verbose_name = _("Budgets")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from budgets.services import OVER_BUDGET
        from common import findings

        wording = _("%(over)s over the budget “%(node)s” (%(left)s left). %(owner)s answers for this budget.")
        findings.register({OVER_BUDGET: wording})
