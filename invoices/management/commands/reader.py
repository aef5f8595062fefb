"""manage.py reader: the process that reads invoice files, until it is told to stop. Needs no database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from invoices.readers.server import AlreadyRunning, ReaderServer


class Command(BaseCommand):
    help = "Reads invoice files for the web pages and the worker, one at a time, on a Unix socket (READER_SOCKET)."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.READER_SOCKET)
        try:
            ReaderServer(path).serve()
        except AlreadyRunning as error:
            raise CommandError(
                f"Another reader already answers on {path}. Stop it first, or set READER_SOCKET."
            ) from error
