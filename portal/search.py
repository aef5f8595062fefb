"""Search over everything one may see: each app finds in its own rows, here they are laid side by side.

An app takes part with `selectors.search(viewer, text, limit)`, which answers only what the viewer may see, the best
first; one line in SECTIONS says how a row is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.templatetags import ui
from directory import rights
from directory.models import Employee
from invoices import selectors as invoices
from invoices.models import Invoice
from reimburse import selectors as reimburse
from reimburse.models import Document
from vouchers import selectors as vouchers
from vouchers.models import Voucher

LIMIT = 12  # hits a section
SHORTEST, LONGEST = 2, 60  # characters of a question; one character would find everything


@dataclass(frozen=True, slots=True)
class Hit:
    title: str
    detail: str
    href: str
    amount: Decimal | None = None
    currency: str = "CNY"
    status: str = ""


def everybody(viewer: Employee) -> bool:
    return True


def finance(viewer: Employee) -> bool:
    return rights.can_anywhere(viewer, rights.MANAGE_VOUCHERS)


@dataclass(frozen=True, slots=True)
class Section:
    """One app's part of the search."""

    label: str | Promise
    icon: str
    find: Callable[[Employee, str, int], Sequence[Any]]
    show: Callable[[Any], Hit]
    shown: Callable[[Employee], bool] = everybody


@dataclass(frozen=True, slots=True)
class Found:
    label: str | Promise
    icon: str
    hits: Sequence[Hit]
    more: bool  # there were more than the limit


def _document(document: Document) -> Hit:
    kind = str(document.get_kind_display())
    detail = "·".join(part for part in (document.number, kind, document.applicant.display_name) if part)
    href = reverse("reimburse:document", args=[document.public_id])
    return Hit(document.title or kind, detail, href, document.total, document.currency, document.status)


def _invoice(invoice: Invoice) -> Hit:
    detail = "·".join(part for part in (invoice.number, ui.day(invoice.issued_on), invoice.kind) if part)
    href = reverse("invoices:invoice", args=[invoice.public_id])
    return Hit(invoice.seller_name or invoice.number, detail, href, invoice.total, invoice.currency)


def _voucher(voucher: Voucher) -> Hit:
    number = voucher.document.number if voucher.document else ""
    detail = "·".join(part for part in (voucher.audit_label, ui.day(voucher.dated_on), number) if part)
    href = reverse("vouchers:voucher", args=[voucher.public_id])
    return Hit(voucher.summary, detail, href, voucher.total, status="" if voucher.status == "draft" else voucher.status)


SECTIONS: Sequence[Section] = (
    Section(_("Documents"), "file-text", reimburse.search, _document),
    Section(_("Invoices"), "receipt", invoices.search, _invoice),
    Section(_("Vouchers"), "book", vouchers.search, _voucher, finance),
)


def search(viewer: Employee, text: str) -> list[Found]:
    """What the viewer may see that fits the text, by section; sections without a hit are left out."""
    text = "".join(character for character in text if character.isprintable()).strip()[:LONGEST]
    if len(text) < SHORTEST:
        return []
    found = []
    for section in SECTIONS:
        if not section.shown(viewer):
            continue
        rows = section.find(viewer, text, LIMIT + 1)
        if rows:
            hits = [section.show(row) for row in rows[:LIMIT]]
            found.append(Found(section.label, section.icon, hits, len(rows) > LIMIT))
    return found
