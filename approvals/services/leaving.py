"""When an approver leaves: her open turns go to whom the step's rule names now, else to a process administrator."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction

from approvals import people, snapshot
from approvals.models import ApprovalRequest, Slot
from approvals.services.holding import held, turns
from approvals.services.moving import hand_over
from approvals.services.steering import circumstances
from common import locks
from common.errors import BusinessError
from directory.models import Employee

log = logging.getLogger(__name__)


def reassign_left(*, at: datetime, actor: Employee | None = None, approver_id: int | None = None) -> tuple[int, int]:
    """Hand over the open turns of everybody who left (or of one of them), each in a transaction of its own.

    Returns how many were handed over and how many could not be, because no process administrator is named.
    """
    left = Slot.objects.filter(state=Slot.State.OPEN, approver__is_active=False)
    if approver_id is not None:
        left = left.filter(approver_id=approver_id)
    done = stuck = 0
    for slot_id in left.order_by("pk").values_list("public_id", flat=True):
        try:
            done += _reassign(slot_id, actor=actor, at=at)
        except BusinessError as error:
            stuck += 1
            log.warning("turn %s of an approver who left stays open: %s", slot_id, error)
    return done, stuck


def _reassign(slot_id: UUID, *, actor: Employee | None, at: datetime) -> bool:
    with locks.busy_if_blocked(), transaction.atomic(durable=True), held(slots__public_id=slot_id) as request:
        step_turns = turns(request)
        slot = next((turn for turn in step_turns if turn.public_id == slot_id), None)
        if slot is None or slot.state != Slot.State.OPEN or slot.approver.is_active:
            return False  # decided, withdrawn or handed over in the meantime
        to = _successor(request, step_turns, at=at)
        hand_over(request, slot, to=to, reason=Slot.Reason.LEFT, actor=actor, comment="", at=at)
        return True


def _successor(request: ApprovalRequest, step_turns: list[Slot], *, at: datetime) -> Employee:
    """Whom the step's rule names now and who has no turn in the step yet; else the first process administrator."""
    route = snapshot.read(request.route)
    step = route.steps[request.step]
    about = circumstances(request, route=route.shown_name, at=at)
    taken = {turn.approver_id for turn in step_turns}
    people.fill(step, about)
    candidates = [person.id for person in step.people if person.id not in taken]
    if not candidates:
        free = [person.id for person in people.administrators(step, about) if person.id not in taken]
        if not free:
            raise people.NoApprover(step=step.shown_name, route=about.route, company=about.company.shown_name)
        candidates = free
    return Employee.objects.get(pk=candidates[0])
