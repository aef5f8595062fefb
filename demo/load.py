"""Loading 远山集团, once: what must stand before the login page, and the past behind it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from common.models import IdempotentAnswer
from demo import history, samples
from demo.budgets import load_budgets
from demo.group import load_directory
from demo.routes import load_routes
from directory.models import Company
from vouchers import charts

SOURCE = "demo"


@transaction.atomic(durable=True)
def load_essentials(*, at: datetime) -> bool:
    """Companies, people, routes, budgets and accounts. False when there are companies already: nothing is touched."""
    if Company.objects.exists():
        return False
    today = timezone.localdate(at)
    for company in load_directory(today).values():
        load_routes(company)
        charts.install(company)
        for year in (today.year - 1, today.year):
            load_budgets(company, year=year)
    return True


def load_history(*, at: datetime, documents: int = history.DOCUMENTS) -> bool:
    """The past months, and invoices in the wallets of today. False when it was begun before, by whichever run."""
    _answer, is_new = IdempotentAnswer.objects.get_or_create(
        source=SOURCE, key="history", defaults={"body_hash": "", "answer": {"began_at": at.isoformat()}}
    )
    if not is_new:
        return False
    samples.fill_wallets(at=at)
    history.tell(now=at, documents=documents)
    return True
