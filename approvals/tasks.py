"""What approvals do after something happened elsewhere. Handlers of the outbox; they tolerate a repeat."""

from __future__ import annotations

from django.utils import timezone

from approvals import services
from common.models import OutboxMessage
from directory.models import Employee


def hand_over_if_left(message: OutboxMessage) -> None:
    """An employee's row changed: if she left, what waits for her goes to somebody else."""
    person = Employee.objects.filter(public_id=message.payload["subject"], is_active=False).first()
    if person is not None:
        services.reassign_left(at=timezone.now(), approver_id=person.pk)
