"""Taking a request back, and handing a turn over to somebody else."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from approvals import events, snapshot
from approvals.flows import ApprovalFlow
from approvals.models import ApprovalProcess, ApprovalRequest, Slot
from approvals.services import steering, trail
from approvals.services.deciding import SlotNotFound, already_decided, refusal
from approvals.services.holding import RequestNotFound, held, turns
from common import locks
from common.errors import BusinessError, WrongState
from directory import rights
from directory import selectors as directory
from directory.models import Employee

State, Status = Slot.State, ApprovalRequest.Status


class NotTheApplicant(BusinessError):
    code = "not_the_applicant"
    status = 403
    wording = _("Only %(applicant)s, who sent “%(subject)s”, can take it back. You can return it instead.")


class CannotTakeOver(BusinessError):
    """Somebody to whom a turn cannot be handed over."""

    code = "cannot_take_over"
    status = 422


class AppliedForIt(CannotTakeOver):
    wording = _("“%(subject)s” cannot be handed over to %(name)s, who applied for it. Choose somebody else.")


class OwnRequest(CannotTakeOver):
    wording = _(
        "You applied for “%(subject)s” yourself, so you cannot choose who decides on it. %(approver)s or another "
        "process administrator can; or take it back and send it again."
    )


class NotHere(CannotTakeOver):
    wording = _(
        "“%(subject)s” cannot be handed over to %(name)s, who does not work in this company. Choose somebody else."
    )


class IsAskedAlready(CannotTakeOver):
    wording = _(
        "“%(subject)s” cannot be handed over to %(name)s, who is asked in this step already. Choose somebody else."
    )


def withdraw(*, request_id: UUID, actor: Employee, at: datetime, comment: str = "") -> ApprovalRequest:
    """Take a request back while it waits. Raises RequestNotFound, NotTheApplicant, WrongState, Busy."""
    with locks.busy_if_blocked(), transaction.atomic(durable=True), held(public_id=request_id) as request:
        if request.applicant_id != actor.pk:
            raise _not_hers(request, actor)
        if request.status != Status.WAITING:
            raise WrongState(subject=str(request), state=request.get_status_display())
        waiting = [turn for turn in turns(request) if turn.state == State.OPEN]
        steering.close_turns(waiting, State.WITHDRAWN, at=at, actor=actor)
        ApprovalFlow.instance.cancel(ApprovalProcess.objects.get(pk=request.process_id))
        request.status, request.decided_at = Status.WITHDRAWN, at
        request.save(update_fields=["status", "decided_at"])
        trail.record(request, "withdrawn", actor=actor, at=at, comment=comment.strip())
        events.request_withdrawn.send(
            ApprovalRequest, request=request, slot=None, actor=actor, at=at, comment=comment.strip()
        )
        return request


def _not_hers(request: ApprovalRequest, actor: Employee) -> BusinessError:
    if Slot.objects.filter(request=request, approver=actor).exists():
        return NotTheApplicant(subject=str(request), applicant=request.applicant)
    return RequestNotFound()


def transfer(*, slot_id: UUID, actor: Employee, to: Employee, comment: str = "", at: datetime) -> ApprovalRequest:
    """Hand a turn over to somebody else of the company: by the approver, or by a process administrator for her.

    Never by the applicant, whatever her rights: nobody chooses who decides on a request of her own.
    Raises SlotNotFound, NotYourTurn, AlreadyDecided, CannotTakeOver, Busy.
    """
    try:
        with locks.busy_if_blocked(), transaction.atomic(durable=True), held(slots__public_id=slot_id) as request:
            step_turns = turns(request)
            slot = next((turn for turn in step_turns if turn.public_id == slot_id), None)
            if slot is None:  # of an earlier step or round
                slot = Slot.objects.select_related("approver", "acted_by").get(public_id=slot_id)
            administers = rights.can(actor, rights.ADMINISTER_PROCESS, request.company_id)
            if slot.approver_id != actor.pk and not administers:
                raise refusal(request, slot, actor)
            if request.applicant_id == actor.pk:
                raise OwnRequest(subject=str(request), approver=slot.approver)
            if slot.state != State.OPEN:
                raise already_decided(request, slot)
            _check_successor(request, step_turns, to, at)
            hand_over(request, slot, to=to, reason=Slot.Reason.TRANSFER, actor=actor, comment=comment.strip(), at=at)
            return request
    except RequestNotFound:
        raise SlotNotFound from None


def _check_successor(request: ApprovalRequest, step_turns: list[Slot], to: Employee, at: datetime) -> None:
    if to.pk == request.applicant_id:
        raise AppliedForIt(subject=str(request), name=to)
    here = directory.posts_on(timezone.localdate(at)).filter(employee=to, company_id=request.company_id).exists()
    if not to.is_active or not (here or rights.can(to, rights.ADMINISTER_PROCESS, request.company_id)):
        raise NotHere(subject=str(request), name=to)
    if any(turn.approver_id == to.pk and turn.state in (State.OPEN, State.APPROVED) for turn in step_turns):
        raise IsAskedAlready(subject=str(request), name=to)


def hand_over(
    request: ApprovalRequest,
    slot: Slot,
    *,
    to: Employee,
    reason: Slot.Reason,
    actor: Employee | None,
    comment: str,
    at: datetime,
) -> Slot:
    """Close a turn and open one for somebody else in its place. A building block, called under the request's lock."""
    slot.state, slot.comment, slot.acted_at, slot.acted_by = State.TRANSFERRED, comment, at, actor
    slot.save(update_fields=["state", "comment", "acted_at", "acted_by"])
    successor = Slot.objects.create(
        request=request,
        task=slot.task,
        company_id=slot.company_id,
        round=slot.round,
        step=slot.step,
        approver=to,
        reason=reason,
        flagged=slot.flagged,
        transferred_from=slot.approver,
        opened_at=at,
    )
    step = snapshot.read(request.route).steps[slot.step]
    acted_for = slot.approver if actor is None or actor.pk != slot.approver_id else None
    data = trail.turn(slot, step) | {"from": slot.approver.display_name, "to": to.display_name, "reason": str(reason)}
    trail.record(request, "transferred", actor=actor, at=at, on_behalf_of=acted_for, **data)
    return successor
