"""The figures of the budget page: the company, its departments, department × month, and one department by expense type.

Worked out from the nodes of one company and year, read once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from budgets.models import BudgetNode
from budgets.periods import Span, month
from budgets.rows import Behind
from budgets.selectors import Sums, sums_of, topmost
from directory.models import Department, ExpenseType

# From which rate, in percent, a cell of the heat map has which shade; warm above the whole budget.
SHADES = ((Decimal(110), "far"), (Decimal(100), "over"), (Decimal(90), "90"), (Decimal(80), "80"), (Decimal(60), "60"))
NEAR = Decimal(90)  # percent from which a department's rate is marked


@dataclass(frozen=True, slots=True)
class Figures:
    """The sums of some nodes, and whose rows are behind them."""

    sums: Sums
    behind: Behind
    node: BudgetNode | None = None  # where it is the figure of a single one

    @property
    def rate(self) -> Decimal | None:
        """How much of the budget is used, in percent with one decimal; None where nothing was allotted."""
        if not self.sums.amount:
            return None
        return (self.sums.used * 100 / self.sums.amount).quantize(Decimal("0.1"))

    @property
    def is_near(self) -> bool:
        return self.rate is not None and self.rate >= NEAR

    @property
    def is_over(self) -> bool:
        return self.sums.available < 0


@dataclass(frozen=True, slots=True)
class OfDepartment:
    department: Department
    figures: Figures


@dataclass(frozen=True, slots=True)
class Cell:
    """One month of one department in the heat map; `rate` None where it has no budget."""

    span: Span
    rate: Decimal | None
    shade: str


@dataclass(frozen=True, slots=True)
class OfType:
    """One row of a department's table. Without an expense type: what its budget has not split by type."""

    expense_type: ExpenseType | None
    figures: Figures


def figures_of(nodes: Iterable[BudgetNode]) -> Figures:
    chosen = list(nodes)
    top = topmost(chosen)
    return Figures(sums_of(chosen), Behind([node.pk for node in top]), node=top[0] if len(top) == 1 else None)


def within(nodes: Iterable[BudgetNode], span: Span) -> list[BudgetNode]:
    return [node for node in nodes if span.holds(node.starts_on, node.ends_on)]


def by_department(nodes: Iterable[BudgetNode], span: Span) -> list[OfDepartment]:
    return [
        OfDepartment(of_one[0].department, figures_of(of_one)) for of_one in _split_by_department(within(nodes, span))
    ]


def heat_map(nodes: Iterable[BudgetNode], year: int) -> list[tuple[Department, list[Cell]]]:
    """Each department with its twelve months."""
    return [
        (of_one[0].department, [_cell(of_one, month(year, number)) for number in range(1, 13)])
        for of_one in _split_by_department(nodes)
    ]


def by_type(nodes: Iterable[BudgetNode], department: Department, span: Span) -> list[OfType]:
    """A department's figures by expense type; last, where there is any, what is not split by type."""
    of_one = [node for node in within(nodes, span) if node.department_id == department.pk]
    split: dict[int, list[BudgetNode]] = defaultdict(list)
    for node in of_one:
        if node.expense_type_id is not None:
            split[node.expense_type_id].append(node)
    rows = [OfType(group[0].expense_type, figures_of(group)) for group in split.values()]
    rows.sort(key=lambda row: (row.expense_type.position, row.expense_type.code) if row.expense_type else (0, ""))
    rest = _unsplit(of_one, [node for group in split.values() for node in group])
    return [*rows, rest] if rest else rows


def _unsplit(of_one: Sequence[BudgetNode], split: Sequence[BudgetNode]) -> OfType | None:
    whole = figures_of(of_one)
    rest = whole.sums.without(sums_of(split))
    if not (rest.amount or rest.reserved or rest.committed or rest.actual):
        return None
    unsplit = [node.pk for node in topmost(of_one) if node.expense_type_id is None]
    return OfType(None, Figures(rest, Behind(unsplit, besides=[node.pk for node in split])))


def _split_by_department(nodes: Iterable[BudgetNode]) -> list[list[BudgetNode]]:
    split: dict[int, list[BudgetNode]] = defaultdict(list)
    for node in nodes:
        split[node.department_id].append(node)
    return sorted(split.values(), key=lambda of_one: (of_one[0].department.code, of_one[0].department_id))


def _cell(nodes: Iterable[BudgetNode], span: Span) -> Cell:
    rate = figures_of(within(nodes, span)).rate
    return Cell(span, rate, shade_of(rate))


def shade_of(rate: Decimal | None) -> str:
    """60 to under 80, 80 to under 90, 90 to 100 inclusive, over 100, over 110."""
    if rate is None:
        return ""
    for limit, shade in SHADES:
        if rate > limit or (limit <= NEAR and rate == limit):
            return shade
    return "0"
