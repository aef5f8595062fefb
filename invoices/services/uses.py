"""Invoices on documents: marked by a draft, used by a submit, given back when the document is refused or erased.

A mark is soft: several drafts may carry it, and the first to be submitted wins. A use is firm: the database allows one
live use an invoice in the whole group. These are building blocks for the caller's transaction; they open none.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from directory import rights
from directory.models import Employee
from invoices import errors, policy
from invoices.models import Holding, Invoice, InvoiceUse


@dataclass(frozen=True, slots=True)
class Use:
    """How much of an invoice a line of the document claims, in the invoice's currency. `line_id` is public."""

    invoice_id: int
    line_id: UUID
    amount: Decimal


@dataclass(frozen=True, slots=True)
class _Document:
    """What an invoice remembers of the document it is on."""

    id: UUID
    label: str
    company_id: int
    employee: Employee
    at: datetime

    def row(self, use: Use, *, firm: bool) -> InvoiceUse:
        return InvoiceUse(
            invoice_id=use.invoice_id,
            company_id=self.company_id,
            document_id=self.id,
            document_label=self.label[:120],
            line_id=use.line_id,
            used_by=self.employee,
            amount=use.amount,
            firm=firm,
            used_at=self.at,
        )


def mark(
    *, document_id: UUID, label: str, company_id: int, employee: Employee, uses: Sequence[Use], at: datetime
) -> None:
    """Make `uses` the marks of a draft, whatever they were. What a document sent back still holds firmly stays firm.

    Call inside a transaction that has locked the document. Only invoices new on the draft are checked, so that a draft
    can always be saved: raises NotYourInvoice, InvoiceAlreadyUsed, InvoiceTwice.
    """
    document = _Document(document_id, label, company_id, employee, at)
    own = list(InvoiceUse.objects.live().filter(document_id=document_id))
    known = {row.invoice_id for row in own}
    fresh = {use.invoice_id for use in uses if use.invoice_id not in known}
    _must_be_once(uses)
    _must_hold(employee, company_id, fresh)
    _must_be_free(employee, document_id, fresh)
    _lay(document, own, uses, firm=False)


def use(
    *, document_id: UUID, label: str, company_id: int, employee: Employee, uses: Sequence[Use], at: datetime
) -> None:
    """Spend the invoices on a submitted document: its marks turn firm. A repeat for the same document changes nothing.

    Call inside a transaction, after locking the document; the invoices are locked here, by id. Raises
    InvoiceAlreadyUsed (naming the first document as far as the employee may know), InvoiceUnsure, InvoiceNegative,
    UseAboveInvoice, NotYourInvoice, InvoiceTwice.
    """
    document = _Document(document_id, label, company_id, employee, at)
    ids = {use.invoice_id for use in uses}
    _must_be_once(uses)
    invoices = {row.pk: row for row in Invoice.objects.locked().filter(pk__in=ids)}
    _must_hold(employee, company_id, ids)
    for wish in uses:
        policy.require_claimable(invoices[wish.invoice_id], wish.amount)
    live = list(InvoiceUse.objects.live().filter(Q(document_id=document_id) | Q(invoice_id__in=ids, firm=True)))
    _refuse_foreign(employee, [row for row in live if row.document_id != document_id])
    _lay(document, [row for row in live if row.document_id == document_id], uses, firm=True)


def soften(*, document_id: UUID, at: datetime) -> None:
    """Turn the uses of a withdrawn document into marks: another document may take the invoices before it comes back.

    A returned document needs no call: it keeps its invoices while it is sent back. Call inside a transaction.
    """
    rows = list(InvoiceUse.objects.live().filter(document_id=document_id, firm=True).order_by("invoice_id"))
    InvoiceUse.objects.filter(pk__in=[row.pk for row in rows]).update(released_at=at)
    for row in rows:
        row.pk, row.firm, row.used_at = None, False, at
        row._state.adding = True
    InvoiceUse.objects.bulk_create(rows)


