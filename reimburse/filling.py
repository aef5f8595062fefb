"""How lines are filled from invoices: what a line says at first, and which part of each invoice it claims."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from common.money import ZERO, round_amount, total
from invoices import shown, suggest
from invoices.models import Invoice
from reimburse.models import Document, Line, LineInvoice

PURPOSE_LENGTH = 200


def new_line(document: Document, invoice: Invoice, *, position: int) -> Line:
    """A line over one whole invoice; its expense type is chosen by `suggesting`."""
    return Line(
        document=document,
        position=position,
        spent_on=day_of(invoice),
        purpose=purpose_of(invoice),
        amount=invoice.total if invoice.total and invoice.total > 0 else None,
        tax=invoice.tax or ZERO,
        cost_centre=document.cost_centre,
        project=document.project,
    )


def day_of(invoice: Invoice) -> date | None:
    """The day of the trip where a ticket says so, else the day of the invoice."""
    day = _trip(invoice).get("travel_date")
    try:
        return date.fromisoformat(str(day)) if day else invoice.issued_on
    except ValueError:
        return invoice.issued_on


def purpose_of(invoice: Invoice) -> str:
    """From where to where, for a ticket; else what was bought, else from whom."""
    if _trip(invoice).get("destination"):
        return shown.title_of(invoice)[:PURPOSE_LENGTH]
    # `*住宿服务*住宿费` is shown as 住宿费: the part between the stars is the tax office's class.
    names = dict.fromkeys(name.rpartition("*")[2].strip() for name in suggest.item_names(invoice))
    bought = "、".join([name for name in names if name][:3])
    return (bought or invoice.seller_name)[:PURPOSE_LENGTH]


def _trip(invoice: Invoice) -> dict[str, Any]:
    """The first ride on a ticket (`invoices.readers.base.Trip`); empty for everything else."""
    trips = invoice.facts.get("trips") or [{}]
    return trips[0] if isinstance(trips[0], dict) else {}


def share_out(line: Line, invoices: Sequence[LineInvoice]) -> None:
    """Say how much of each invoice the line claims, the first ones whole, and the tax that belongs to it. In memory."""
    left = line.amount or ZERO
    tax = ZERO
    for used in invoices:
        whole = max(used.invoice.total or ZERO, ZERO)
        used.amount = min(left, whole)
        left -= used.amount
        if whole and used.invoice.tax:
            tax += used.invoice.tax * used.amount / whole
    line.tax = round_amount(tax)


def proven(invoices: Sequence[LineInvoice]) -> Decimal:
    """What the invoices of a line add up to."""
    return total(max(used.invoice.total or ZERO, ZERO) for used in invoices)


def follow_invoices(line: Line, before: Sequence[LineInvoice], after: Sequence[LineInvoice]) -> None:
    """The amount follows the invoices as long as nobody typed another one. In memory."""
    if line.amount is None or line.amount == proven(before):
        line.amount = proven(after) or None
    share_out(line, after)


def title_of(document: Document, lines: Sequence[Line]) -> str:
    """差旅费 11-17 – 11-19: what a document is called as long as nobody calls it otherwise."""
    if not document.is_claim:
        return (lines[0].purpose if lines else "")[:120] or str(document.get_kind_display())
    types = list(dict.fromkeys(line.expense_type.name for line in lines if line.expense_type))
    days = sorted(line.spent_on for line in lines if line.spent_on)
    what = types[0] if len(types) == 1 else str(document.get_kind_display())
    if not days:
        return what
    when = f"{days[0]:%m-%d}" if days[0] == days[-1] else f"{days[0]:%m-%d} – {days[-1]:%m-%d}"
    return f"{what} {when}"
