"""Receivers of hooks and events for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from common import audit, outbox
from common.models import AuditEntry, OutboxMessage
from directory.models import Company, Employee
from oa import signing, tasks
from oa.models import AllowedHost, Delivery, Subscription

SECRET = "whsec_dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk="
SNAPSHOT = {
    "kind": "claim",
    "number": "BX-2026-000001",
    "status": "waiting",
    "total": "1288.50",
    "currency": "CNY",
    "round": 1,
    "schema": 1,
    "title": "上海出差",
    "applicant": {"id": "a", "name": "Alice", "staff_number": "1"},
    "lines": [
        {
            "amount": "1288.50",
            "invoices": [
                {"number": "26312000001234567890", "seller_name": "上海酒店", "total": "1288.50", "unsure": []}
            ],
        }
    ],
}


def make_subscription(company: Company, url: str, *, secret: str = SECRET, **changes: Any) -> Subscription:
    receiver = Subscription(
        **{"company": company, "name": "泛微 e-cology", "url": url, "created_at": timezone.now()} | changes
    )
    receiver.secret = signing.seal(secret, receiver)
    receiver.save()
    return receiver


def allow_loopback(company: Company, port: int | None = None) -> AllowedHost:
    return AllowedHost.objects.create(company=company, host="127.0.0.1", port=port)


def happen(
    company: Company,
    kind: str,
    *,
    subject: UUID | None = None,
    actor: Employee | None = None,
    at: datetime | None = None,
    **data: Any,
) -> AuditEntry:
    """Something that happened to a document, as the apps record it."""
    about = audit.About("document", subject or uuid4(), "BX-2026-000001", company.pk)
    full = (
        dict(SNAPSHOT) if kind.endswith(".submitted") else {key: SNAPSHOT[key] for key in ("kind", "number", "total")}
    )
    with transaction.atomic():
        return audit.record(kind, about, actor=actor, at=at or timezone.now(), data=full | data)


def work() -> None:
    """Let the worker handle whatever is due."""
    outbox.drain()


def due_now(step: timedelta = timedelta(0)) -> None:
    """Time passes: whatever waits is due."""
    OutboxMessage.objects.filter(state="pending").update(available_at=timezone.now() - step)
    Subscription.objects.filter(waits_until__isnull=False).update(waits_until=timezone.now() - step)


def message_of(delivery: Delivery) -> OutboxMessage:
    return OutboxMessage.objects.get(consumer=tasks.SENDER, event_id=delivery.public_id)
