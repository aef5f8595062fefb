"""What a document does to its budgets: reserve at submit, commit at approval, spend at posting, release otherwise.

Everything here is a building block: call it inside the transaction of the use case, with the document locked. `key`
names the act, `<document's public id>:<round>`; where an act can happen again within a round (posting after a
reversal), the caller adds what tells the two apart, such as the voucher's id. The same act twice is refused by the
database; a second commit, spend or release finds nothing left to move and does nothing. Amounts are in the company's
home currency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from budgets import ledger
from budgets.ledger import Movement, Place
from budgets.models import BudgetNode, LedgerRow
from common import audit
from common.errors import BusinessError, Finding
from common.money import ZERO, Money
from directory.models import Employee

Bucket, Step = LedgerRow.Bucket, LedgerRow.Step
HELD = (Bucket.RESERVED.value, Bucket.COMMITTED.value)
OVER_BUDGET = "budget_over"  # the finding's code


@dataclass(frozen=True, slots=True)
class Charge:
    """A sum that a line asks of a budget: `department_id` is that of the cost centre that bears it."""

    line_id: UUID | None
    department_id: int
    expense_type_id: int | None
    on: date
    amount: Decimal

    @property
    def place(self) -> Place:
        return Place(self.department_id, self.expense_type_id, self.on)


@dataclass(frozen=True, slots=True)
class Overrun:
    """A node that has too little left. `left` was available before, `over` is what is missing."""

    node: BudgetNode
    over: Decimal
    left: Decimal

    @property
    def params(self) -> dict[str, Any]:
        currency = self.node.company.currency
        return {
            "node": self.node,
            "over": Money(self.over, currency),
            "left": Money(self.left, currency),
            "owner": self.node.owner or self.node.department.head or _("the finance department"),
        }

    @property
    def finding(self) -> Finding:
        """The same as a finding that warns, for the document's page and for the approvers."""
        params = {key: str(value) for key, value in self.params.items()}
        return Finding(OVER_BUDGET, "warn", params=params | {"node_id": str(self.node.public_id)})


class BudgetExceeded(BusinessError):
    """Raised by `reserve`; `overruns` has every node that refuses, the worst first."""

    code = "budget_exceeded"
    wording = _(
        "%(document)s is %(over)s over the budget “%(node)s” (%(left)s left). "
        "Lower the amount, or ask %(owner)s, who answers for this budget, to raise it."
    )

    def __init__(self, document: str, overruns: list[Overrun]) -> None:
        self.overruns = sorted(overruns, key=lambda overrun: -overrun.over)
        super().__init__(document=document or _("This document"), **self.overruns[0].params)


def reserve(*, document_id: UUID, number: str, charges: Iterable[Charge], key: str, at: datetime) -> list[Overrun]:
    """Hold the charges in their nodes and in all above them, or in none.

    Returns the overruns of nodes that only warn. Raises BudgetExceeded, after which the transaction can only be rolled
    back. A charge without a node is not controlled and passes.
    """
    movements = _reservations(document_id, number, charges)
    if not movements:
        return []
    asked: dict[int, Decimal] = defaultdict(Decimal)
    for movement in movements:
        asked[movement.node_id] += movement.delta
    moved = ledger.move(movements, step=Step.RESERVE, key=key, at=at, limited=True)
    if refused := asked.keys() - {node.node_id for node in moved}:
        # Some nodes have been charged by now: whoever catches this error must not commit them.
        overruns = _refusals({node_id: asked[node_id] for node_id in refused})
        transaction.set_rollback(True)
        raise BudgetExceeded(number, overruns)
    exceeded = {node.node_id: node.available for node in moved if node.available < 0}
    nodes = _nodes(exceeded)
    return [
        Overrun(nodes[node_id], over=-available, left=available + asked[node_id])
        for node_id, available in exceeded.items()
    ]


def commit(*, document_id: UUID, key: str, at: datetime) -> None:
    """What was reserved becomes firm: the document is approved."""
    ledger.shift(document_id, out_of=[Bucket.RESERVED], into=Bucket.COMMITTED, step=Step.COMMIT, key=key, at=at)


def spend(*, document_id: UUID, key: str, at: datetime) -> None:
    """What the document holds is spent: its voucher is posted.

    An advance is not spent when it is paid out: it stays committed until claims settle it.
    """
    ledger.shift(document_id, out_of=HELD, into=Bucket.ACTUAL, step=Step.SPEND, key=key, at=at)


