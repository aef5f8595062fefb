"""Give a company the standard chart of accounts of its accounting standard, and the posting rules that go with it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from directory.models import Company
from vouchers import charts


class Command(BaseCommand):
    help = "Installs chart, posting rules and VAT rules for a company. What is there already stays as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("company", help="the company's code")

    def handle(self, *args: Any, **options: Any) -> None:
        company = Company.objects.filter(code=options["company"]).first()
        if company is None:
            known = ", ".join(Company.objects.values_list("code", flat=True)) or "none yet"
            raise CommandError(f"There is no company with the code {options['company']}. Known: {known}.")
        with transaction.atomic(durable=True):
            unplaced = charts.install(company)
        self.stdout.write(f"{company}: {company.accounts.count()} accounts, chart {company.get_chart_display()}.")
        for expense_type in unplaced:
            self.stdout.write(f"No account was found for “{expense_type}”: choose it under Expense accounts.")
