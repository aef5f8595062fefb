"""The worker as a process of its own, on the database of the test that runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from tests.oa.test_worker_killed import environment

PATIENCE = 60  # seconds for the worker to finish what it has in hand


@contextmanager
def running_worker(log: Path) -> Iterator[None]:
    """`manage.py worker`, told to stop at the end; it has to end well. `settings.READER_SOCKET` is its reader."""
    own = {"READER_SOCKET": str(settings.READER_SOCKET), "OUTBOX_LEASE_SECONDS": str(settings.OUTBOX_LEASE_SECONDS)}
    with log.open("ab") as out:
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            cwd=settings.BASE_DIR,
            env=environment() | own,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        yield
        assert worker.poll() is None, f"the worker ended by itself: {log.read_text()[-2000:]}"
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=PATIENCE) == 0, log.read_text()[-2000:]
    finally:
        if worker.poll() is None:
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
