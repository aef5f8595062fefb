"""Judgements on one invoice, without the database: may it be claimed, whose title is on it, can its figures be true."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Protocol

from common.errors import Finding
from invoices import errors
from invoices.readers import checks
from invoices.readers.base import KEYS, Reading

NEEDED = ("number", "date", "total")  # without these no invoice can be spent
UNNAMED_BUYERS = ("个人", "个人消费者")

WRONG_TITLE, WRONG_TAX_ID, NO_TAX_ID, RED_LETTER = "wrong_title", "wrong_tax_id", "no_tax_id", "red_letter"
REFUSING = (WRONG_TITLE, RED_LETTER)  # such an invoice is not offered for a claim: the issuer has to mend it
_NAMES_ITS_BUYER = ("增值税", "电子发票（")  # an enterprise's tax id stands on these (公告2017年第16号)
_RAIL = "铁路"
_TRAVEL = (_RAIL, "航空", "通行费")

# Checks of the readers that a person's values have to pass, and the fields concerned: it is told at the first, and not
# before all of them are sure.
_PLACES: dict[str, tuple[str, ...]] = {
    "sums_differ": ("total", "amount_excl_tax", "tax"),
    "date_in_future": ("date",),
    "year_differs": ("date", "number"),
    "number_pattern": ("number", "invoice_code", "kind"),
    "tax_id_length": ("",),
}

_BRACKETS = str.maketrans("（）【】〔〕［］", "()[][][]")


class Facts(Protocol):
    """What an invoice says, as far as these judgements need it (`invoices.models.Invoice`)."""

    kind: str
    number: str
    issued_on: date | None
    buyer_name: str
    buyer_tax_id: str
    amount_excl_tax: Decimal | None
    tax: Decimal | None
    total: Decimal | None
    unsure: list[str]


class Buyer(Protocol):
    """The company an invoice has to be made out to."""

    name: str
    tax_id: str


def open_keys(invoice: Facts) -> list[str]:
    """The fields a person has to confirm or type before the invoice can be spent, in the order of the page.

    A rail e-ticket prints its fare only; amount and tax are in its data file, and nobody can type them from the face.
    """
    present = {"number": invoice.number, "date": invoice.issued_on, "total": invoice.total}
    missing = {key for key in NEEDED if present[key] in ("", None)}
    not_printed = set()
    if _RAIL in invoice.kind and invoice.amount_excl_tax is None and invoice.tax is None:
        not_printed = {"amount_excl_tax", "tax"}
    return [key for key in KEYS if key in missing or (key in invoice.unsure and key not in not_printed)]


def require_claimable(invoice: Facts, amount: Decimal) -> None:
    """Raises InvoiceUnsure, InvoiceNegative, UseAboveInvoice."""
    if keys := open_keys(invoice):
        raise errors.InvoiceUnsure(number=invoice.number, keys=keys)
    assert invoice.total is not None
    if invoice.total <= 0:
        raise errors.InvoiceNegative(number=invoice.number, total=str(invoice.total))
    if amount > invoice.total:
        raise errors.UseAboveInvoice(number=invoice.number, amount=str(amount), total=str(invoice.total))


def problems(invoice: Facts, buyer: Buyer) -> list[str]:
    """What is wrong with the invoice for this company, as codes; the gravest first.

    Fields that are still unsure are not judged: they are asked about first.
    """
    found = []
    if invoice.total is not None and invoice.total <= 0 and "total" not in invoice.unsure:
        found.append(RED_LETTER)
    if not is_made_out_to(invoice, buyer):
        found.append(WRONG_TITLE)
    elif tax_id_fault := _tax_id_fault(invoice, buyer):
        found.append(tax_id_fault)
    return found


def is_made_out_to(invoice: Facts, buyer: Buyer) -> bool:
    """Whether the title (抬头) is the company's. Tickets and receipts that name no buyer are everybody's."""
    if not invoice.buyer_name or "buyer_name" in invoice.unsure:
        return True
    return title_form(invoice.buyer_name) == title_form(buyer.name)


def _tax_id_fault(invoice: Facts, buyer: Buyer) -> str:
    if "buyer_tax_id" in invoice.unsure:
        return ""
    if invoice.buyer_tax_id:
        return "" if invoice.buyer_tax_id.upper() == buyer.tax_id.upper() else WRONG_TAX_ID
    names_its_buyer = invoice.kind.startswith(_NAMES_ITS_BUYER) and not any(word in invoice.kind for word in _TRAVEL)
    return NO_TAX_ID if names_its_buyer and invoice.buyer_name else ""


def title_form(name: str) -> str:
    """A company's name without what printers and people vary: width, kind of brackets, white space, case."""
    folded = unicodedata.normalize("NFKC", name.translate(_BRACKETS)).translate(_BRACKETS)
    return re.sub(r"\s+", "", folded).casefold()


def faults_of_values(reading: Reading, *, today: date) -> list[Finding]:
    """What cannot be true of values a person confirmed, each at its field. Notes of earlier readings do not count."""
    trial = Reading(kind=reading.kind, values=dict(reading.values), facts=reading.facts, blank=set(KEYS))
    checks.check(trial, today=today)
    found = [
        Finding(f"invoice_{note.code}", where=_PLACES[note.code][0] or note.params["key"], params=dict(note.params))
        for note in trial.notes
        if note.code in _PLACES and not set(_PLACES[note.code]) & set(reading.unsure)
    ]
    if reading.amount("total") == 0:
        found.append(Finding("invoice_total_zero", where="total"))
    return found
