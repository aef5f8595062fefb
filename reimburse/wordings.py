"""The sentences of this app's findings: what is the matter, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from common.errors import Wording

FINDINGS: Mapping[str, Wording] = {
    "no_lines": _("There is nothing on this claim yet. Add an invoice or a blank line."),
    "line_no_type": _("Choose what the money was spent on."),
    "line_type_closed": _("“%(type)s” is no longer in use. Choose another expense type."),
    "line_payer_closed": _("The cost centre or the project is no longer in use. Choose another one."),
    "line_no_purpose": _("Write who was entertained, how many, and why."),
    "line_no_date": _("Enter the day on which the money was spent."),
    "line_date_future": _("%(day)s is still to come. Enter the day on which the money was spent."),
    "line_too_old": _(
        "Expenses of %(day)s could be claimed until %(until)s. Take the line off, or ask the finance department."
    ),
    "line_last_year": _("%(day)s belongs to last year's books; it can be claimed until %(until)s."),
    "line_late": _("%(day)s is more than %(days)s days ago."),
    "line_no_amount": _("Enter the amount."),
    "line_over_invoices": _(
        "%(amount)s is more than the %(invoices)s on the invoices. Lower the amount, or add the missing invoice."
    ),
    "line_below_invoices": _("%(amount)s of the %(invoices)s on the invoices is claimed."),
    "line_no_invoice": _("An invoice is needed for “%(type)s”. Add one from your wallet, or upload it here."),
    "line_repeated": _(
        "%(type)s of %(day)s over %(amount)s has been claimed before. Take it off if it is the same expense."
    ),
    "invoice_unknown": _("“%(invoice)s” has no number yet. Type what is printed on it, in your wallet."),
    "invoice_unsure": _("Some values of “%(invoice)s” could not be read surely. Confirm them in your wallet."),
    "invoice_other_buyer": _(
        "“%(invoice)s” is not made out to %(buyer)s. Ask the seller for a new one, or claim it in the company it names."
    ),
    "invoice_other_tax_id": _("“%(invoice)s” names %(buyer)s, but another tax id. Ask the seller for a corrected one."),
    "invoice_no_tax_id": _("“%(invoice)s” does not show the tax id of %(buyer)s."),
    "invoice_future": _("“%(invoice)s” is dated %(day)s, which is still to come. Check the date in your wallet."),
    "invoice_foreign": _(
        "“%(invoice)s” is in %(currency)s; only invoices in the company's own currency can be claimed."
    ),
    "invoice_red": _("“%(invoice)s” is a red-letter invoice: it takes money back and cannot be claimed."),
    "invoice_used": _("“%(invoice)s” has been claimed with %(document)s. Take it off this line."),
    "invoice_marked": _("“%(invoice)s” also lies on your draft “%(document)s”; the one sent first gets it."),
    "settled_over_total": _(
        "%(settled)s of advances would be settled, but the claim is only %(total)s. Lower what is settled."
    ),
    "settled_over_open": _("Only %(open)s of %(advance)s is still open; %(settled)s cannot be settled."),
    "advance_unsettled": _("%(open)s of your advance %(advance)s is still open. You can settle it with this claim."),
    "advance_overdue_unsettled": _(
        "Your advance %(advance)s is overdue with %(open)s open. Settle it with this claim."
    ),
    "advance_no_purpose": _("Write what the money is needed for."),
    "advance_no_amount": _("Enter how much is needed."),
    "advance_no_due_date": _("Enter the day by which it will be settled."),
    "advance_due_past": _("%(day)s has passed. Enter the day by which it will be settled."),
    "advance_due_far": _("%(day)s is too far away. An advance is settled within a year: %(latest)s at the latest."),
    "advance_overdue": _(
        "Your advance %(advance)s is overdue with %(open)s open. Settle it before asking for another."
    ),
    "advance_open": _("%(open)s of the advance %(advance)s is still open."),
}
