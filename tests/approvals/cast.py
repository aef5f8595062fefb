"""A kind of document made for these tests, and short ways to routes and requests.

The engine is proved with this second kind, so that nothing in it depends on claims.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from approvals import kinds, services
from approvals.facts import COMMON_FACTS
from approvals.models import ApprovalRequest, Condition, Route, RouteStep, Slot
from directory.models import Company, Employee
from tests.builders import NOON, World

Source, Rule = RouteStep.Source, RouteStep.Rule
NOTE = "note"


def pane(request: Any, subject_id: uuid.UUID) -> str:
    return f'<div class="bx-case-scroll">{subject_id}</div><aside class="bx-preview bx-inbox-preview"></aside>'


KIND = kinds.Kind(
    code=NOTE, label="note", facts=COMMON_FACTS, pane=pane, url=lambda subject_id: f"/notes/{subject_id}/"
)


@contextmanager
def registered(kind: kinds.Kind = KIND) -> Iterator[kinds.Kind]:
    kinds.register(kind)
    try:
        yield kind
    finally:
        kinds._kinds.pop(kind.code)


@dataclass
class Asked:
    """A step with its people and conditions, not yet saved."""

    step: RouteStep
    people: tuple[Employee, ...]
    conditions: tuple[Condition, ...]


def make_route(company: Company, *asked: Asked, when: tuple[Condition, ...] = (), **changes: Any) -> Route:
    """A route with steps made by `step(...)` and conditions made by `condition(...)`."""
    route = Route.objects.create(**{"company": company, "kind": NOTE, "name": "测试流程", "name_en": "Test"} | changes)
    for condition in when:
        condition.route = route
        condition.save()
    for place, each in enumerate(asked, start=1):
        each.step.route, each.step.position = route, place * 10
        each.step.save()
        each.step.people.set(each.people)
        for condition in each.conditions:
            condition.step = each.step
            condition.save()
    return route


def step(source: str, *people: Employee, when: tuple[Condition, ...] = (), **changes: Any) -> Asked:
    """A step that `make_route` saves."""
    return Asked(RouteStep(**{"source": source, "name": source.replace("_", " ")} | changes), people, when)


def condition(fact: str, operator: str, value: str) -> Condition:
    return Condition(fact=fact, operator=operator, value=value)


def ask(
    world: World, *, at: datetime = NOON, existing: ApprovalRequest | None = None, **changes: Any
) -> ApprovalRequest:
    """Open a request of Alice's over 100.00, in a transaction of its own, as the app of the document does."""
    applicant = changes.get("applicant", world.alice)
    values: dict[str, Any] = {
        "kind": NOTE,
        "company": world.company,
        "subject_id": existing.subject_id if existing else uuid.uuid4(),
        "number": "N-1",
        "title": "广州展会",
        "amount": Decimal("100.00"),
        "currency": "CNY",
        "applicant": applicant,
        "department": world.department,
        "cost_centre": world.cost_centre,
        "facts": {},
        "attention": [],
    }
    values |= changes
    values["facts"] = {"amount": values["amount"], "department": values["department"].code} | values["facts"]
    with transaction.atomic():
        return services.open_request(**values, at=at, existing=existing)


def turn_of(request: ApprovalRequest, approver: Employee) -> Slot:
    return Slot.objects.get(request=request, approver=approver, state=Slot.State.OPEN)


def waiting_for(request: ApprovalRequest) -> list[str]:
    """The sign-in names of those whose answer is asked now."""
    slots = Slot.objects.filter(request=request, state=Slot.State.OPEN).select_related("approver").order_by("pk")
    return [slot.approver.username for slot in slots]


def decide(
    request: ApprovalRequest, actor: Employee, action: services.Action = "approve", comment: str = "", **more: Any
) -> ApprovalRequest:
    """The actor answers her open turn, a minute after noon."""
    comment = comment or ("" if action == "approve" else "not yet")
    at = more.pop("at", NOON + timedelta(minutes=1))
    slot = turn_of(request, actor)
    return services.decide(slot_id=slot.public_id, actor=actor, action=action, comment=comment, at=at, **more)
