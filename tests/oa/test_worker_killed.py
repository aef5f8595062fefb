"""`manage.py worker`, the real process, killed with -9 twenty times while it delivers to a real receiver.

Every event arrives, those of a document in order, and what comes twice comes under the same id.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection
from psycopg.conninfo import conninfo_to_dict

from oa.models import Delivery, Subscription
from tests.builders import World
from tests.oa.builders import happen
from tests.oa.receiver import Receiver, Reply

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

KILLS = 20
KINDS = ("claim.submitted", "claim.decided", "claim.approved", "voucher.posted")
LEASE_SECONDS = 2
PATIENCE = 120  # seconds for one step before the test gives up
State = Delivery.State


def environment() -> dict[str, str]:
    """Settings of the tests, on this test's own database, with a lease short enough to be waited for."""
    given = connection.settings_dict
    host = conninfo_to_dict(os.environ["DATABASE_URL"]).get("host", "")
    socket_or_host = str(given["HOST"] or host).replace("/", "%2F")
    port = f"&port={given['PORT']}" if given["PORT"] else ""
    password = f":{given['PASSWORD']}" if given["PASSWORD"] else ""
    url = f"postgresql://{given['USER']}{password}@/{given['NAME']}?host={socket_or_host}{port}"
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return inherited | {  # with compiled modules kept, twenty starts take a third of the time
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": url,
        "OUTBOX_LEASE_SECONDS": str(LEASE_SECONDS),
    }


@contextmanager
def worker(log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            cwd=settings.BASE_DIR,
            env=environment(),
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until(reached: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(PATIENCE * 50):
        if reached():
            return
        assert process.poll() is None, f"the worker ended by itself: {log.read_text()[-2000:]}"
        time.sleep(0.02)
    pytest.fail(f"not reached: {log.read_text()[-2000:]}")


def test_killing_the_worker_twenty_times_loses_nothing_and_keeps_the_order(
    world: World, subscription: Subscription, receiver: Receiver, tmp_path: Path
) -> None:
    seed = random.randrange(10**6)
    print("seed", seed)
    dice, log = random.Random(seed), tmp_path / "worker.log"
    receiver.always = Reply(pause=0.01)  # so that a kill finds requests on their way
    happened: dict[UUID, int] = {}

    def more_happens() -> None:
        """Three documents begin, three older ones go a step further."""
        going_on = [subject for subject, steps in happened.items() if steps < len(KINDS)]
        for subject in [*(uuid4() for _ in range(3)), *dice.sample(going_on, min(3, len(going_on)))]:
            step = happened.get(subject, 0)
            happen(world.company, KINDS[step], subject=subject, actor=world.alice)
            happened[subject] = step + 1

    for _kill in range(KILLS):
        more_happens()
        with worker(log) as process:
            goal = len(receiver.heard) + dice.randint(1, 3)  # at least three events are new
            wait_until(lambda goal=goal: len(receiver.heard) >= goal, process, log)
            os.kill(process.pid, signal.SIGKILL)

    def all_done() -> bool:
        made = Delivery.objects.count()
        return made == sum(happened.values()) and not Delivery.objects.exclude(state=State.DELIVERED).exists()

    with worker(log) as process:
        wait_until(all_done, process, log)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE) == 0  # told to stop, it finishes what it has in hand

    assert receiver.forged == []
    assert receiver.sequences() == {str(subject): list(range(1, steps + 1)) for subject, steps in happened.items()}
    assert Counter(heard.id for heard in receiver.accepted) == Counter(
        str(one.public_id) for one in Delivery.objects.all()
    )
    print(f"{len(receiver.heard)} requests for {len(receiver.accepted)} events")
