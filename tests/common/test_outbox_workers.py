"""Several workers on one outbox, as threads with connections of their own on the real database."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

import pytest
from django.db import connection, transaction

from common import outbox
from common.models import OutboxMessage
from tests.common.outbox_tools import consumer, send

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS = 4
LINES, A_LINE = 3, 8
HEADS_ONLY = """
   AND NOT EXISTS (SELECT 1 FROM common_outboxmessage older
                    WHERE older.line = m.line AND older.id < m.id AND older.state IN ('pending', 'claimed'))
"""


def work_with(workers: int, work: Callable[[], None]) -> None:
    def one(_number: int) -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(one, range(workers)))


def handled_order(seed: int) -> dict[str, list[int]]:
    """Per line the numbers of its messages in the order in which their handling ended."""
    ended: dict[str, list[int]] = defaultdict(list)
    lock, dice = Lock(), random.Random(seed)

    def handler(message: OutboxMessage) -> None:
        # Messages take unequally long; the first of a line so long that a later one could overtake it.
        time.sleep(0.2 if message.payload["number"] == 0 else dice.random() * 0.01)
        with lock:
            ended[message.payload["group"]].append(message.payload["number"])

    with consumer("t", handler):
        for number in range(A_LINE):
            for line in range(LINES):
                send("t", str(line), group=str(line), number=number)
        work_with(WORKERS, _until_done)
    return ended


def _until_done() -> None:
    while OutboxMessage.objects.exclude(state="done").exists():
        if not outbox.work_one():
            time.sleep(0.002)


def test_every_line_keeps_its_order_with_several_workers() -> None:
    seed = random.randrange(10**6)
    print("seed", seed)
    order = handled_order(seed)
    assert order == {str(line): list(range(A_LINE)) for line in range(LINES)}


def test_without_the_rule_that_only_heads_are_claimed_the_order_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert HEADS_ONLY in outbox.CLAIM
    monkeypatch.setattr(outbox, "CLAIM", outbox.CLAIM.replace(HEADS_ONLY, ""))
    in_order = {str(line): list(range(A_LINE)) for line in range(LINES)}
    assert any(handled_order(seed) != in_order for seed in range(5))


def test_a_worker_passes_by_what_another_one_has_in_hand() -> None:
    holding, seen_by_second = Event(), Event()
    handled: list[str] = []

    def handler(message: OutboxMessage) -> None:
        if message.payload["name"] == "slow":
            holding.set()
            assert seen_by_second.wait(10)  # its row stays locked for as long
        handled.append(message.payload["name"])

    with consumer("t", handler, in_transaction=True):
        send("t", "a", name="slow")
        send("t", "b", name="quick")

        def second() -> None:
            assert holding.wait(10)
            assert outbox.work_one()  # with plain FOR UPDATE it would wait for the first worker and time out
            seen_by_second.set()

        with ThreadPoolExecutor(2) as pool:
            jobs = [pool.submit(_closing, outbox.work_one), pool.submit(_closing, second)]
            for job in jobs:
                job.result()
    assert handled == ["quick", "slow"]


def _closing(work: Callable[[], object]) -> object:
    try:
        return work()
    finally:
        connection.close()


def test_with_a_plain_lock_the_second_worker_would_stand_in_line_behind_the_first() -> None:
    message = send("t", "a")
    plain = outbox.CLAIM.replace("SKIP LOCKED", "NOWAIT")
    claim = {"now": message.available_at, "consumer": "", "others_than": []}

    def first(sql: str, hold: Event, go: Event) -> bool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, claim)
            found = cursor.fetchone() is not None
            hold.set()
            assert go.wait(10)
            return found

    hold, go = Event(), Event()
    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(_closing, lambda: first(outbox.CLAIM, hold, go))
        assert hold.wait(10)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(outbox.CLAIM, claim)
            assert cursor.fetchone() is None
        with pytest.raises(Exception, match="could not obtain lock"), transaction.atomic():
            connection.cursor().execute(plain, claim)
        go.set()
        assert job.result()


def test_one_message_is_handled_once_however_many_workers_reach_for_it() -> None:
    handled: list[int] = []
    with consumer("t", lambda message: handled.append(message.pk)):
        for _ in range(20):
            send("t", "one line")
        work_with(WORKERS, _until_done)
    assert len(handled) == len(set(handled)) == 20
