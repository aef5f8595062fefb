"""The budgets of 远山集团: a year's amount for each department, split over its months and over kinds of expense."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_DOWN, Decimal

from budgets.models import BudgetNode
from demo.group import YEARLY_BUDGETS
from directory.models import Company, Department, ExpenseType

# Shares of a month, in hundredths. What is left of a hundred is free for the types without a node of their own.
SHARES: dict[str, dict[str, int]] = {
    "sales": {"rail": 6, "air": 14, "hotel": 22, "meals": 24, "local": 6, "conference": 14},
    "research": {"rail": 6, "air": 18, "hotel": 20, "training": 18, "office": 12, "local": 6},
    "production": {"rail": 8, "air": 12, "hotel": 22, "courier": 18, "meals": 12, "local": 8},
    "administration": {"office": 24, "training": 14, "welfare": 18, "local": 8, "hotel": 12, "telecom": 8},
}
WARNS = {"meals", "conference"}  # exceeding these is said to the approvers; the others refuse
HUNDRED = Decimal(100)
ROUND_TO = Decimal(100)  # budgets are written in whole hundreds of yuan


def load_budgets(company: Company, *, year: int) -> None:
    """All nodes of one year. Call inside a transaction."""
    types = {kind.code: kind for kind in ExpenseType.objects.filter(company=company)}
    departments = Department.objects.filter(company=company).select_related("head").prefetch_related("cost_centres")
    for department in departments:
        centre = next(iter(department.cost_centres.all()))
        _load_department(department, YEARLY_BUDGETS[department.code], SHARES[centre.nature], types, year)


def _load_department(
    department: Department, amount: Decimal, shares: dict[str, int], types: dict[str, ExpenseType], year: int
) -> None:
    whole = _node(department, amount, date(year, 1, 1), date(year, 12, 31), mode=BudgetNode.Mode.WARN)
    whole.save()
    months = BudgetNode.objects.bulk_create(
        _node(department, _hundreds(amount / 12), first, last, mode=BudgetNode.Mode.WARN, parent=whole)
        for first, last in _months(year)
    )
    BudgetNode.objects.bulk_create(
        _node(
            department,
            _hundreds(month.amount * share / HUNDRED),
            month.starts_on,
            month.ends_on,
            mode=BudgetNode.Mode.WARN if code in WARNS else BudgetNode.Mode.BLOCK,
            parent=month,
            expense_type=types[code],
        )
        for month in months
        for code, share in shares.items()
    )


def _node(
    department: Department,
    amount: Decimal,
    first: date,
    last: date,
    *,
    mode: str,
    parent: BudgetNode | None = None,
    expense_type: ExpenseType | None = None,
) -> BudgetNode:
    return BudgetNode(
        company_id=department.company_id,
        department=department,
        expense_type=expense_type,
        starts_on=first,
        ends_on=last,
        parent=parent,
        mode=mode,
        amount=amount,
        owner=department.head,
    )


def _months(year: int) -> Iterable[tuple[date, date]]:
    for month in range(1, 13):
        yield date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _hundreds(amount: Decimal) -> Decimal:
    return (amount / ROUND_TO).quantize(Decimal(1), rounding=ROUND_DOWN) * ROUND_TO