def unspend(*, document_id: UUID, key: str, at: datetime) -> None:
    """The voucher was reversed: what was spent is committed again."""
    ledger.shift(document_id, out_of=[Bucket.ACTUAL], into=Bucket.COMMITTED, step=Step.UNSPEND, key=key, at=at)


def release(*, document_id: UUID, key: str, at: datetime) -> None:
    """Give back whatever is still reserved or committed: returned, withdrawn, rejected, or closed unused."""
    ledger.shift(document_id, out_of=HELD, into="", step=Step.RELEASE, key=key, at=at)


def liquidate(*, document_id: UUID, amount: Decimal, key: str, at: datetime) -> Decimal:
    """Take back the commitment of an advance as far as a claim settles it; the claim's own reservation replaces it.

    `key` begins with the claim's `<public id>:<round>`, so that `restore` finds it. Returns what was taken back: less
    than `amount` when the advance holds less, nothing when its department has no budget.
    """
    lines: dict[UUID | None, list[Movement]] = defaultdict(list)
    for held in ledger.balance(document_id, Bucket.COMMITTED):
        lines[held.line_id].append(held)
    left, movements = amount, []
    for held_by_line in lines.values():
        taken = min(left, max(held.delta for held in held_by_line))
        if taken <= 0:
            break
        movements += [_taking(held, min(taken, held.delta)) for held in held_by_line]
        left -= taken
    ledger.move(movements, step=Step.LIQUIDATE, key=key, at=at)
    return amount - left


def restore(*, key_prefix: str, at: datetime) -> None:
    """Undo the liquidations made under a claim's `<public id>:<round>`: it no longer settles those advances.

    Not limited by what is available: the advance's money is out, whatever was reserved in the meantime.
    """
    turned = [_taking(row, row.delta) for row in ledger.net(key_prefix, steps=[Step.LIQUIDATE, Step.RESTORE])]
    by_document: dict[UUID, list[Movement]] = defaultdict(list)
    for movement in turned:
        by_document[movement.document_id].append(movement)
    for document_id, movements in sorted(by_document.items()):
        ledger.move(movements, step=Step.RESTORE, key=f"{key_prefix}:{document_id}", at=at)


def allot(node: BudgetNode, *, changed: Sequence[str], actor: Employee, at: datetime) -> None:
    """Save a node that was set or changed, with its audit entry. Call inside a transaction.

    Only the `changed` columns are written: the balances belong to the ledger.
    """
    is_new = node.pk is None
    before = None if is_new else BudgetNode.objects.select_for_update().get(pk=node.pk)
    node.save(update_fields=None if is_new else list(changed))
    data = {
        name: {"from": _plain(getattr(before, name)) if before else None, "to": _plain(getattr(node, name))}
        for name in changed
    }
    about = audit.About("budget", node.public_id, str(node)[:120], node.company_id)
    audit.record("budget.set" if is_new else "budget.changed", about, actor=actor, at=at, data=data)


def _plain(value: Any) -> str | None:
    return None if value is None else str(value)


def _reservations(document_id: UUID, number: str, charges: Iterable[Charge]) -> list[Movement]:
    wanted = [charge for charge in charges if charge.amount]
    sums: dict[tuple[int, UUID | None], Decimal] = defaultdict(Decimal)
    for charge, node_ids in zip(wanted, ledger.nodes_of([charge.place for charge in wanted]), strict=True):
        if charge.amount < ZERO:
            raise ValueError(f"a charge is positive, not {charge.amount}")
        for node_id in node_ids:
            sums[node_id, charge.line_id] += charge.amount
    return [
        Movement(node_id, document_id, number, line_id, Bucket.RESERVED.value, amount)
        for (node_id, line_id), amount in sums.items()
    ]


def _taking(held: Movement, amount: Decimal) -> Movement:
    return Movement(held.node_id, held.document_id, held.number, held.line_id, held.bucket, -amount)


def _refusals(asked: dict[int, Decimal]) -> list[Overrun]:
    """The nodes that refuse, with the figures of their locked rows."""
    return [Overrun(node, over=asked[node.pk] - node.available, left=node.available) for node in _nodes(asked).values()]


def _nodes(ids: Iterable[int]) -> dict[int, BudgetNode]:
    ids = list(ids)
    if not ids:
        return {}
    return BudgetNode.objects.select_related("company", "department__head", "expense_type", "owner").in_bulk(ids)
