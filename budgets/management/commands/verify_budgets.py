"""`manage.py verify_budgets`: the balances of every node against the sums of its rows."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from budgets import ledger


class Command(BaseCommand):
    help = "Compare the balances of all budget nodes with the sums of their ledger rows; ends with 1 where they differ."

    def handle(self, *args: Any, **options: Any) -> None:
        drifts = ledger.drifts()
        for drift in drifts:
            place = f"node {drift.node_id} {drift.bucket}"
            self.stdout.write(f"{place}: the balance says {drift.balance}, its rows add up to {drift.rows}")
        if drifts:
            raise CommandError(f"{len(drifts)} balances differ from their rows. Nothing was changed.")
        self.stdout.write("Every balance is the sum of its rows.")
