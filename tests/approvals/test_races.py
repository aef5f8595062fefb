"""Two act on one request at the same moment, on the real database.

Each race is shown twice: first without the lock of the request, where it does damage, then as the product runs, where
exactly one wins. Without the lock, both are made to read before either writes; with it, the database decides.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections, transaction
from viewflow.workflow import lock
from viewflow.workflow.models import Task

from approvals import services
from approvals.flows import ApprovalFlow
from approvals.models import ApprovalRequest, Slot
from approvals.services import deciding, holding, moving
from common import locks
from common.errors import BusinessError, WrongState
from common.models import AuditEntry
from tests.approvals.cast import Source, ask, decide, make_route, step, turn_of, waiting_for
from tests.builders import NOON, make_employee, make_post

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 8
Call = Callable[[], Any]


def race(*calls: Call) -> list[Any]:
    """Run calls at the same moment, each with a connection of its own; what each returned or raised, in their order."""
    outcomes: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(place: int, call: Call) -> None:
        try:
            start.wait(10)
            outcomes[place] = call()
        except Exception as error:
            outcomes[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


class Unheld:
    """Stands in for `held`: reads the request and locks nothing."""

    def __init__(self, **which: Any) -> None:
        self.which = which

    def __enter__(self) -> ApprovalRequest:
        return ApprovalRequest.objects.select_related("company", "applicant").get(**self.which)

    def __exit__(self, *error: object) -> None: ...


@pytest.fixture
def without_lock(monkeypatch):
    """Nothing is locked, and both read the turns before either writes."""
    both_read = threading.Barrier(2)

    def read_together(request: ApprovalRequest) -> list[Slot]:
        found = holding.turns(request)
        both_read.wait(10)
        return found

    for module in (deciding, moving):
        monkeypatch.setattr(module, "held", Unheld)
        monkeypatch.setattr(module, "turns", read_together)
    monkeypatch.setattr(ApprovalFlow, "lock_impl", lock.no_lock)


def approve(slot: Slot) -> Call:
    return lambda: services.decide(slot_id=slot.public_id, actor=slot.approver, action="approve", at=NOON)


def withdraw(request: ApprovalRequest) -> Call:
    return lambda: services.withdraw(request_id=request.public_id, actor=request.applicant, at=NOON)


def count(request: ApprovalRequest, verb: str) -> int:
    return AuditEntry.objects.filter(subject_id=request.subject_id, kind=f"note.{verb}").count()


def errors_of(outcomes: list[Any]) -> list[BusinessError]:
    found = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert all(isinstance(error, BusinessError) for error in found), found
    return found


# --- The same turn twice ------------------------------------------------------------------------
def test_without_the_lock_one_turn_is_answered_twice(world, without_lock):
    make_route(world.company, step(Source.MANAGER))
    request = ask(world)
    slot = turn_of(request, world.bob)

    assert errors_of(race(approve(slot), approve(slot))) == []

    assert count(request, "approved") == 2
    assert Task.objects.filter(process=request.process_id, flow_task_type="END").count() == 2


def test_one_turn_is_answered_once(world):
    make_route(world.company, step(Source.MANAGER))
    for n in range(ROUNDS):
        request = ask(world, number=f"N-{n}")
        slot = turn_of(request, world.bob)

        (refused,) = errors_of(race(approve(slot), approve(slot)))

        assert isinstance(refused, services.AlreadyDecided)
        assert (count(request, "decided"), count(request, "approved")) == (1, 1)
        assert Task.objects.filter(process=request.process_id, flow_task_type="END").count() == 1


def test_the_same_key_at_the_same_moment_is_answered_to_both(world):
    make_route(world.company, step(Source.MANAGER))
    for n in range(ROUNDS):
        request = ask(world, number=f"N-{n}")
        slot_id = turn_of(request, world.bob).public_id

        def send(slot_id=slot_id, key=f"k-{n}"):
            return services.decide(slot_id=slot_id, actor=world.bob, action="approve", at=NOON, key=key)

        outcomes = race(send, send, send)

        assert [outcome.status for outcome in outcomes] == ["approved"] * 3
        assert count(request, "approved") == 1


def test_one_key_for_two_documents_at_the_same_moment_decides_one_and_refuses_the_other(world):
    from common.idempotency import KeyReused

    make_route(world.company, step(Source.MANAGER))
    for n in range(ROUNDS):
        slots = [turn_of(ask(world, number=f"N-{n}-{i}"), world.bob) for i in range(2)]

        def send(slot, key=f"k-{n}"):
            return lambda: services.decide(slot_id=slot.public_id, actor=world.bob, action="approve", at=NOON, key=key)

        (refused,) = errors_of(race(*(send(slot) for slot in slots)))

        assert isinstance(refused, KeyReused)
        assert sorted(Slot.objects.filter(pk__in=[s.pk for s in slots]).values_list("state", flat=True)) == [
            "approved",
            "open",
        ]


# --- Both of a step at once ------------------------------------------------------------------------
def test_without_the_lock_two_who_approve_together_leave_the_request_with_nobody(world, without_lock):
    make_route(world.company, step(Source.PEOPLE, world.bob, world.erin), step(Source.ROLE, role="finance"))
    request = ask(world)

    race(approve(turn_of(request, world.bob)), approve(turn_of(request, world.erin)))

    request.refresh_from_db()
    assert (request.status, request.step, waiting_for(request)) == ("waiting", 0, [])  # stuck for ever


def test_two_who_approve_together_open_the_next_step_once(world):
    make_route(world.company, step(Source.PEOPLE, world.bob, world.erin), step(Source.ROLE, role="finance"))
    for n in range(ROUNDS):
        request = ask(world, number=f"N-{n}")

        outcomes = race(approve(turn_of(request, world.bob)), approve(turn_of(request, world.erin)))

        assert errors_of(outcomes) == []
        assert waiting_for(request) == ["carol"]


# --- Approve and withdraw ------------------------------------------------------------------------
def test_without_the_lock_a_request_is_approved_and_withdrawn(world, without_lock):
    make_route(world.company, step(Source.MANAGER))
    request = ask(world)

    assert errors_of(race(approve(turn_of(request, world.bob)), withdraw(request))) == []

    assert (count(request, "approved"), count(request, "withdrawn")) == (1, 1)


def test_a_request_is_approved_or_withdrawn(world):
    make_route(world.company, step(Source.MANAGER))
    for n in range(ROUNDS):
        request = ask(world, number=f"N-{n}")

        (refused,) = errors_of(race(approve(turn_of(request, world.bob)), withdraw(request)))

        request.refresh_from_db()
        approved = request.status == "approved"
        assert isinstance(refused, WrongState if approved else services.AlreadyDecided)
        assert (count(request, "approved"), count(request, "withdrawn")) == ((1, 0) if approved else (0, 1))
        assert request.process.status == ("DONE" if approved else "CANCELED")


# --- Approve and hand over ------------------------------------------------------------------------
@pytest.fixture
def frank(world):
    person = make_employee("frank")
    make_post(person, world.department)
    return person


def hand_over(slot: Slot, to: Any) -> Call:
    return lambda: services.transfer(slot_id=slot.public_id, actor=slot.approver, to=to, at=NOON)


def test_without_the_lock_an_approved_request_still_waits_for_somebody(world, frank, without_lock):
    make_route(world.company, step(Source.MANAGER))
    request = ask(world)
    slot = turn_of(request, world.bob)

    assert errors_of(race(approve(slot), hand_over(slot, frank))) == []

    request.refresh_from_db()
    assert (request.status, waiting_for(request)) == ("approved", ["frank"])


def test_a_turn_is_answered_or_handed_over(world, frank):
    make_route(world.company, step(Source.MANAGER))
    for n in range(ROUNDS):
        request = ask(world, number=f"N-{n}")
        slot = turn_of(request, world.bob)

        (refused,) = errors_of(race(approve(slot), hand_over(slot, frank)))

        request.refresh_from_db()
        assert isinstance(refused, services.AlreadyDecided)
        assert waiting_for(request) == ([] if request.status == "approved" else ["frank"])


# --- Sent again at the same moment ------------------------------------------------------------------------
def test_a_returned_request_is_sent_again_once(world):
    make_route(world.company, step(Source.MANAGER))
    request = ask(world)
    for n in range(1, ROUNDS):
        decide(request, world.bob, "return")

        (refused,) = errors_of(race(lambda: ask(world, existing=request), lambda: ask(world, existing=request)))

        assert isinstance(refused, WrongState)
        request.refresh_from_db()
        assert (request.round, waiting_for(request)) == (n + 1, ["bob"])


# --- Waiting for somebody who takes long ------------------------------------------------------------------------
def test_whoever_waits_too_long_is_told_to_try_again_and_nothing_is_changed(world, monkeypatch):
    monkeypatch.setattr(locks, "PATIENCE", 50)
    make_route(world.company, step(Source.MANAGER))
    request = ask(world)
    slot = turn_of(request, world.bob)

    with transaction.atomic():
        services.lock_request(request.public_id)
        (refused,) = race(approve(slot))

    assert isinstance(refused, locks.Busy)
    assert refused.status == 503
    slot.refresh_from_db()
    assert slot.state == "open"
    assert services.decide(slot_id=slot.public_id, actor=world.bob, action="approve", at=NOON).status == "approved"


def test_patience_ends_with_the_transaction(world):
    def timeout() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            return str(cursor.fetchone()[0])

    before = timeout()
    with transaction.atomic():
        locks.limit_waiting()
        assert timeout() == "3s"
    assert timeout() == before
