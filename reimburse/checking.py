"""Looking at a document with the eyes of the policy: gathers the facts that `policy` judges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import F, Q
from django.utils.translation import gettext as _

from common.errors import Finding
from common.money import ZERO
from directory.models import ExpenseType
from invoices import policy as invoice_policy
from invoices import services as invoices
from invoices.models import Invoice, InvoiceUse
from reimburse import contents as reading
from reimburse import filling, policy
from reimburse.contents import Contents
from reimburse.models import Document, Line, LineInvoice, Settlement
from reimburse.policy import AdvanceFacts, InvoiceFacts, LineFacts, Sheet


def findings_of(contents: Contents, *, today: date) -> list[Finding]:
    """All that is to be said about a document, as it stands, on the company's local day."""
    sheet = sheet_of(contents, today=today)
    return policy.check_claim(sheet) if contents.document.is_claim else policy.check_advance(sheet)


def sheet_of(contents: Contents, *, today: date) -> Sheet:
    document = contents.document
    elsewhere = _elsewhere(contents)
    return Sheet(
        today=today,
        currency=document.currency,
        buyer=document.company.name,
        lines=[_line(document, line, elsewhere) for line in contents.lines],
        advances=_advances(contents, today),
        due_on=contents.advance.due_on if contents.advance else None,
        purpose=contents.lines[0].purpose if contents.lines else "",
        seen=_claimed_before(contents),
    )


def open_advances(document: Document) -> list[Document]:
    """Advances of the applicant in this company that still have something to be settled, the oldest first; and those
    that this claim settles, although they may be closed by now: so the settlement can be taken off."""
    still_open = Q(status__in=[Document.Status.APPROVED, Document.Status.POSTED], advance__settled__lt=F("total"))
    wished = Q(pk__in=Settlement.objects.filter(claim=document).values("advance"))
    return list(
        Document.objects.filter(
            still_open | wished,
            applicant_id=document.applicant_id,
            company_id=document.company_id,
            kind=Document.Kind.ADVANCE,
        )
        .exclude(pk=document.pk)
        .select_related("advance")
        .order_by("pk")
    )


def _line(document: Document, line: Line, elsewhere: Mapping[int, Sequence[InvoiceUse]]) -> LineFacts:
    expense_type = line.expense_type
    used = reading.invoices_of(line)
    return LineFacts(
        key=str(line.public_id),
        type_code=expense_type.code if expense_type else "",
        type_name=expense_type.shown_name if expense_type else "",
        type_active=expense_type is None or expense_type.active,
        needs_invoice=expense_type is not None and expense_type.needs_invoice,
        entertainment=expense_type is not None and expense_type.use == ExpenseType.Use.ENTERTAINMENT,
        spent_on=line.spent_on,
        purpose="" if line.purpose in {filling.purpose_of(one.invoice) for one in used} else line.purpose,
        amount=line.amount,
        payer_active=line.cost_centre.active and (line.project is None or line.project.active),
        invoices=[_invoice(document, one, elsewhere.get(one.invoice_id, ())) for one in used],
    )


def _invoice(document: Document, used: LineInvoice, uses: Iterable[InvoiceUse]) -> InvoiceFacts:
    invoice = used.invoice
    firm = next((use for use in uses if use.firm), None)
    mark = next((use for use in uses if not use.firm and use.used_by_id == document.applicant_id), None)
    return InvoiceFacts(
        label=label_of(invoice),
        key=str(invoice.public_id),
        total=invoice.total,
        claimed=used.amount,
        currency=invoice.currency,
        issued_on=invoice.issued_on,
        known=invoice.has_identity,
        unsure=bool(invoice_policy.open_keys(invoice)),
        wrong=invoice_policy.problems(invoice, document.company),
        used_by=_shown_label(document, firm) if firm else "",
        marked_by=mark.document_label if mark else "",
    )


def label_of(invoice: Invoice) -> str:
    return invoice.seller_name or str(invoice) or _("invoice without number")


def _shown_label(document: Document, use: InvoiceUse) -> str:
    """The number of the other document, as far as the applicant may know it."""
    return use.document_label if invoices.may_know(document.applicant, use) else _("a document of somebody else")


def _elsewhere(contents: Contents) -> dict[int, list[InvoiceUse]]:
    """Live uses and marks of the document's invoices by other documents, by invoice."""
    ids = {invoice.pk for invoice in contents.invoices}
    if not ids:
        return {}
    found: dict[int, list[InvoiceUse]] = {}
    uses = InvoiceUse.objects.filter(invoice_id__in=ids, released_at=None)
    for use in uses.exclude(document_id=contents.document.public_id).order_by("pk"):
        found.setdefault(use.invoice_id, []).append(use)
    return found


def _advances(contents: Contents, today: date) -> list[AdvanceFacts]:
    settled = {settlement.advance_id: settlement for settlement in contents.settlements}
    return [
        AdvanceFacts(
            label=advance.number,
            open=advance.total - advance.advance.settled,
            settled_here=settled[advance.pk].amount if advance.pk in settled else ZERO,
            overdue=advance.advance.due_on is not None and advance.advance.due_on < today,
        )
        for advance in open_advances(contents.document)
    ]


def _claimed_before(contents: Contents) -> list[tuple[str, date, Decimal]]:
    """Sums without invoice that the applicant has claimed elsewhere, on the days of this document's."""
    document = contents.document
    bare = [line for line in contents.lines if line.amount and line.spent_on and not reading.invoices_of(line)]
    if not bare or not document.is_claim:
        return []
    lines = (
        Line.objects.filter(
            document__applicant_id=document.applicant_id,
            spent_on__in={line.spent_on for line in bare},
            amount__in={line.amount for line in bare},
            line_invoices=None,
            expense_type__isnull=False,
        )
        .exclude(document=document)
        .exclude(document__status__in=[Document.Status.DRAFT, Document.Status.REJECTED])
    )
    found = lines.values_list("expense_type__code", "spent_on", "amount")
    return [(code, day, amount) for code, day, amount in found if day is not None and amount is not None]
