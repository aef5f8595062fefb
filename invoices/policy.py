"""Judgements on one invoice, without the database: may it be claimed, whose title is on it, can its figures be true."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Protocol

from invoices import errors

NEEDED = ("number", "date", "total")  # without these no invoice can be spent


class Facts(Protocol):
    """What an invoice says, as far as these judgements need it."""

    number: str
    issued_on: date | None
    total: Decimal | None
    unsure: list[str]


def open_keys(invoice: Facts) -> list[str]:
    """The fields a person has to confirm or type before the invoice can be spent."""
    present = {"number": invoice.number, "date": invoice.issued_on, "total": invoice.total}
    missing = [key for key in NEEDED if present[key] in ("", None)]
    return [*missing, *(key for key in invoice.unsure if key not in missing)]


def require_claimable(invoice: Facts, amount: Decimal) -> None:
    """Raises InvoiceUnsure, InvoiceNegative, UseAboveInvoice."""
    if keys := open_keys(invoice):
        raise errors.InvoiceUnsure(number=invoice.number, keys=keys)
    assert invoice.total is not None
    if invoice.total <= 0:
        raise errors.InvoiceNegative(number=invoice.number, total=str(invoice.total))
    if amount > invoice.total:
        raise errors.UseAboveInvoice(number=invoice.number, amount=str(amount), total=str(invoice.total))
