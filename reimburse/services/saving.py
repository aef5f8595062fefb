"""The end of every change to a draft: totals, marks on invoices, the next version. Called inside the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from common.money import ZERO
from invoices import services as invoices
from invoices.models import Invoice
from reimburse import contents as reading
from reimburse import filling
from reimburse.contents import Contents
from reimburse.models import Document, Line


def finish(document: Document, contents: Contents, *, at: datetime, marks: bool) -> Document:
    """Keep the document as it now is. `marks`: the invoices on it, or the parts claimed of them, have changed."""
    document.total = contents.total
    if not document.is_claim:
        document.title = filling.title_of(document, contents.lines)
    document.version += 1
    document.changed_at = at
    document.save()
    if marks:
        mark(document, uses=uses(contents), at=at)
    return document


def mark(document: Document, *, uses: Sequence[invoices.Use], at: datetime) -> None:
    """Tell the wallet which invoices this draft has, and how much of each."""
    invoices.mark(
        document_id=document.public_id,
        label=document.audit_label,
        company_id=document.company_id,
        employee=document.applicant,
        uses=uses,
        at=at,
    )


def whole(lines: Sequence[Line], chosen: Sequence[Invoice]) -> Sequence[invoices.Use]:
    """The uses of new lines, each over one invoice."""
    return [
        invoices.Use(invoice.pk, line.public_id, line.amount or ZERO)
        for line, invoice in zip(lines, chosen, strict=True)
    ]


def uses(contents: Contents) -> Sequence[invoices.Use]:
    return [
        invoices.Use(used.invoice_id, line.public_id, used.amount)
        for line in contents.lines
        for used in reading.invoices_of(line)
    ]
