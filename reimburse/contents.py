"""A document with all that stands on it, read in a fixed number of statements however many lines it has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch

from common.money import ZERO, total
from invoices.models import Invoice
from reimburse.models import AdvanceDetail, Attachment, Document, Line, LineInvoice, Settlement


@dataclass(frozen=True, slots=True)
class Contents:
    document: Document
    lines: Sequence[Line]  # in their order; each with `invoices_of` prefetched
    attachments: Sequence[Attachment]
    settlements: Sequence[Settlement]  # of a claim: what it settles
    advance: AdvanceDetail | None  # of an advance: until when

    @property
    def total(self) -> Decimal:
        return total(line.amount or ZERO for line in self.lines)

    @property
    def settled(self) -> Decimal:
        return total(settlement.amount for settlement in self.settlements)

    @property
    def to_pay(self) -> Decimal:
        """What is paid out: nothing, where the advances were more."""
        return max(self.total - self.settled, ZERO)

    @property
    def line_invoices(self) -> Iterator[LineInvoice]:
        return (used for line in self.lines for used in invoices_of(line))

    @property
    def invoices(self) -> Sequence[Invoice]:
        return [used.invoice for used in self.line_invoices]


def invoices_of(line: Line) -> Sequence[LineInvoice]:
    """The invoices of a line of `read`, in the order in which they were added."""
    return list(line.line_invoices.all())


def read(document: Document) -> Contents:
    """The contents as they are now. Within a transaction that holds the document's lock they stay so."""
    lines = (
        Line.objects.filter(document=document)
        .select_related("expense_type", "cost_centre__department", "project")
        .prefetch_related(Prefetch("line_invoices", LineInvoice.objects.select_related("invoice").order_by("pk")))
    )
    attachments = Attachment.objects.filter(document=document).select_related("stored", "added_by").order_by("pk")
    settlements = Settlement.objects.filter(claim=document).select_related("advance__advance").order_by("pk")
    return Contents(
        document=document,
        lines=list(lines),
        attachments=list(attachments),
        settlements=list(settlements) if document.is_claim else [],
        advance=None if document.is_claim else AdvanceDetail.objects.filter(document=document).first(),
    )
