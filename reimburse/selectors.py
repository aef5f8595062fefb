"""Questions about documents: which ones a viewer may see, and how they stand."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from approvals.models import Slot
from directory import rights
from directory.models import Employee
from reimburse.errors import DocumentNotFound
from reimburse.models import Document


def visible_to(viewer: Employee) -> QuerySet[Document]:
    """One's own; those one was asked to approve; and, with the right, all of a company that were ever sent.

    A draft that was never sent is its writer's alone.
    """
    asked = Slot.objects.filter(request=OuterRef("approval_id"), approver=viewer)
    return Document.objects.filter(
        Q(applicant=viewer)
        | (Q(payee=viewer) & ~Q(status=Document.Status.DRAFT))
        | Q(Exists(asked))
        | (rights.companies_with(viewer, rights.SEE_ALL_DOCUMENTS) & ~Q(status=Document.Status.DRAFT))
    )


def document(viewer: Employee, document_id: UUID) -> Document:
    """One document with what its page shows. Raises DocumentNotFound for what the viewer may not see."""
    found = (
        visible_to(viewer)
        .filter(public_id=document_id)
        .select_related("company", "applicant", "payee", "department", "cost_centre", "project", "approval")
        .first()
    )
    if found is None:
        raise DocumentNotFound
    return found
