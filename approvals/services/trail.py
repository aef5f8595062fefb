"""What approvals write into the audit trail. The subject of every entry is the document."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from approvals.models import ApprovalRequest, Slot
from approvals.snapshot import Step
from common import audit
from directory.models import Employee


def record(
    request: ApprovalRequest,
    verb: str,
    *,
    actor: Employee | None,
    at: datetime,
    on_behalf_of: Employee | None = None,
    status: str = "",
    **data: Any,
) -> None:
    """Append `<kind>.<verb>`. Call inside the transaction of the change."""
    about = audit.About("document", request.subject_id, request.number, request.company_id)
    facts = {
        "number": request.number,
        "status": status or request.status,
        "total": str(request.amount),
        "currency": request.currency,
        "kind": request.kind,
        "round": request.round,
    }
    audit.record(f"{request.kind}.{verb}", about, actor=actor, at=at, on_behalf_of=on_behalf_of, data=facts | data)


def turn(slot: Slot, step: Step) -> dict[str, Any]:
    """What an entry says about one approver's turn."""
    return {
        "slot": str(slot.public_id),
        "step": slot.step,
        "step_name": step.name,
        "step_name_en": step.name_en,
        "comment": slot.comment,
    }
