"""The words for an invoice's fields, kinds and sources."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.errors import Wording

FIELDS: dict[str, Wording] = {
    "kind": _("kind"),
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


def listed(keys: Iterable[str]) -> str:
    """金额、日期 / total, date: the names of some fields in one breath."""
    comma = ", " if (get_language() or "").startswith("en") else "、"
    return comma.join(str(FIELDS.get(key, key)) for key in keys)
