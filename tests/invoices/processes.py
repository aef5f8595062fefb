"""A reader process of a test's own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from invoices.readers import process

PATIENCE = 30  # seconds until a reader that does not answer counts as failed


@contextmanager
def running_reader(socket: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py reader` on a socket; `settings.READER_SOCKET` has to name it. Ended at the end, stopped or not."""
    assert socket == settings.READER_SOCKET
    environment = {**os.environ, "READER_SOCKET": str(socket), "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    command = [sys.executable, "manage.py", "reader"]
    reader = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE
        while not process.is_running():
            assert reader.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield reader
    finally:
        reader.kill()
        reader.wait()
