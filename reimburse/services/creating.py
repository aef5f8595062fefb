"""New documents: a claim from invoices, an empty claim, a cash advance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from common import audit, idempotency
from common.errors import BusinessError
from common.money import ZERO, total
from directory import selectors as directory
from directory.models import Company, CostCentre, Employee, ExpenseType, Post, Project
from invoices import selectors as invoice_selectors
from invoices.models import Invoice
from reimburse import filling, snapshot, suggesting
from reimburse.errors import InvoicesGone, NoCostCentre, NoPost, TooManyLines
from reimburse.models import AdvanceDetail, Document, Line, LineInvoice
from reimburse.services import saving

MOST_LINES = 200


def create_claim(
    *, employee: Employee, at: datetime, invoice_ids: Sequence[UUID] = (), company: Company | None = None, key: str = ""
) -> Document:
    """A draft claim with one line for each invoice, filled and with its expense type suggested; or an empty one.

    `invoice_ids` are public ids out of the employee's wallet. Without a company that of the main post is taken. Raises
    NoPost, NoCostCentre, InvoicesGone, InvoiceAlreadyUsed.
    """
    body = {"invoices": [str(public_id) for public_id in invoice_ids]}
    return _once(employee, key, body, lambda: _create_claim(employee, invoice_ids, company, at))


def create_advance(
    *,
    employee: Employee,
    at: datetime,
    purpose: str = "",
    amount: Decimal | None = None,
    due_on: date | None = None,
    cost_centre: CostCentre | None = None,
    project: Project | None = None,
    company: Company | None = None,
    key: str = "",
) -> Document:
    """A draft cash advance. Raises NoPost, NoCostCentre."""

    def create() -> Document:
        document = _new(Document.Kind.ADVANCE, employee, company.pk if company else None, at)
        document.cost_centre = cost_centre or document.cost_centre
        document.project = project
        document.total = amount or ZERO
        document.title = purpose[:120]
        document.save()
        AdvanceDetail.objects.create(document=document, due_on=due_on)
        Line.objects.create(
            document=document, purpose=purpose, amount=amount, cost_centre=document.cost_centre, project=project
        )
        return _recorded(document, at)

    return _once(employee, key, {"purpose": purpose, "amount": str(amount), "due_on": str(due_on)}, create)


def _create_claim(employee: Employee, ids: Sequence[UUID], company: Company | None, at: datetime) -> Document:
    chosen = take_from_wallet(employee, ids) if ids else []
    if len(chosen) > MOST_LINES:
        raise TooManyLines(document=Document.Kind.CLAIM.label, limit=MOST_LINES)
    company_id = company.pk if company else chosen[0].held_by_company_id if chosen else None  # type: ignore[attr-defined]
    document = _new(Document.Kind.CLAIM, employee, company_id, at)
    lines = fill_lines(document, chosen, first_position=1) if chosen else []
    document.total = total(line.amount or ZERO for line in lines)
    document.title = filling.title_of(document, lines) if lines else ""
    document.save()
    if lines:
        keep_lines(lines, chosen)
        saving.mark(document, uses=saving.whole(lines, chosen), at=at)
    return _recorded(document, at)


def take_from_wallet(employee: Employee, ids: Sequence[UUID]) -> list[Invoice]:
    """The chosen invoices, the earliest first, each once. Raises InvoicesGone unless all may be claimed."""
    wanted = set(ids)
    found = invoice_selectors.claimable(employee, wanted)
    if len(found) < len(wanted):
        raise InvoicesGone(count=len(wanted) - len(found))
    return found


def fill_lines(document: Document, invoices: Sequence[Invoice], *, first_position: int) -> list[Line]:
    """One line for each invoice, filled and with its type suggested; not kept yet."""
    types = directory.expense_types(document.company)
    suggested = suggesting.expense_types(invoices, employee=document.applicant, company=document.company, types=types)
    lines = []
    for position, invoice in enumerate(invoices, start=first_position):
        line = filling.new_line(document, invoice, position=position)
        line.expense_type = suggested.get(invoice.pk)
        if line.expense_type and line.expense_type.use == ExpenseType.Use.ENTERTAINMENT:
            line.purpose = ""  # whom, how many and why: no invoice says it
        lines.append(line)
    return lines


def keep_lines(lines: Sequence[Line], invoices: Sequence[Invoice]) -> None:
    """Write filled lines, each with its invoice. Call inside a transaction that holds the document's lock."""
    Line.objects.bulk_create(lines)
    LineInvoice.objects.bulk_create(
        LineInvoice(line=line, invoice=invoice, amount=line.amount or ZERO)
        for line, invoice in zip(lines, invoices, strict=True)
    )


def post_for(employee: Employee, company_id: int | None, *, day: date) -> Post:
    """The post that a document is written from: that in the company, or the main one. Raises NoPost."""
    posts = directory.posts_of(employee, day=day)
    post = next((post for post in posts if company_id in (None, post.company_id)), None)
    if post is None:
        raise NoPost
    return post


def _new(kind: Document.Kind, employee: Employee, company_id: int | None, at: datetime) -> Document:
    post = post_for(employee, company_id, day=timezone.localdate(at))
    if post.cost_centre is None:
        raise NoCostCentre(company=str(post.company))
    return Document(
        company=post.company,
        kind=kind,
        applicant=employee,
        payee=employee,
        department=post.department,
        cost_centre=post.cost_centre,
        currency=post.company.currency,
        created_at=at,
        changed_at=at,
    )


def _recorded(document: Document, at: datetime) -> Document:
    audit.record(f"{document.kind}.created", document, actor=document.applicant, at=at, data=snapshot.brief(document))
    return document


def _once(employee: Employee, key: str, body: Mapping[str, object], create: Callable[[], Document]) -> Document:
    """Create in one transaction, and under one key only once: a repeat is given the document of the first time.

    The answer is written last and looked for only by who fails: at the key itself, or because the first time has
    changed what a second would need.
    """
    source, digest = f"create:{employee.pk}", idempotency.body_hash(body)
    try:
        with transaction.atomic(durable=True):
            document = create()
            if key:
                idempotency.keep(source=source, key=key, digest=digest, answer=str(document.public_id))
            return document
    except (idempotency.Repeated, BusinessError):
        answer = idempotency.stored_answer(source=source, key=key, digest=digest) if key else None
        if answer is None:
            raise
        return _made_before(employee, answer)


def _made_before(employee: Employee, answer: object) -> Document:
    return Document.objects.get(public_id=UUID(str(answer)), applicant=employee)
