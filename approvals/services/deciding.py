"""Deciding: one approver's answer to one request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from approvals import events, policy, snapshot
from approvals.flows import Course
from approvals.models import ApprovalRequest, Slot
from approvals.services import steering, trail
from approvals.services.holding import RequestNotFound, held, turns
from common import idempotency, locks
from common.errors import BusinessError
from directory import rights
from directory.models import Employee

Action = Literal["approve", "reject", "return"]
State, Status = Slot.State, ApprovalRequest.Status

ANSWERS: dict[Action, Slot.State] = {"approve": State.APPROVED, "reject": State.REJECTED, "return": State.RETURNED}
OUTCOMES = {
    "approved": (Status.APPROVED, events.request_approved),
    "rejected": (Status.REJECTED, events.request_rejected),
    "returned": (Status.RETURNED, events.request_returned),
}


class SlotNotFound(RequestNotFound):
    code = "slot_not_found"


class NotYourTurn(BusinessError):
    code = "not_your_turn"
    status = 403
    wording = _(
        "“%(subject)s” waits for %(approver)s, not for you. Ask %(approver)s to decide, or to hand it over to you."
    )


class CommentMissing(BusinessError):
    code = "comment_missing"
    status = 422
    wording = _("Say why, so that the applicant knows what to do. Write a comment, then send it once more.")


class AlreadyDecided(BusinessError):
    code = "already_decided"
    wording = _(
        "“%(subject)s” needs no answer here any more: %(turn)s (%(who)s, %(when)s). The document is now %(state)s."
    )


@dataclass(frozen=True, slots=True)
class Answer:
    actor: Employee
    action: Action
    comment: str
    at: datetime


def decide(
    *, slot_id: UUID, actor: Employee, action: Action, comment: str = "", at: datetime, key: str = ""
) -> ApprovalRequest:
    """Answer one turn: approve, reject for good, or return to the submitter. The one way in, for every channel.

    `key` makes a repeat harmless: the same key is answered with the request, and nothing happens twice. Raises
    SlotNotFound, NotYourTurn, CommentMissing, AlreadyDecided, NoApprover, Busy, and what a receiver refuses.
    """
    answer = Answer(actor, action, comment.strip(), at)
    if action != "approve" and not answer.comment:
        raise CommentMissing
    source = f"employee:{actor.pk}"
    digest = idempotency.body_hash({"slot": slot_id, "action": action, "comment": answer.comment})
    try:
        with locks.busy_if_blocked(), transaction.atomic(durable=True), held(slots__public_id=slot_id) as request:
            _take(request, slot_id, answer)
            if key:
                kept = {"request": str(request.public_id), "status": request.status}
                idempotency.keep(source=source, key=key, digest=digest, answer=kept)
            return request
    except RequestNotFound:
        raise SlotNotFound from None
    except (AlreadyDecided, idempotency.Repeated):  # a repeat meets the changed state, or the key that is taken
        answered = idempotency.stored_answer(source=source, key=key, digest=digest) if key else None
        if answered is None:
            raise
        return ApprovalRequest.objects.get(public_id=answered["request"])


def approve_many(
    *, slot_ids: Sequence[UUID], actor: Employee, at: datetime
) -> list[tuple[UUID, ApprovalRequest | BusinessError]]:
    """Approve several, each in a transaction of its own: one that is refused does not hold up the others."""
    outcomes: list[tuple[UUID, ApprovalRequest | BusinessError]] = []
    for slot_id in dict.fromkeys(slot_ids):
        try:
            outcomes.append((slot_id, decide(slot_id=slot_id, actor=actor, action="approve", at=at)))
        except BusinessError as error:
            outcomes.append((slot_id, error))
    return outcomes


def _take(request: ApprovalRequest, slot_id: UUID, answer: Answer) -> None:
    """Write the answer and go where it leads."""
    step_turns = turns(request)
    slot = check_turn(request, slot_id, step_turns, answer.actor)
    route = snapshot.read(request.route)
    step = route.steps[request.step]
    slot.state, slot.comment = ANSWERS[answer.action], answer.comment
    slot.acted_at, slot.acted_by = answer.at, answer.actor
    slot.save(update_fields=["state", "comment", "acted_at", "acted_by"])
    trail.record(request, "decided", actor=answer.actor, at=answer.at, action=answer.action, **trail.turn(slot, step))
    waiting = [turn for turn in step_turns if turn.state == State.OPEN]
    if answer.action == "approve" and not policy.is_met(step, waiting):
        _announce("decided", request, slot, answer)
        return
    steering.close_turns(waiting, State.SKIPPED, at=answer.at, actor=answer.actor)
    course = Course(request, route, answer.at, node=ANSWERS[answer.action])
    if answer.action == "approve":
        approved = {turn.approver_id for turn in step_turns if turn.state == State.APPROVED} | set(step.counted)
        steering.set_course(course, first=request.step + 1, approved_before=approved)
    _go(course, slot, answer)


def _go(course: Course, slot: Slot, answer: Answer) -> None:
    request = course.request
    steering.move(course, slot.task)
    if course.node in OUTCOMES:
        request.status = OUTCOMES[course.node][0]
        request.decided_at = None if request.status == Status.RETURNED else answer.at
    request.route = course.route.as_json()
    request.save(update_fields=["status", "step", "route", "decided_at"])
    if course.node in OUTCOMES:
        trail.record(request, course.node, actor=answer.actor, at=answer.at, comment=answer.comment)
    _announce(course.node, request, slot, answer)


def _announce(node: str, request: ApprovalRequest, slot: Slot, answer: Answer) -> None:
    news = {"request": request, "slot": slot, "actor": answer.actor, "at": answer.at, "comment": answer.comment}
    events.step_decided.send(ApprovalRequest, action=answer.action, **news)
    if node in OUTCOMES:
        OUTCOMES[node][1].send(ApprovalRequest, **news)


def check_turn(request: ApprovalRequest, slot_id: UUID, step_turns: Sequence[Slot], actor: Employee) -> Slot:
    """The turn, if it is open and the actor's. Raises SlotNotFound, NotYourTurn, AlreadyDecided."""
    slot = next((turn for turn in step_turns if turn.public_id == slot_id), None)
    if slot is None:  # of an earlier step or round
        slot = Slot.objects.select_related("approver", "acted_by").get(public_id=slot_id)
    if slot.approver_id != actor.pk:
        raise refusal(request, slot, actor)
    if slot.state != State.OPEN:
        raise already_decided(request, slot)
    if request.applicant_id == actor.pk or not actor.is_active:
        raise NotYourTurn(subject=str(request), approver=slot.approver)
    return slot


def refusal(request: ApprovalRequest, slot: Slot, actor: Employee) -> BusinessError:
    """Why somebody else may not act on a turn; to people who have no part in it, it does not exist."""
    part = request.applicant_id == actor.pk or Slot.objects.filter(request=request, approver=actor).exists()
    if part or rights.can(actor, rights.ADMINISTER_PROCESS, request.company_id):
        return NotYourTurn(subject=str(request), approver=slot.approver)
    return SlotNotFound()


def already_decided(request: ApprovalRequest, slot: Slot) -> AlreadyDecided:
    return AlreadyDecided(
        subject=str(request),
        turn=State(slot.state).label,
        who=slot.acted_by or "—",
        when=f"{timezone.localtime(slot.acted_at):%Y-%m-%d %H:%M}" if slot.acted_at else "—",
        state=request.get_status_display(),
    )
