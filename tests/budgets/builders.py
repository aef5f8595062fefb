"""Budget nodes and charges for tests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from budgets.models import BudgetNode, LedgerRow
from budgets.services import Charge
from directory.models import Department, ExpenseType
from tests.builders import TODAY

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def make_node(
    department: Department, amount: str, *, expense_type: ExpenseType | None = None, period=NOVEMBER, **changes: Any
) -> BudgetNode:
    return BudgetNode.objects.create(
        company=department.company,
        department=department,
        expense_type=expense_type,
        starts_on=period[0],
        ends_on=period[1],
        amount=Decimal(amount),
        **changes,
    )


def charge(
    amount: str,
    department: Department,
    expense_type: ExpenseType | None = None,
    *,
    on: date = TODAY,
    line_id: UUID | None = None,
) -> Charge:
    return Charge(line_id or uuid4(), department.pk, expense_type.pk if expense_type else None, on, Decimal(amount))


def balances(node: BudgetNode) -> tuple[str, str, str]:
    """Reserved, committed, actual as they stand in the database."""
    node.refresh_from_db()
    return str(node.reserved), str(node.committed), str(node.actual)


def steps(document_id: UUID) -> list[tuple[str, str, str]]:
    rows = LedgerRow.objects.filter(document_id=document_id).order_by("id")
    return [(row.step, row.bucket, str(row.delta)) for row in rows]
