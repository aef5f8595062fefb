"""Taking a document to work on: the applicant's own, locked, in the one lock order (request, document, …)."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from approvals import services as approvals
from common.errors import Stale, WrongState
from directory.models import Employee
from reimburse.errors import DocumentNotFound
from reimburse.models import Document


def _locked() -> QuerySet[Document]:
    return Document.objects.select_for_update(of=("self",)).select_related(
        "company", "department", "cost_centre__department", "project", "applicant", "payee"
    )


def own(document_id: UUID, employee: Employee) -> Document:
    """The applicant's own document, locked. Raises DocumentNotFound for anybody else's."""
    document = _locked().filter(public_id=document_id, applicant=employee).first()
    if document is None:
        raise DocumentNotFound
    return document


def own_with_request(document_id: UUID, employee: Employee) -> Document:
    """The same, with its approval request (if it was ever submitted) locked before it."""
    unsent = _locked().filter(public_id=document_id, applicant=employee, approval=None).first()
    if unsent is not None:
        return unsent
    known = Document.objects.filter(public_id=document_id, applicant=employee, approval__isnull=False)
    for request_id in known.values_list("approval__public_id", flat=True):
        approvals.lock_request(request_id)
    return own(document_id, employee)


def by_public_id(document_id: UUID) -> Document:
    """Any document, locked, for what happens to it: approvals and vouchers. The caller holds the request already."""
    return _locked().get(public_id=document_id)


def for_editing(document_id: UUID, employee: Employee, version: int) -> Document:
    """The applicant's own document, locked, as she saw it. Raises DocumentNotFound, WrongState, Stale."""
    document = own(document_id, employee)
    require_editable(document, version)
    return document


def require_editable(document: Document, version: int) -> None:
    if not document.is_editable:
        raise wrong_state(document)
    if document.version != version:
        raise Stale(subject=document.audit_label)


def wrong_state(document: Document) -> WrongState:
    return WrongState(subject=document.audit_label, state=document.get_status_display())
