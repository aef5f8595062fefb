"""`manage.py load_demo`: the example group, once; with --history also its past."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from common.context import coming_from
from demo import history, load
from demo.group import LOGINS, PASSWORD


class Command(BaseCommand):
    help = "Create 远山集团, an example group with two companies and sixty people, and print its logins."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--history", action="store_true", help="add the past months, as their people lived them")
        parser.add_argument("--documents", type=int, default=history.DOCUMENTS, help="how many documents of the past")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The example group is only made where DEMO=1 is set, never beside real companies.")
        with coming_from("command"):
            if options["history"]:
                load.load_history(at=timezone.now(), documents=min(options["documents"], 800))
            else:
                load.load_essentials(at=timezone.now())
                self._print_logins()

    def _print_logins(self) -> None:
        for username, who in LOGINS:
            self.stdout.write(f"  {username:<12} {who}")
        self.stdout.write(f"  Password of all: {PASSWORD}")
