"""`manage.py worker`: handle the outbox until told to stop."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.db.utils import Error as DatabaseError

from common import outbox
from common.context import coming_from

POLL_SECONDS = 0.2
PAUSE_AFTER_ERROR = 2.0


class Command(BaseCommand):
    help = "Handle the outbox: draft vouchers, deliver events, until SIGTERM or Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="handle what is due, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            with coming_from("worker"):
                self.stdout.write(f"{outbox.drain()} messages handled")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        with coming_from("worker"):
            while not stop.is_set():
                stop.wait(self._turn())

    def _turn(self) -> float:
        """Handle one message; the pause until the next, in seconds."""
        try:
            return 0 if outbox.work_one() else POLL_SECONDS
        except DatabaseError as error:
            self.stderr.write(f"database: {error}".strip())
            close_old_connections()
            return PAUSE_AFTER_ERROR
