"""`manage.py worker`: handle the outbox until told to stop.

Each thread has its lane: one for all work that stays in the database, some for each consumer that talks to the outside.
"""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections, connection
from django.db.utils import Error as DatabaseError

from common import outbox
from common.context import coming_from

SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 1.0  # seconds between two looks while there is nothing to do
PAUSE_AFTER_ERROR = 2.0


class Command(BaseCommand):
    help = "Handle the outbox: draft vouchers, deliver events, until SIGTERM or Ctrl-C."
    requires_system_checks = ()  # they load every page; `manage.py check` and the web process look at them

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
        threads = [threading.Thread(target=self._run, args=(lane, stop), daemon=True) for lane in outbox.lanes()]
        for thread in threads:
            thread.start()
        while not stop.is_set() and all(thread.is_alive() for thread in threads):
            stop.wait(1)
        if not stop.is_set():
            os._exit(1)  # a thread died of something unforeseen: end as a whole, so that the supervisor starts anew
        for thread in threads:
            thread.join()  # what is being handled is finished; the calls to the outside have their own limits

    def _run(self, lane: outbox.Lane, stop: threading.Event) -> None:
        pause = SHORTEST_PAUSE
        with coming_from("worker"):
            try:
                while not stop.is_set():
                    try:
                        busy = outbox.work_one(lane)
                    except DatabaseError as error:
                        self.stderr.write(f"database: {error}".strip())
                        close_old_connections()
                        stop.wait(PAUSE_AFTER_ERROR)
                        continue
                    pause = SHORTEST_PAUSE if busy else min(pause * 1.5, LONGEST_PAUSE)
                    if not busy:
                        stop.wait(pause)
            finally:
                connection.close()
