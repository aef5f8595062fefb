"""Sending a document for approval, for the first time or again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from approvals import services as approvals
from approvals.models import ApprovalRequest
from budgets import services as budgets
from common import audit, idempotency, locks
from common.errors import Finding, NotReady, Stale, WrongState
from common.numbers import next_number
from directory.models import Employee
from invoices import services as invoices
from reimburse import checking, filling, policy, routing, snapshot
from reimburse import contents as reading
from reimburse.contents import Contents
from reimburse.models import Document
from reimburse.services import locking, saving, settling

PREFIXES = {Document.Kind.CLAIM: "BX", Document.Kind.ADVANCE: "JK"}  # 报销, 借款


def submit(*, document_id: UUID, employee: Employee, version: int, at: datetime, key: str = "") -> Document:
    """Send a document for approval, holding its budget, its invoices and the advances it settles.

    All of it or nothing: one transaction. The same key sends once and answers every time. Raises NotReady with every
    finding that blocks, Stale, WrongState, DocumentNotFound, InvoiceAlreadyUsed and its like, BudgetExceeded,
    SettledTooMuch, NoRoute, Busy.
    """
    digest = idempotency.body_hash({"document": document_id, "version": version})
    source = _source(employee)
    try:
        with locks.busy_if_blocked(), transaction.atomic(durable=True):
            document = locking.own_with_request(document_id, employee)
            try:
                locking.require_editable(document, version)
            except (WrongState, Stale):
                # A repeat that waited for the first one meets a changed document, and finds the answer.
                if key and idempotency.stored_answer(source=source, key=key, digest=digest) is not None:
                    return document
                raise
            _send(document, at=at)
            if key:
                idempotency.keep(source=source, key=key, digest=digest, answer=document.number)
            return document
    except idempotency.Repeated:  # the key has answered for another document, or for another version of this one
        raise idempotency.KeyReused(key=key) from None


def has_sent(*, document_id: UUID, employee: Employee, key: str) -> bool:
    """Whether this key sent the document before, whatever was typed along."""
    sent = Document.objects.filter(public_id=document_id, applicant=employee).values_list("number", flat=True).first()
    return bool(key and sent) and idempotency.answered(source=_source(employee), key=key) == sent


def _source(employee: Employee) -> str:
    return f"submit:{employee.pk}"


def _send(document: Document, *, at: datetime) -> None:
    today = timezone.localdate(at)
    contents = reading.read(document)
    findings = checking.findings_of(contents, today=today)
    if blocking := policy.blocking(findings):
        raise NotReady(blocking)
    document.total = contents.total
    document.title = document.title.strip() or filling.title_of(document, contents.lines)
    _spend_invoices(document, contents, at=at)
    if not document.number:
        document.number = _number(document, today)
        invoices.rename(document_id=document.public_id, label=document.number)
    document.move_to(Document.Status.WAITING, at=at)
    settling.take(document, contents, key=act(document), at=at)
    overruns = budgets.reserve(
        document_id=document.public_id,
        number=document.number,
        charges=routing.charges(contents, today=today),
        key=act(document),
        at=at,
    )
    notes = routing.attention(findings, overruns)
    document.findings = [finding.as_json() for finding in [*notes, *_informing(findings)]]
    document.approval = _open_request(contents, notes, over_budget=bool(overruns), today=today, at=at)
    document.save()
    audit.record(
        f"{document.kind}.submitted",
        document,
        actor=document.applicant,
        at=at,
        data=snapshot.of(document, contents),
    )


def act(document: Document) -> str:
    """The key of everything one round of a document does to budgets."""
    return f"{document.public_id}:{document.round}"


def _spend_invoices(document: Document, contents: Contents, *, at: datetime) -> None:
    uses = saving.uses(contents)
    if uses:
        invoices.use(
            document_id=document.public_id,
            label=document.audit_label,
            company_id=document.company_id,
            employee=document.applicant,
            uses=uses,
            at=at,
        )


def _number(document: Document, today: date) -> str:
    prefix = PREFIXES[Document.Kind(document.kind)]
    number = next_number(company_id=document.company_id, prefix=prefix, period=str(today.year))
    return f"{prefix}-{today.year}-{number:06}"


def _informing(findings: Sequence[Finding]) -> list[Finding]:
    """What readers of a line may want to know. Hints for the whole document were for its writer."""
    return [finding for finding in findings if finding.severity == "info" and finding.where]


def _open_request(
    contents: Contents, notes: Sequence[Finding], *, over_budget: bool, today: date, at: datetime
) -> ApprovalRequest:
    document = contents.document
    return approvals.open_request(
        kind=document.kind,
        company=document.company,
        subject_id=document.public_id,
        number=document.number,
        title=document.title,
        amount=document.total,
        currency=document.currency,
        applicant=document.applicant,
        department=document.department,
        cost_centre=document.cost_centre,
        facts=routing.facts(contents, noteworthy=notes, over_budget=over_budget, today=today),
        attention=notes,
        at=at,
        existing=document.approval,
    )
