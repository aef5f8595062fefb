"""The audit trail: what happened, to what, by whom, on whose behalf.

`record` is called in the transaction that makes the change. The entry is the timeline on the page, the operation log,
and what the outbox tells the consumers to the right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction

from common import outbox
from common.context import origin
from common.models import AuditEntry


class Subject(Protocol):
    """What an entry is about: `audit_type` is its kind ("document", "voucher"), `audit_label` its number or title."""

    @property
    def public_id(self) -> UUID: ...

    @property
    def company_id(self) -> int | None: ...  # None: of the whole group

    @property
    def audit_type(self) -> str: ...

    @property
    def audit_label(self) -> str: ...


@dataclass(frozen=True, slots=True)
class About:
    """A subject by its ids, for callers that do not hold the row itself (approvals never see the document)."""

    audit_type: str
    public_id: UUID
    audit_label: str
    company_id: int | None


class Person(Protocol):
    pk: Any

    @property
    def name(self) -> str: ...  # the one in the personnel file, whatever language the actor's pages are in


def record(
    kind: str,
    subject: Subject,
    *,
    actor: Person | None,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    on_behalf_of: Person | None = None,
) -> AuditEntry:
    """Append one entry and tell the outbox's consumers of it. Call inside the transaction of the change."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("audit.record belongs inside the transaction of the change it records")
    came = origin()
    entry = AuditEntry.objects.create(
        kind=kind,
        company_id=subject.company_id,
        subject_type=subject.audit_type,
        subject_id=subject.public_id,
        subject_label=subject.audit_label,
        actor_id=actor.pk if actor else None,
        actor_name=actor.name if actor else "",
        on_behalf_of_id=on_behalf_of.pk if on_behalf_of else None,
        on_behalf_of_name=on_behalf_of.name if on_behalf_of else "",
        at=at,
        source=came.source,
        request_id=came.request_id,
        data=dict(data or {}),
    )
    outbox.publish_entry(entry)
    return entry


def timeline(subject_id: UUID) -> list[AuditEntry]:
    """Everything that happened to one subject, oldest first. The caller has checked that the viewer may see it."""
    return list(AuditEntry.objects.filter(subject_id=subject_id).order_by("id"))
