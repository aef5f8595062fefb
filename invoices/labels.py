"""The words for an invoice's fields, kinds and sources."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.errors import Wording

FIELDS: dict[str, Wording] = {
    "kind": _("kind of invoice"),
    "invoice_code": _("invoice code"),
    "number": _("invoice number"),
    "date": _("invoice date"),
    "seller_name": _("seller"),
    "seller_tax_id": _("seller's tax id"),
    "buyer_name": _("buyer"),
    "buyer_tax_id": _("buyer's tax id"),
    "amount_excl_tax": _("amount without tax"),
    "tax": _("tax"),
    "total": _("total with tax"),
    "check_code_last6": _("check code (last six)"),
}

SOURCES: dict[str, Wording] = {
    "xml": _("issuer's XML"),
    "xbrl": _("issuer's XBRL"),
    "ofd": _("OFD tags"),
    "text": _("text of the page"),
    "qr": _("QR code"),
    "ocr": _("picture recognition"),
    "hand": _("typed or confirmed"),
}


SEVERAL = 3  # so many fields are named one by one

FINDINGS: dict[str, Wording] = {
    "invoice_no_date": _("“%(value)s” is no date. Write it like 2026-11-17."),
    "invoice_no_amount": _("“%(value)s” is no amount. Write it like 1360.00, with a minus if the invoice has one."),
    "invoice_no_such_tax_id": _("“%(value)s” is no tax id: those have 15 to 20 digits and letters."),
    "invoice_no_text": _("“%(value)s” cannot be read. Type it as it is printed."),
    "invoice_number_missing": _("Type the invoice number; without it nobody can tell the invoice from others."),
    "invoice_date_missing": _("Type the date of the invoice."),
    "invoice_total_missing": _("Type the total with tax, as printed."),
    "invoice_issuers_value": _(
        "The issuer's own data says “%(value)s”, so it cannot be changed here. If it is wrong, ask the issuer for "
        "a new invoice."
    ),
    "invoice_sums_differ": _(
        "%(amount)s without tax and %(tax)s tax do not make %(total)s. Look at the three figures on the invoice again."
    ),
    "invoice_date_in_future": _("%(date)s is still to come. Look at the date on the invoice again."),
    "invoice_year_differs": _(
        "Invoice number %(number)s begins with another year than %(date)s. Look at both on the invoice again."
    ),
    "invoice_number_pattern": _(
        "“%(number)s” cannot be the number of this kind of invoice (code “%(code)s”). Look at kind, code and number "
        "again."
    ),
    "invoice_tax_id_length": _("“%(value)s” is not as long as a tax id is. Look at it on the invoice again."),
    "invoice_total_zero": _("An invoice of 0.00 proves nothing. Look at the total again."),
}


def listed(keys: Sequence[str]) -> str:
    """金额、日期 / total, date: the names of some fields in one breath, the number of many."""
    if len(keys) > SEVERAL:
        return str(_("%(n)s fields")) % {"n": len(keys)}
    comma = ", " if (get_language() or "").startswith("en") else "、"
    return comma.join(str(FIELDS.get(key, key)) for key in keys)
