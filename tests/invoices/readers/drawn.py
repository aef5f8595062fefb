"""Drawn invoices with the data files their issuers attach."""

from __future__ import annotations

from demo.drawing import xml
from demo.drawing.facts import InvoiceFacts
from invoices.readers.base import Kind

NOT_ON_A_RAIL_FACE = ("amount_excl_tax", "tax")


def data_files(facts: InvoiceFacts) -> dict[str, bytes]:
    """What an OFD or PDF of this kind carries; nothing for 数电票, whose data is a file of its own."""
    if facts.kind in (Kind.VAT, Kind.TOLL):
        return {"original_invoice.xml": xml.original_invoice(facts)}
    if facts.kind is Kind.VAT_SPECIAL:
        return {f"inv_ord_issuer_20220101_{facts.code}{facts.number}.xml": xml.vat_xbrl(facts)}
    if facts.kind is Kind.RAIL:
        return {f"rai_issuer_{facts.number}.xml": xml.rail_xbrl(facts)}
    if facts.kind is Kind.AIR:
        return {f"atr_issuer_{facts.number}.xml": xml.air_xbrl(facts)}
    return {}


def not_on_the_face(facts: InvoiceFacts) -> tuple[str, ...]:
    return NOT_ON_A_RAIL_FACE if facts.kind is Kind.RAIL else ()
