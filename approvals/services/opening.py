"""Opening a request: the route is chosen and compiled now, and the first step's approvers get their turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from approvals import kinds, routes
from approvals.flows import ApprovalFlow, Course
from approvals.models import ApprovalRequest
from approvals.services.holding import lock_request
from common.errors import Finding, WrongState
from directory.models import Company, CostCentre, Department, Employee

Status = ApprovalRequest.Status
AGAIN = (Status.RETURNED, Status.WITHDRAWN)  # from where a next round may begin


def open_request(
    *,
    kind: str,
    company: Company,
    subject_id: UUID,
    number: str,
    title: str,
    amount: Decimal,
    currency: str,
    applicant: Employee,
    department: Department,
    cost_centre: CostCentre,
    facts: Mapping[str, Any],
    attention: Sequence[Finding | Mapping[str, Any]] = (),
    at: datetime,
    existing: ApprovalRequest | None = None,
) -> ApprovalRequest:
    """Ask for approval of a document. Call inside a transaction; the caller records `<kind>.submitted`.

    `facts` are what the routes of the kind may depend on, `attention` the findings an approver should look at. With
    `existing` the same request goes into its next round, after it was returned or withdrawn; its lock is taken here
    (`lock_request` takes it earlier, before the document's). Raises NoRoute, NoApprover, WrongState.
    """
    declared = kinds.get(kind)
    request = _next_round(existing) if existing else ApprovalRequest(kind=kind, subject_id=subject_id, round=1)
    about = {"company": company, "applicant": applicant, "department": department, "cost_centre": cost_centre}
    route = routes.compile_route(
        declared, facts, about | {"day": timezone.localdate(at)}, amount=amount, currency=currency
    )
    for name, value in about.items():
        setattr(request, name, value)
    request.number, request.title, request.amount, request.currency = number, title, amount, currency
    request.facts = _as_json(facts)
    request.attention = [f.as_json() if isinstance(f, Finding) else dict(f) for f in attention]
    request.status, request.step, request.submitted_at, request.decided_at = Status.WAITING, 0, at, None
    request.route = route.as_json()
    ApprovalFlow.start.run(course=Course(request, route, at))
    return request


def _next_round(existing: ApprovalRequest) -> ApprovalRequest:
    request = lock_request(existing.public_id)
    if request.status not in AGAIN:
        raise WrongState(subject=str(request), state=request.get_status_display())
    request.round += 1
    return request


def _as_json(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as they are kept: amounts as text, so that no digit is lost."""
    encoder = DjangoJSONEncoder()
    return {key: encoder.default(value) if isinstance(value, Decimal) else value for key, value in facts.items()}