def release(*, document_id: UUID, at: datetime) -> None:
    """Give back every invoice of a rejected or erased document. Call inside a transaction."""
    live = InvoiceUse.objects.live().filter(document_id=document_id)
    live.filter(firm=False).delete()
    live.update(released_at=at)


def rename(*, document_id: UUID, label: str) -> None:
    """The document has its number now: its live uses follow. Call inside the transaction that gave it, after `use`."""
    InvoiceUse.objects.live().filter(document_id=document_id).update(document_label=label[:120])


def may_know(viewer: Employee, use: InvoiceUse) -> bool:
    """Whether the viewer may be told which document an invoice is in: her own, or she sees all of that company."""
    return use.used_by_id == viewer.pk or rights.can(viewer, rights.SEE_ALL_DOCUMENTS, use.company_id)


def _must_be_once(uses: Sequence[Use]) -> None:
    seen: set[int] = set()
    for use in uses:
        if use.invoice_id in seen:
            raise errors.InvoiceTwice(number=str(Invoice.objects.get(pk=use.invoice_id)))
        seen.add(use.invoice_id)


def _must_hold(employee: Employee, company_id: int, invoice_ids: Collection[int]) -> None:
    if not invoice_ids:
        return
    held = Holding.objects.live().filter(holder=employee, company_id=company_id, invoice_id__in=invoice_ids)
    if held.count() != len(invoice_ids):
        raise errors.NotYourInvoice


def _must_be_free(employee: Employee, document_id: UUID, invoice_ids: Collection[int]) -> None:
    if invoice_ids:
        firm = InvoiceUse.objects.live().filter(invoice_id__in=invoice_ids, firm=True)
        _refuse_foreign(employee, firm.exclude(document_id=document_id).select_related("invoice"))


def _refuse_foreign(viewer: Employee, others: Collection[InvoiceUse]) -> None:
    for other in others:
        known = may_know(viewer, other)
        raise errors.InvoiceAlreadyUsed(number=str(other.invoice), document=other.document_label if known else "")


def _lay(document: _Document, own: Sequence[InvoiceUse], wanted: Sequence[Use], *, firm: bool) -> None:
    """Make the document's live rows those that are wanted. Marks that changed are thrown away, uses are released."""
    before = {row.invoice_id: row for row in own}
    kept: list[InvoiceUse] = []
    new: list[InvoiceUse] = []
    for wish in wanted:
        row = before.get(wish.invoice_id)
        if row is not None and (row.line_id, row.amount) == (wish.line_id, wish.amount):
            kept.append(row)
        else:
            new.append(document.row(wish, firm=firm or (row is not None and row.firm)))
    staying = {row.pk for row in kept}
    gone = [row for row in own if row.pk not in staying]
    _let_go(gone, at=document.at)
    _renew(document, kept, firm=firm)
    if new:
        InvoiceUse.objects.bulk_create(new)


def _let_go(rows: Sequence[InvoiceUse], *, at: datetime) -> None:
    marks = [row.pk for row in rows if not row.firm]
    uses = [row.pk for row in rows if row.firm]
    if marks:
        InvoiceUse.objects.filter(pk__in=marks).delete()
    if uses:
        InvoiceUse.objects.filter(pk__in=uses).update(released_at=at)


def _renew(document: _Document, rows: Sequence[InvoiceUse], *, firm: bool) -> None:
    """Turn marks firm on submit, and follow the document's name: a draft has a title, a submitted one a number."""
    label = document.label[:120]
    turning = [row.pk for row in rows if firm and not row.firm]
    renamed = [row.pk for row in rows if row.document_label != label and row.pk not in turning]
    if turning:
        InvoiceUse.objects.filter(pk__in=turning).update(
            firm=True, document_label=label, used_at=document.at, used_by=document.employee
        )
    if renamed:
        InvoiceUse.objects.filter(pk__in=renamed).update(document_label=label)
