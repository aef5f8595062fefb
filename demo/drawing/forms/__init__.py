"""The forms invoices are printed on, one module a kind, drawn from facts onto sheets."""

from __future__ import annotations

from demo.drawing.facts import InvoiceFacts
from demo.drawing.forms import air, einvoice, fiscal, rail, vat
from demo.drawing.sheet import Sheet
from demo.drawing.style import PLAIN, Style
from invoices.readers.base import Kind


def sheets(facts: InvoiceFacts, style: Style = PLAIN) -> list[Sheet]:
    """The pages of an invoice."""
    if facts.kind is Kind.RAIL:
        return rail.sheets(facts, style)
    if facts.kind is Kind.AIR:
        return air.sheets(facts, style)
    if facts.kind is Kind.FISCAL:
        return fiscal.sheets(facts, style)
    if facts.kind.is_digital:
        return einvoice.sheets(facts, style)
    return vat.sheets(facts, style)
