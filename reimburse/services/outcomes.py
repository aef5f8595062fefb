"""What becomes of a submitted document: decided by approvals, posted by vouchers, taken back by its applicant.

Everything but `withdraw` is a building block, called inside the transaction in which it is decided, with the approval
request locked; the document is locked here.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from approvals import services as approvals
from budgets import services as budgets
from directory.models import Employee
from invoices import services as invoices
from reimburse.errors import DocumentNotFound
from reimburse.models import Document
from reimburse.services import locking, settling
from reimburse.services.submitting import act

Status = Document.Status


def withdraw(*, document_id: UUID, employee: Employee, at: datetime, comment: str = "") -> Document:
    """Take one's own document back out of approval. Raises DocumentNotFound, and what `approvals.withdraw` refuses."""
    document = Document.objects.filter(public_id=document_id, applicant=employee).select_related("approval").first()
    if document is None or document.approval is None:
        raise DocumentNotFound
    approvals.withdraw(request_id=document.approval.public_id, actor=employee, at=at, comment=comment)
    document.refresh_from_db()
    return document


def approved(document_id: UUID, *, at: datetime) -> None:
    """The last step is done: what was reserved is firm."""
    document = _moved(document_id, Status.APPROVED, at=at)
    budgets.commit(document_id=document.public_id, key=act(document), at=at)


def rejected(document_id: UUID, *, at: datetime) -> None:
    """Refused for good: budget, invoices and advances are free again."""
    document = _moved(document_id, Status.REJECTED, at=at)
    _give_back(document, at=at)
    invoices.release(document_id=document.public_id, at=at)


def returned(document_id: UUID, *, at: datetime) -> None:
    """Sent back to be mended: the budget is free again, the invoices stay with it."""
    _give_back(_moved(document_id, Status.RETURNED, at=at), at=at)


def withdrawn(document_id: UUID, *, at: datetime) -> None:
    """Taken back: the budget is free again, and another document may take the invoices."""
    document = _moved(document_id, Status.WITHDRAWN, at=at)
    _give_back(document, at=at)
    invoices.soften(document_id=document.public_id, at=at)


def mark_posted(*, document_id: UUID, at: datetime, actor: Employee) -> Document:
    """Its voucher is posted. Call inside the transaction of the posting. Raises WrongState."""
    return _moved(document_id, Status.POSTED, at=at)


def mark_unposted(*, document_id: UUID, at: datetime, actor: Employee) -> Document:
    """Its voucher was reversed: approved again, waiting for another voucher. Raises WrongState."""
    return _moved(document_id, Status.APPROVED, at=at)


def _moved(document_id: UUID, status: Document.Status, *, at: datetime) -> Document:
    document = locking.by_public_id(document_id)
    document.move_to(status, at=at)
    document.save(update_fields=["status", "version", "changed_at", "decided_at"])
    return document


def _give_back(document: Document, *, at: datetime) -> None:
    budgets.release(document_id=document.public_id, key=act(document), at=at)
    if document.is_claim:
        settling.give_back(document, key=act(document), at=at)
