"""The last yuan of a budget, asked for by eight clients at once; first in the ways that overbook, then in ours.

Real threads, each with its own connection, on the real database.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from io import StringIO
from threading import Barrier
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F, Sum

from budgets import ledger, services
from budgets.models import BudgetNode, LedgerRow
from budgets.services import Charge
from tests.budgets.builders import YEAR, make_node
from tests.builders import NOON, TODAY, make_company, make_department

CLIENTS = 8
STEP = Decimal(10)
LIMIT = Decimal(200)
TRIES = 6  # a client; 480 asked for in all

Attempt = Callable[[BudgetNode], bool]


@pytest.fixture
def node(transactional_db: None) -> BudgetNode:
    department = make_department(make_company())
    return make_node(department, str(LIMIT))


def booked_by_all(node: BudgetNode, attempt: Attempt) -> Decimal:
    """What all clients together believe to have booked."""
    start = Barrier(CLIENTS)

    def client(_number: int) -> Decimal:
        start.wait()
        try:
            return sum((STEP for _try in range(TRIES) if attempt(node)), Decimal(0))
        finally:
            connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        return sum(pool.map(client, range(CLIENTS)), Decimal(0))


def read_check_and_write_back(node: BudgetNode) -> bool:
    with transaction.atomic():
        read = BudgetNode.objects.get(pk=node.pk)
        if read.available < STEP:
            return False
        read.reserved += STEP
        read.save(update_fields=["reserved"])
        return True


def reserve(node: BudgetNode) -> bool:
    document = uuid4()
    charge = Charge(uuid4(), node.department_id, None, TODAY, STEP)
    try:
        with transaction.atomic():
            services.reserve(document_id=document, number="BX", charges=[charge], key=f"{document}:1", at=NOON)
    except services.BudgetExceeded:
        return False
    return True


def test_reading_checking_and_writing_back_books_far_more_than_there_is(node: BudgetNode) -> None:
    booked = booked_by_all(node, read_check_and_write_back)
    node.refresh_from_db()
    assert booked > LIMIT
    assert node.reserved < booked  # and most of it is not even on the books


def test_checking_first_and_adding_then_overbooks_too(node: BudgetNode) -> None:
    # Each client looks before any of them adds: the gap that the lock closes, held open for all at once.
    looked = Barrier(CLIENTS)

    def client(_number: int) -> None:
        try:
            with transaction.atomic():
                enough = BudgetNode.objects.get(pk=node.pk).available >= LIMIT
                looked.wait()
                if enough:
                    BudgetNode.objects.filter(pk=node.pk).update(reserved=F("reserved") + LIMIT)
        finally:
            connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(client, range(CLIENTS)))
    node.refresh_from_db()
    assert node.reserved == CLIENTS * LIMIT


def test_reservations_stop_exactly_at_the_last_yuan(node: BudgetNode) -> None:
    booked = booked_by_all(node, reserve)
    node.refresh_from_db()
    assert booked == node.reserved == LIMIT
    assert LedgerRow.objects.filter(node=node).aggregate(sum=Sum("delta"))["sum"] == LIMIT


def test_claims_over_several_nodes_with_a_common_parent_neither_overbook_nor_block_each_other_for_ever(
    transactional_db: None,
) -> None:
    company = make_company()
    year = make_node(make_department(company), "150", period=YEAR)
    departments = [make_department(company) for _ in range(3)]
    nodes = [make_node(department, "100", parent=year) for department in departments]

    def attempt(_node: BudgetNode) -> bool:
        document = uuid4()
        # Lines in an order of their own: the nodes are locked by id all the same.
        order = sorted(departments, key=lambda department: hash((document, department.pk)))[:2]
        charges = [Charge(uuid4(), department.pk, None, TODAY, STEP / 2) for department in order]
        try:
            with transaction.atomic():
                services.reserve(document_id=document, number="BX", charges=charges, key=f"{document}:1", at=NOON)
        except services.BudgetExceeded:
            return False
        return True

    booked = booked_by_all(year, attempt)

    year.refresh_from_db()
    assert booked == year.reserved == Decimal(150)
    assert sum(BudgetNode.objects.get(pk=node.pk).reserved for node in nodes) == Decimal(150)
    assert ledger.drifts() == []


def test_balances_stay_the_sums_of_their_rows_through_a_storm_of_every_step(node: BudgetNode) -> None:
    def attempt(_node: BudgetNode) -> bool:
        document = uuid4()
        charge = Charge(uuid4(), node.department_id, None, TODAY, STEP)
        try:
            with transaction.atomic():
                services.reserve(document_id=document, number="BX", charges=[charge], key=f"{document}:1", at=NOON)
            with transaction.atomic():
                services.commit(document_id=document, key=f"{document}:1", at=NOON)
            with transaction.atomic():
                services.liquidate(document_id=document, amount=Decimal(3), key=f"{uuid4()}:1", at=NOON)
                if document.int % 2:
                    services.spend(document_id=document, key=f"{document}:1", at=NOON)
                else:
                    services.release(document_id=document, key=f"{document}:1", at=NOON)
        except services.BudgetExceeded:
            return False
        return True

    booked_by_all(node, attempt)
    assert ledger.drifts() == []
    call_command("verify_budgets", stdout=StringIO())


def test_verify_budgets_names_a_balance_that_was_tampered_with(
    node: BudgetNode, capsys: pytest.CaptureFixture[str]
) -> None:
    reserve(node)
    BudgetNode.objects.filter(pk=node.pk).update(reserved=7)
    with pytest.raises(CommandError, match="1 balances differ"):
        call_command("verify_budgets")
    assert f"node {node.pk} reserved: the balance says 7.00, its rows add up to 10.00" in capsys.readouterr().out
