"""The lock of a request. Whatever acts on a submitted document takes it first, before the document itself.

The request's row is locked by the statement that reads it; what depends on it (slots, task, process) is read by later
statements, because after waiting for a lock a statement still sees joined tables as they were when it began.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from viewflow.workflow.exceptions import FlowLockFailed

from approvals.flows import ApprovalFlow
from approvals.models import ApprovalRequest, Slot
from common import locks
from common.errors import BusinessError


class RequestNotFound(BusinessError):
    code = "request_not_found"
    status = 404
    wording = _("This document is not in approval, or it is not yours to see. Go back to the list and open it again.")


@contextmanager
def held(**which: object) -> Iterator[ApprovalRequest]:
    """The request, locked together with its process for the rest of the transaction. `which` finds it.

    Call inside a transaction. Raises RequestNotFound, and (with `locks.busy_if_blocked`) Busy.
    """
    request = _locked(**which)
    try:
        with ApprovalFlow.lock(request.process_id):
            yield request
    except FlowLockFailed as error:
        raise locks.Busy from error


def lock_request(request_id: UUID) -> ApprovalRequest:
    """Lock a request by its public id, before its document is locked (to send it again). Call inside a transaction."""
    return _locked(public_id=request_id)


def _locked(**which: object) -> ApprovalRequest:
    locks.limit_waiting()
    try:
        return (
            ApprovalRequest.objects.select_for_update(of=("self",))
            .select_related("company", "applicant", "department", "cost_centre")
            .get(**which)
        )
    except ApprovalRequest.DoesNotExist:
        raise RequestNotFound from None


def turns(request: ApprovalRequest) -> list[Slot]:
    """Everybody's turn in the current step, with the task that stands for it. Read after the lock is held."""
    return list(
        Slot.objects.filter(request=request, round=request.round, step=request.step)
        .select_related("approver", "acted_by", "task__process")
        .order_by("pk")
    )
