"""`manage.py reassign_left`: hand over the open turns of approvers who left, for a nightly run or by hand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from approvals import services


class Command(BaseCommand):
    help = (
        "Hand over what waits for people who left: to whom the step's rule names now, else to a process administrator."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done, stuck = services.reassign_left(at=timezone.now())
        self.stdout.write(f"{done} handed over")
        if stuck:
            self.stdout.write(f"{stuck} stay open: their companies have no process administrator who is free to decide")
