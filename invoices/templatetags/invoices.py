"""How an invoice is said on a card."""

from __future__ import annotations

from decimal import Decimal

from django import template

from invoices import labels, shown, suggest
from invoices.models import Invoice, Upload
from invoices.selectors import Card

register = template.Library()

_ICONS = {"pdf": "file-type-pdf", "xml": "file-type-xml", "zip": "file-zip", "ofd": "file-invoice"}


@register.filter
def category(invoice: Invoice) -> suggest.Category:
    return suggest.category(invoice)


@register.filter
def short_kind(invoice: Invoice) -> str:
    return shown.short_kind(invoice)


@register.filter
def card_title(card: Card) -> str:
    """Who sold it, else the name of the file it came as."""
    return shown.title_of(card.invoice) or (card.file.name if card.file else "")


@register.filter
def fen(total: Decimal | None) -> str:
    """A total in the smallest unit, as a whole number, for adding up in the browser without fractions."""
    return "" if total is None else f"{total * 100:.0f}"


@register.filter
def file_icon(upload: Upload) -> str:
    """By the file's type where it is known, else by its name."""
    media_type = upload.stored.media_type if upload.stored else ""
    ending = media_type.rpartition("/")[2] or upload.name.rpartition(".")[2].lower()
    return "photo" if media_type.startswith("image/") else _ICONS.get(ending, "file-text")


@register.filter
def field_label(key: str) -> str:
    return str(labels.FIELDS.get(key, key))


@register.filter
def alternatives(invoice: Invoice, key: str) -> list[tuple[str, str]]:
    """The readings of a field that differ, each with where it was read."""
    others = (invoice.fields.get(key) or {}).get("alternatives", []) if key in invoice.unsure else []
    return [(other["value"], str(labels.SOURCES[other["source"]])) for other in others]
