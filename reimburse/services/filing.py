"""Attachments of a document, and the end of a draft that was never sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from common import audit, files
from directory.models import Employee
from invoices import services as invoices
from reimburse import contents as reading
from reimburse import snapshot
from reimburse.errors import AttachmentRefused
from reimburse.models import Attachment, Document
from reimburse.services import locking, saving

MOST_ATTACHMENTS = 30


def attach(*, document_id: UUID, employee: Employee, version: int, name: str, content: bytes, at: datetime) -> Document:
    """Put a file that is not an invoice on a document. The same file a second time changes nothing.

    Raises EmptyFile, FileTooLarge, WrongType, AttachmentRefused, DocumentNotFound, WrongState, Stale.
    """
    media_type = files.check(content, name=name, allowed=files.ATTACHMENT_TYPES)
    with transaction.atomic(durable=True):
        document = locking.for_editing(document_id, employee, version)
        contents = reading.read(document)
        if len(contents.attachments) >= MOST_ATTACHMENTS:
            raise AttachmentRefused(document=document.audit_label, limit=MOST_ATTACHMENTS)
        stored = files.store(content, media_type=media_type)
        if any(attachment.stored_id == stored.pk for attachment in contents.attachments):
            return document
        Attachment.objects.create(document=document, stored=stored, name=name[-200:], added_by=employee, added_at=at)
        return saving.finish(document, contents, at=at, marks=False)


@transaction.atomic(durable=True)
def remove_attachment(
    *, document_id: UUID, employee: Employee, version: int, attachment_id: UUID, at: datetime
) -> Document:
    """Take an attachment off. Raises DocumentNotFound, WrongState, Stale."""
    document = locking.for_editing(document_id, employee, version)
    removed, _rows = Attachment.objects.filter(document=document, public_id=attachment_id).delete()
    if not removed:
        return document
    return saving.finish(document, reading.read(document), at=at, marks=False)


@transaction.atomic(durable=True)
def delete_draft(*, document_id: UUID, employee: Employee, version: int, at: datetime) -> None:
    """Erase a draft that was never sent; its invoices are free again. Raises DocumentNotFound, WrongState, Stale."""
    document = locking.for_editing(document_id, employee, version)
    if document.was_submitted:
        raise locking.wrong_state(document)
    invoices.release(document_id=document.public_id, at=at)
    audit.record(f"{document.kind}.deleted", document, actor=employee, at=at, data=snapshot.brief(document))
    Document.objects.filter(pk=document.pk).delete()
