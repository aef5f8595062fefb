"""How a request came to where it is and what comes next: the route as the document's page draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from django.utils.translation import gettext as _

from approvals import snapshot, wording
from approvals.models import ApprovalRequest, Slot
from approvals.snapshot import Person, Step
from approvals.wording import Because
from directory.models import Employee

State = Slot.State

# done: met; now: asked; next: not yet asked; passed: met by the approvals of the step before;
# returned, rejected, withdrawn: where the round ended
StepState = Literal["done", "now", "next", "passed", "returned", "rejected", "withdrawn"]
ENDS: dict[str, StepState] = {
    State.REJECTED: "rejected",
    State.RETURNED: "returned",
    State.WITHDRAWN: "withdrawn",
    State.SKIPPED: "done",
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One person of a step. `state` is a Slot.State, or "" for somebody not asked yet; `note` says why it is she."""

    person: Employee | Person
    state: str = ""
    since: datetime | None = None
    at: datetime | None = None
    comment: str = ""
    note: str = ""

    @property
    def name(self) -> str:
        return self.person.display_name

    @property
    def answer(self) -> str:
        """What she did, in a word."""
        return str(State(self.state).label) if self.state and self.state != State.OPEN else ""

    @property
    def took(self) -> timedelta | None:
        return self.at - self.since if self.at and self.since else None


@dataclass(frozen=True, slots=True)
class RouteStepView:
    """One step as it is drawn."""

    name: str
    state: StepState
    any_one: bool
    turns: list[Turn]
    why: list[str] = field(default_factory=list)


def route_of(request: ApprovalRequest) -> list[RouteStepView]:
    """The steps of the current round, done, now and next. Two statements, and one per list that conditions name."""
    route = snapshot.read(request.route)
    slots = (
        Slot.objects.filter(request=request, round=request.round)
        .select_related("approver", "acted_by", "transferred_from")
        .order_by("pk")
    )
    by_step: dict[int, list[Slot]] = {}
    for slot in slots:
        by_step.setdefault(slot.step, []).append(slot)
    words = wording.Words(request)
    return [
        _step(request, index, step, by_step.get(index, []), [words.all_of(step.why)] if step.why else [])
        for index, step in enumerate(route.steps)
    ]


def planned(request: ApprovalRequest, route: snapshot.Route) -> list[RouteStepView]:
    """The steps of a route that nobody was asked for yet."""
    words = wording.Words(request)
    return [
        _step(request, index, step, [], [words.all_of(step.why)] if step.why else [])
        for index, step in enumerate(route.steps)
    ]


def because(request: ApprovalRequest) -> list[Because]:
    """Why the document takes this route, one line a reason."""
    return wording.because(request, snapshot.read(request.route))


def route_name(request: ApprovalRequest) -> str:
    """“费用报销流程, version 7”: the rules the round was compiled from, and that it keeps to them."""
    route = snapshot.read(request.route)
    words = {"route": route.shown_name, "version": route.version}
    return _("%(route)s, version %(version)s; this document goes on by the version it was sent with.") % words


def whats_next(request: ApprovalRequest) -> tuple[str, Sequence[Person]] | None:
    """The step after the current one and its people, by the route as it was compiled; None after the last."""
    steps = snapshot.read(request.route).steps
    waiting = request.status == ApprovalRequest.Status.WAITING
    if not waiting or request.step + 1 >= len(steps):
        return None
    following = steps[request.step + 1]
    return following.shown_name, following.people


def _step(request: ApprovalRequest, index: int, step: Step, slots: Sequence[Slot], why: list[str]) -> RouteStepView:
    counted = [Turn(p, state=State.APPROVED, note=_counts()) for p in step.people if p.id in step.counted]
    if slots:
        turns = counted + [_turn(slot) for slot in slots]
        return RouteStepView(step.shown_name, _state(slots), _any_one(step), turns, why)
    if counted:
        return RouteStepView(step.shown_name, "passed", _any_one(step), counted, why)
    people = [Turn(person, note=_note(person.reason)) for person in step.people]
    return RouteStepView(step.shown_name, "next", _any_one(step), people, why)


def _state(slots: Sequence[Slot]) -> StepState:
    states = {slot.state for slot in slots}
    if State.OPEN in states:
        return "now"
    return next((ENDS[state] for state in (State.REJECTED, State.RETURNED, State.WITHDRAWN) if state in states), "done")


def _any_one(step: Step) -> bool:
    return len(step.people) > 1 and step.how_many == "any"


def _turn(slot: Slot) -> Turn:
    note = _note(slot.reason)
    if slot.transferred_from:
        note = _("%(reason)s by %(name)s") % {"reason": note, "name": slot.transferred_from.display_name}
    return Turn(slot.approver, slot.state, slot.opened_at, slot.acted_at, slot.comment, note)


def _note(reason: str) -> str:
    return "" if reason == Slot.Reason.ROUTE else str(Slot.Reason(reason).label)


def _counts() -> str:
    return _("approved the step before; not asked twice in a row")
