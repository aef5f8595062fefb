"""One invoice in two documents at once: refused by the lock, by the constraint without it, and real without both."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from invoices import errors, services
from invoices.models import Invoice, InvoiceQuerySet, InvoiceUse
from tests.builders import NOON, World, make_world
from tests.invoices.build import make_invoice, use_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english")]

ENOUGH = 20  # seconds until a thread that hangs counts as failed


def _in_thread(work: Callable[[], None], outcome: list[Any]) -> threading.Thread:
    def run() -> None:
        try:
            work()
            outcome.append("used")
        except Exception as error:
            outcome.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def _spend(world: World, invoice: Invoice, document: UUID) -> None:
    services.use(
        document_id=document,
        label=f"BX-{document}"[:20],
        company_id=world.company.pk,
        employee=world.alice,
        uses=[use_of(invoice)],
        at=NOON,
    )


def _race(world: World, invoice: Invoice) -> list[Any]:
    """The second document starts while the first has used the invoice and not committed yet."""
    first_has_used, second_is_at_it = threading.Event(), threading.Event()
    outcome: list[Any] = []

    def first() -> None:
        with transaction.atomic():
            _spend(world, invoice, uuid4())
            first_has_used.set()
            assert second_is_at_it.wait(ENOUGH)
            second_is_at_it.clear()
            second_is_at_it.wait(0.3)  # time for the second to reach its lock, its insert, or its end

    def second() -> None:
        assert first_has_used.wait(ENOUGH)
        with transaction.atomic():
            second_is_at_it.set()
            _spend(world, invoice, uuid4())

    for thread in [_in_thread(first, outcome), _in_thread(second, outcome)]:
        thread.join(ENOUGH)
    return outcome


def _without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(InvoiceQuerySet, "locked", lambda self: self.order_by("pk"))


def test_with_the_lock_the_second_document_is_told_where_the_invoice_is() -> None:
    world = make_world()
    outcome = _race(world, make_invoice(world.alice, world.company))
    assert sorted(type(result).__name__ for result in outcome) == ["InvoiceAlreadyUsed", "str"]
    refused = next(result for result in outcome if isinstance(result, errors.InvoiceAlreadyUsed))
    assert "BX-" in str(refused)
    assert InvoiceUse.objects.live().count() == 1


def test_without_the_lock_the_constraint_still_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    _without_lock(monkeypatch)
    world = make_world()
    outcome = _race(world, make_invoice(world.alice, world.company))
    assert any(isinstance(result, IntegrityError) and "one_live_use" in str(result) for result in outcome)
    assert InvoiceUse.objects.live().count() == 1


def test_without_lock_and_constraint_the_invoice_would_be_spent_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    _without_lock(monkeypatch)
    world = make_world()
    invoice = make_invoice(world.alice, world.company)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_live_use")
    try:
        outcome = _race(world, invoice)
        assert outcome == ["used", "used"]
        assert InvoiceUse.objects.live().filter(firm=True).count() == 2
    finally:
        InvoiceUse.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE UNIQUE INDEX one_live_use ON invoices_invoiceuse (invoice_id) "
                "WHERE (firm AND released_at IS NULL)"
            )


def test_twenty_documents_at_once_get_one_invoice_once() -> None:
    world = make_world()
    invoice = make_invoice(world.alice, world.company)
    outcome: list[Any] = []
    start = threading.Barrier(20)

    def submit() -> None:
        start.wait(ENOUGH)
        with transaction.atomic():
            _spend(world, invoice, uuid4())

    for thread in [_in_thread(submit, outcome) for _ in range(20)]:
        thread.join(ENOUGH)
    assert [result for result in outcome if result == "used"] == ["used"]
    assert sum(isinstance(result, errors.InvoiceAlreadyUsed) for result in outcome) == 19
    assert InvoiceUse.objects.live().count() == 1


def test_documents_with_the_same_invoices_in_another_order_do_not_wait_in_a_circle() -> None:
    world = make_world()
    invoices = [make_invoice(world.alice, world.company) for _ in range(6)]
    outcome: list[Any] = []
    start = threading.Barrier(2)

    def submit(chosen: list[Invoice]) -> None:
        start.wait(ENOUGH)
        with transaction.atomic():
            services.use(
                document_id=uuid4(),
                label="BX-2026-000001",
                company_id=world.company.pk,
                employee=world.alice,
                uses=[use_of(invoice) for invoice in chosen],
                at=NOON,
            )

    threads = [_in_thread(lambda: submit(invoices), outcome), _in_thread(lambda: submit(invoices[::-1]), outcome)]
    for thread in threads:
        thread.join(ENOUGH)
    assert sorted(type(result).__name__ for result in outcome) == ["InvoiceAlreadyUsed", "str"]
