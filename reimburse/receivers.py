"""Following what approvals decide, in the same transaction: a failure here undoes the decision."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from approvals import events
from approvals.models import ApprovalRequest
from reimburse.models import Document
from reimburse.services import outcomes


def _is_ours(request: ApprovalRequest) -> bool:
    return request.kind in Document.Kind.values


@receiver(events.request_approved)
def follow_approval(sender: object, *, request: ApprovalRequest, at: datetime, **news: Any) -> None:
    if _is_ours(request):
        outcomes.approved(request.subject_id, at=at)


@receiver(events.request_rejected)
def follow_rejection(sender: object, *, request: ApprovalRequest, at: datetime, **news: Any) -> None:
    if _is_ours(request):
        outcomes.rejected(request.subject_id, at=at)


@receiver(events.request_returned)
def follow_return(sender: object, *, request: ApprovalRequest, at: datetime, **news: Any) -> None:
    if _is_ours(request):
        outcomes.returned(request.subject_id, at=at)


@receiver(events.request_withdrawn)
def follow_withdrawal(sender: object, *, request: ApprovalRequest, at: datetime, **news: Any) -> None:
    if _is_ours(request):
        outcomes.withdrawn(request.subject_id, at=at)
