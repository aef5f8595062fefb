"""What vouchers do when they hear of something: a document was approved, so its voucher is drafted."""

from __future__ import annotations

from uuid import UUID

from common.models import AuditEntry, OutboxMessage
from vouchers import services


def draft_voucher(message: OutboxMessage) -> None:
    """Draft the voucher of the approved document. Runs in the worker's transaction; a repeat changes nothing."""
    entry = AuditEntry.objects.get(pk=message.payload["entry"])
    services.draft(document_id=UUID(message.payload["subject"]), at=entry.at)
