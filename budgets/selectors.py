"""Questions about budgets: what is left, what a document would do to it, and who may see what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.db.models.expressions import RawSQL

from budgets import ledger
from budgets.models import BudgetNode, LedgerRow
from budgets.services import Charge
from common.money import total
from directory import rights
from directory.models import Department, Employee

# The departments somebody heads, and those below them.
HEADED = """
WITH RECURSIVE headed AS (
    SELECT id FROM directory_department WHERE head_id = %s
    UNION SELECT below.id FROM directory_department below JOIN headed ON below.parent_id = headed.id
) SELECT id FROM headed
"""


def visible_to(viewer: Employee) -> QuerySet[BudgetNode]:
    """The nodes the viewer may see: a company's with the right, else those of departments she heads, and her own."""
    return BudgetNode.objects.filter(
        rights.companies_with(viewer, rights.SEE_BUDGETS)
        | rights.companies_with(viewer, rights.MANAGE_BUDGETS)
        | Q(owner=viewer)
        | Q(department_id__in=RawSQL(HEADED, [viewer.pk]))  # noqa: S611 - a constant; the key is a parameter
    )


# --- What a document does ---------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Effect:
    """What a document does, or would do, to one node: available without it and with it."""

    node: BudgetNode
    available_before: Decimal
    after: Decimal

    @property
    def mode(self) -> str:
        return self.node.mode

    @property
    def taken(self) -> Decimal:
        return self.available_before - self.after

    @property
    def over(self) -> bool:
        return self.after < 0


def preview(charges: Iterable[Charge]) -> list[Effect]:
    """What the charges would do if they were reserved now. Takes no lock: by the time of the submit it may differ."""
    wanted = [charge for charge in charges if charge.amount]
    asked: dict[int, Decimal] = defaultdict(Decimal)
    for charge, node_ids in zip(wanted, ledger.nodes_of([charge.place for charge in wanted]), strict=True):
        for node_id in node_ids:
            asked[node_id] += charge.amount
    return [
        Effect(node, available_before=node.available, after=node.available - asked[node.pk])
        for node in _with_names(BudgetNode.objects.filter(pk__in=asked))
    ]


def effect_of(document_id: UUID) -> list[Effect]:
    """What a submitted document holds or has spent, node by node, against what is available now."""
    rows = LedgerRow.objects.filter(document_id=document_id).values("node_id").annotate(held=Sum("delta"))
    held = {row["node_id"]: row["held"] for row in rows if row["held"]}
    return [
        Effect(node, available_before=node.available + held[node.pk], after=node.available)
        for node in _with_names(BudgetNode.objects.filter(pk__in=held))
    ]


def _with_names(nodes: QuerySet[BudgetNode]) -> list[BudgetNode]:
    """Smallest first: the expense type's node before the department's, the month before the year."""
    named = nodes.select_related("company", "department__head", "expense_type", "owner")
    return sorted(named, key=lambda node: (node.ends_on - node.starts_on, node.expense_type_id is None, node.pk))


# --- How a department stands ------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Sums:
    """The four figures of one or many nodes."""

    amount: Decimal
    reserved: Decimal
    committed: Decimal
    actual: Decimal

    @property
    def used(self) -> Decimal:
        return self.reserved + self.committed + self.actual

    @property
    def available(self) -> Decimal:
        return self.amount - self.used

    def without(self, other: Sums) -> Sums:
        return Sums(
            self.amount - other.amount,
            self.reserved - other.reserved,
            self.committed - other.committed,
            self.actual - other.actual,
        )


@dataclass(frozen=True, slots=True)
class Summary:
    """A department's budget as one bar, for the period it is set for."""

    department: Department
    period: str
    sums: Sums


def topmost(nodes: Iterable[BudgetNode]) -> list[BudgetNode]:
    """Those whose parent is not among them: adding up these counts nothing twice."""
    chosen = {node.pk: node for node in nodes}
    return [node for node in chosen.values() if node.parent_id not in chosen]


def sums_of(nodes: Iterable[BudgetNode]) -> Sums:
    """The figures of a set of nodes, each yuan counted once."""
    top = topmost(nodes)
    return Sums(
        amount=total(node.amount for node in top),
        reserved=total(node.reserved for node in top),
        committed=total(node.committed for node in top),
        actual=total(node.actual for node in top),
    )


def department_summary(department: Department, day: date) -> Summary | None:
    """How a department stands in the shortest period that holds the day; None when it has no budget then."""
    nodes = list(BudgetNode.objects.filter(department=department, starts_on__lte=day, ends_on__gte=day))
    if not nodes:
        return None
    shortest = min(node.ends_on - node.starts_on for node in nodes)
    of_period = [node for node in nodes if node.ends_on - node.starts_on == shortest]
    return Summary(department, of_period[0].period, sums_of(of_period))


def may_see_some(viewer: Employee) -> bool:
    """Whether budgets are any business of the viewer's, even where none is set yet."""
    wanted = (rights.SEE_BUDGETS, rights.MANAGE_BUDGETS)
    return (
        any(rights.can_anywhere(viewer, right) for right in wanted) or Department.objects.filter(head=viewer).exists()
    )
