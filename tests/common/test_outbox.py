"""The outbox: nothing lost, in order on each line, retried, given up, replayed."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from common import audit, outbox
from common.models import OutboxMessage
from tests.builders import NOON, World
from tests.common.outbox_tools import consumer, now_of, send

pytestmark = pytest.mark.django_db

State = OutboxMessage.State


def record(world: World, kind: str) -> None:
    about = audit.About("document", world.company.public_id, "BX-2026-000001", world.company.pk)
    with transaction.atomic():
        audit.record(kind, about, actor=world.alice, at=NOON)


def fails(*errors: Exception) -> outbox.Handler:
    """A handler that fails in these ways, one after the other, and then succeeds."""
    left = list(errors)

    def handler(_message: OutboxMessage) -> None:
        if left:
            raise left.pop(0)

    return handler


# --- Written with the change ------------------------------------------------------------------------------------------
def test_an_entry_makes_one_message_for_each_consumer_that_wants_it(world: World) -> None:
    with consumer("t.all", fails(), "claim.*"), consumer("t.one", fails(), "claim.approved"):
        record(world, "claim.submitted")
        record(world, "claim.approved")
        record(world, "upload.received")
    ours = OutboxMessage.objects.filter(consumer__startswith="t.")
    assert sorted(ours.values_list("consumer", "topic")) == [
        ("t.all", "claim.approved"),
        ("t.all", "claim.submitted"),
        ("t.one", "claim.approved"),
    ]


def test_a_change_that_is_rolled_back_leaves_no_message(world: World) -> None:
    with consumer("t.all", fails(), "claim.*"), transaction.atomic():
        about = audit.About("document", world.company.public_id, "", world.company.pk)
        audit.record("claim.submitted", about, actor=None, at=NOON)
        transaction.set_rollback(True)
    assert not OutboxMessage.objects.exists()


# --- Handling ---------------------------------------------------------------------------------------------------------
def test_a_handler_in_the_transaction_commits_its_effect_with_the_mark_done_or_not_at_all(world: World) -> None:
    def handler(message: OutboxMessage) -> None:
        world.company.short_name = f"changed by {message.pk}"
        world.company.save(update_fields=["short_name"])
        if message.attempts == 1:
            raise ValueError("after the effect")

    with consumer("t", handler, in_transaction=True):
        message = send("t", "a")
        outbox.work_one()
        world.company.refresh_from_db()
        assert not world.company.short_name.startswith("changed")
        assert now_of(message).state == State.PENDING
        assert message.last_error == "after the effect"
        with time_machine.travel(message.available_at):
            outbox.work_one()
        world.company.refresh_from_db()
        assert world.company.short_name.startswith("changed")
        assert now_of(message).state == State.DONE


@pytest.mark.django_db(transaction=True)
def test_an_outside_handler_runs_outside_any_transaction() -> None:
    seen: list[bool] = []
    with consumer("t", lambda _message: seen.append(connection.in_atomic_block)):
        send("t", "a")
        assert outbox.work_one()
    assert seen == [False]


def test_a_failure_waits_longer_each_time_and_is_given_up_after_three_days() -> None:
    pauses: list[timedelta] = []
    with time_machine.travel(NOON, tick=False) as clock, consumer("t", fails(*[ValueError("down")] * 100)):
        message = send("t", "a")
        while message.state != State.DEAD:
            outbox.work_one()
            pauses.append(now_of(message).available_at - timezone.now())
            clock.move_to(message.available_at)
    steady = pauses[:-1]
    assert steady[0] <= outbox.FIRST_PAUSE
    assert all(later > earlier for earlier, later in itertools.pairwise(steady[:12]))
    assert max(steady) <= outbox.LONGEST_PAUSE
    assert outbox.GIVE_UP_AFTER < message.available_at - NOON < outbox.GIVE_UP_AFTER + 3 * outbox.LONGEST_PAUSE
    assert message.attempts == len(pauses)


def test_two_messages_that_fail_together_do_not_come_back_together() -> None:
    assert len({outbox.backoff(5) for _ in range(20)}) > 1


def test_the_other_side_may_say_when_to_come_back() -> None:
    wanted = timedelta(minutes=17)
    with time_machine.travel(NOON, tick=False), consumer("t", fails(outbox.Retry("busy", after=wanted))):
        message = send("t", "a")
        outbox.work_one()
        assert now_of(message).available_at == NOON + wanted


def test_postponing_is_no_attempt_and_no_time_that_runs_out() -> None:
    late = NOON + timedelta(days=10)
    errors = [outbox.Postpone("paused", until=late), ValueError("down")]
    with time_machine.travel(NOON, tick=False) as clock, consumer("t", fails(*errors)):
        message = send("t", "a")
        outbox.work_one()
        assert (now_of(message).attempts, message.state, message.trying_since) == (0, State.PENDING, None)
        clock.move_to(late)
        outbox.work_one()
        assert (now_of(message).attempts, message.state) == (1, State.PENDING)  # and not dead after ten days


def test_postponing_in_the_middle_of_a_series_stops_its_clock_for_so_long() -> None:
    late = NOON + timedelta(days=10)
    errors = [ValueError("down"), outbox.Postpone("paused", until=late), ValueError("down")]
    with time_machine.travel(NOON, tick=False) as clock, consumer("t", fails(*errors)):
        message = send("t", "a")
        outbox.work_one()
        clock.move_to(now_of(message).available_at)
        outbox.work_one()
        clock.move_to(late)
        outbox.work_one()
        assert (now_of(message).state, message.attempts) == (State.PENDING, 2)


def test_giving_up_is_final_until_somebody_replays_it_with_the_same_event() -> None:
    with consumer("t", fails(outbox.GiveUp("never"))):
        message = send("t", "a")
        outbox.work_one()
        assert now_of(message).state == State.DEAD
        assert not outbox.work_one()
        event = message.event_id
        assert outbox.replay(OutboxMessage.objects.filter(pk=message.pk), at=timezone.now()) == 1
        assert outbox.replay(OutboxMessage.objects.filter(pk=message.pk), at=timezone.now()) == 0
        outbox.work_one()
        assert (now_of(message).state, message.event_id) == (State.DONE, event)


def test_a_message_of_a_consumer_that_is_gone_becomes_a_dead_letter_with_a_reason() -> None:
    message = send("t.gone", "a")
    outbox.work_one()
    assert (now_of(message).state, message.last_error) == (State.DEAD, "nobody handles t.gone any more")


# --- Order ------------------------------------------------------------------------------------------------------------
def test_behind_a_failed_head_the_line_waits_and_other_lines_go_on() -> None:
    order: list[str] = []

    def handler(message: OutboxMessage) -> None:
        if message.payload["name"] == "a1" and message.attempts == 1:
            raise outbox.Retry("not yet", after=timedelta(minutes=5))
        order.append(message.payload["name"])

    with time_machine.travel(NOON, tick=False) as clock, consumer("t", handler):
        for name in ("a1", "a2", "b1"):
            send("t", name[0], name=name)
        outbox.drain()
        assert order == ["b1"]
        send("t", "a", name="a3")
        outbox.drain()
        assert order == ["b1"]
        clock.shift(timedelta(minutes=5))
        outbox.drain()
    assert order == ["b1", "a1", "a2", "a3"]


def test_what_waits_behind_a_head_is_not_looked_at_until_the_head_is_due() -> None:
    with time_machine.travel(NOON, tick=False), consumer("t", fails(outbox.Retry("", after=timedelta(hours=1)))):
        send("t", "a")
        behind = [send("t", "a") for _ in range(3)]
        outbox.work_one()
    assert {now_of(message).available_at for message in behind} == {NOON + timedelta(hours=1)}


def test_hastening_makes_the_lines_of_one_receiver_due_and_no_others() -> None:
    with time_machine.travel(NOON, tick=False):
        late = NOON + timedelta(hours=2)
        mine, other = send("t", "7:x", at=late), send("t", "8:x", at=late)
        assert outbox.hasten("t", line_prefix="7:", at=NOON) == 1
    assert (now_of(mine).available_at, now_of(other).available_at) == (NOON, late)


def test_a_thread_of_one_consumer_leaves_the_messages_of_others_alone() -> None:
    done: list[str] = []
    with (
        consumer("t.slow", lambda message: done.append(message.consumer)),
        consumer("t.quick", lambda message: done.append(message.consumer), in_transaction=True),
    ):
        lanes = outbox.lanes()
        slow = outbox.Lane("t.slow")
        assert slow in lanes
        assert "t.slow" in lanes[0].others_than
        assert "t.quick" not in lanes[0].others_than
        send("t.slow", "a")
        assert not outbox.work_one(lanes[0])
        send("t.quick", "a")
        assert outbox.work_one(lanes[0])
        assert outbox.work_one(slow)
    assert done == ["t.quick", "t.slow"]


# --- Leases -----------------------------------------------------------------------------------------------------------
def lease_of(at: datetime) -> datetime:
    return at + timedelta(seconds=120)


def test_a_message_whose_worker_died_comes_back_when_its_lease_is_over() -> None:
    class Killed(BaseException):
        """As if the process ended: nothing of ours runs afterwards."""

    def dies_once(message: OutboxMessage) -> None:
        if message.payload["name"] == "first" and message.attempts == 1:
            raise Killed

    with time_machine.travel(NOON, tick=False) as clock, consumer("t", dies_once):
        message, behind = send("t", "a", name="first"), send("t", "a", name="second")
        with pytest.raises(Killed):
            outbox.work_one()
        assert now_of(message).state == State.CLAIMED
        clock.move_to(lease_of(NOON) - timedelta(seconds=1))
        assert not outbox.work_one()  # neither it nor the one behind it
        clock.move_to(lease_of(NOON))
        outbox.drain()
        assert (now_of(message).state, message.attempts, now_of(behind).state) == (State.DONE, 2, State.DONE)


def test_a_worker_whose_lease_ran_out_does_not_disturb_the_one_that_took_over() -> None:
    with time_machine.travel(NOON, tick=False) as clock:

        def slow_then_failing(message: OutboxMessage) -> None:
            if message.attempts == 1:
                clock.move_to(lease_of(NOON))
                with consumer("t", fails()):
                    outbox.work_one()  # somebody else takes it and succeeds
                raise ValueError("too late to matter")

        with consumer("t", slow_then_failing):
            message = send("t", "a")
            outbox.work_one()
    assert (now_of(message).state, message.attempts, message.last_error) == (State.DONE, 2, "")


def test_a_late_failure_does_not_free_what_somebody_else_is_handling() -> None:
    with time_machine.travel(NOON, tick=False) as clock:

        def slow(message: OutboxMessage) -> None:
            if message.attempts == 1:
                clock.move_to(lease_of(NOON))
                OutboxMessage.objects.filter(pk=message.pk).update(  # taken over, still being handled
                    attempts=2, leased_until=lease_of(lease_of(NOON))
                )
                raise ValueError("too late to matter")

        with consumer("t", slow):
            message = send("t", "a")
            outbox.work_one()
    assert (now_of(message).state, message.attempts) == (State.CLAIMED, 2)


def test_the_command_handles_what_is_due_and_ends(capsys: pytest.CaptureFixture[str]) -> None:
    with consumer("t", fails()):
        send("t", "a")
        send("t", "b")
        call_command("worker", "--once")
    assert "2 messages handled" in capsys.readouterr().out
