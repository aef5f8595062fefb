"""The stage of the worked cases: one company, its chart, its budgets, a document's whole way by the real services.

A case says what was spent, with which papers, and then reads voucher, VAT decisions and budget line by line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum

from approvals import services as approvals
from approvals.models import Slot
from budgets.models import BudgetNode, LedgerRow
from common.models import OutboxMessage
from directory.models import Company, CostCentre, Department, ExpenseType
from reimburse import services as reimburse
from reimburse.models import Document
from tests.builders import (
    NOON,
    SHANGHAI,
    World,
    make_cost_centre,
    make_department,
    make_expense_type,
    make_project,
)
from tests.invoices.build import make_invoice
from tests.reimburse.build import make_route
from vouchers import charts, consumers, services
from vouchers.kinds import InvoiceKind, VatMethod
from vouchers.models import VatRule, Voucher, VoucherLine

RESERVED, COMMITTED, ACTUAL = "reserved", "committed", "actual"

BudgetRow = tuple[str, str, str]  # step, bucket, amount
VoucherRow = tuple[str, str, str, str, str]  # summary, account, dimensions, debit, credit
VatRow = tuple[str, str, str, str, str, str]  # kind, price without tax, printed tax, claimed, deductible, reason

Use = ExpenseType.Use
Nature = CostCentre.Nature


# --- Papers -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Paper:
    """An invoice as it is printed."""

    kind: str
    total: Decimal
    tax: Decimal | None = None
    on: date | None = None
    ours: bool = True
    facts: dict[str, Any] = field(default_factory=dict)


def _vat(kind: str, net: str, tax: str, *items: str, on: date | None = None) -> Paper:
    facts = {"items": [{"name": item} for item in items]}
    return Paper(kind, Decimal(net) + Decimal(tax), Decimal(tax), on=on, facts=facts)


def special(net: str, tax: str) -> Paper:
    return _vat("电子发票（增值税专用发票）", net, tax, "*纸制品*办公用纸")


def ordinary(net: str, tax: str) -> Paper:
    return _vat("电子发票（普通发票）", net, tax, "*纸制品*办公用纸")


def ride(net: str, tax: str, *, on: date) -> Paper:
    return _vat("电子发票（普通发票）", net, tax, "*运输服务*客运服务费", on=on)


def toll(net: str, tax: str) -> Paper:
    return _vat("收费公路通行费增值税电子普通发票", net, tax, "*经营租赁*通行费")


def rail(total: str, *, tax: str | None) -> Paper:
    return Paper(
        "电子发票（铁路电子客票）", Decimal(total), Decimal(tax) if tax else None, facts={"passenger": "Alice"}
    )


def air(*, fare: str, fuel: str, fund: str, tax: str | None) -> Paper:
    facts = {"passenger": "Alice", "fare": fare, "fuel_surcharge": fuel, "development_fund": fund}
    total = Decimal(fare) + Decimal(fuel) + Decimal(fund)
    return Paper("电子发票（航空运输电子客票行程单）", total, Decimal(tax) if tax else None, facts=facts)


def road(total: str, *, traveller: str) -> Paper:
    return Paper("公路客票", Decimal(total), ours=False, facts={"passenger": traveller} if traveller else {})


def bridge_toll(total: str) -> Paper:
    return Paper("桥、闸通行费发票", Decimal(total), ours=False)


def taxi(total: str) -> Paper:
    return Paper("出租汽车专用机打发票", Decimal(total), ours=False)


@dataclass(frozen=True)
class Spent:
    """One line of a claim."""

    expense_type: str
    amount: str
    papers: tuple[Paper, ...]
    bearer: str


def spent(expense_type: str, amount: str, *papers: Paper, bearer: str = "sales") -> Spent:
    return Spent(expense_type, amount, papers, bearer)


def work() -> None:
    """What the worker does with the news of approvals, within the transaction of a test."""
    for message in OutboxMessage.objects.filter(consumer="vouchers.draft", state=OutboxMessage.State.PENDING):
        with transaction.atomic():
            consumers.draft_voucher(message)
        OutboxMessage.objects.filter(pk=message.pk).update(state=OutboxMessage.State.DONE)


# --- The stage --------------------------------------------------------------------------------------------------------
class Books:
    def __init__(self, world: World, *, chart: str) -> None:
        self.world, self.company, self.alice = world, world.company, world.alice
        self.now = NOON
        self.company.chart = chart
        self.company.save()
        self.types = {"travel": world.travel, "meals": world.meals, "office": world.office}
        self.types |= {
            "local": self._type("local", "市内交通费", Use.TRAVEL),
            "hotel": self._type("hotel", "住宿", Use.BUSINESS),
            "welfare": self._type("welfare", "职工福利费", Use.WELFARE),
            "allowance": self._type("allowance", "出差补贴", Use.ALLOWANCE, needs_invoice=False),
        }
        self.bearers = {"sales": world.cost_centre}
        for nature, name in (
            (Nature.ADMINISTRATION, "行政部"),
            (Nature.RESEARCH, "研发部"),
            (Nature.PRODUCTION, "生产部"),
        ):
            department = make_department(self.company, name=name)
            self.bearers[nature.value] = make_cost_centre(department, name=name, nature=nature)
        self.project = make_project(self.company, name="智能仓储")
        for department in Department.objects.filter(company=self.company):
            BudgetNode.objects.create(
                company=self.company,
                department=department,
                starts_on=date(2025, 1, 1),
                ends_on=date(2026, 12, 31),
                amount=Decimal(1_000_000),
            )
        for kind in Document.Kind.values:
            make_route(self.company, world.bob, kind=kind)
        assert charts.install(self.company) == []

    def _type(self, code: str, name: str, use: str, **changes: Any) -> ExpenseType:
        return make_expense_type(self.company, code=code, name=name, use=use, **changes)

    def make_small_taxpayer(self) -> None:
        self.company.taxpayer_kind = Company.TaxpayerKind.SMALL
        self.company.save()

    def switch_on_ride_hailing(self) -> None:
        """What an administrator does once the tax office has confirmed it."""
        VatRule.objects.filter(kind=InvoiceKind.RIDE, starts_on=date(2026, 1, 1)).update(method=VatMethod.PRINTED)

    # --- The way of a document ---
    def claim(self, *lines: Spent, settles: Sequence[tuple[Document, str]] = ()) -> Document:
        """Written, sent, and approved by everybody on its route."""
        document = reimburse.create_claim(employee=self.alice, at=self._clock(lines))
        for spending in lines:
            document = self._write(document, spending)
        wishes = {advance.public_id: Decimal(amount) for advance, amount in settles}
        return self._approved(self._typed(document, reimburse.Changes(settles=wishes)))

    def advance(self, amount: str) -> Document:
        document = reimburse.create_advance(
            employee=self.alice,
            purpose="南京展会备用金",
            amount=Decimal(amount),
            due_on=date(2026, 12, 24),
            at=self.now,
        )
        return self._approved(document)

    def post(self, document: Document) -> Voucher:
        """The worker drafts the voucher, Carol posts it."""
        work()
        return self._posted(Voucher.objects.get(document=document, status=Voucher.Status.DRAFT))

    def reverse(self, voucher: Voucher, *, reason: str) -> Voucher:
        red = services.reverse(voucher_id=voucher.public_id, actor=self.world.carol, reason=reason, at=self.now)
        connection.check_constraints()
        return red

    def post_again(self, document: Document) -> Voucher:
        """After a reversal: Carol has the voucher drafted anew, and posts it."""
        again = services.draft_again(document_id=document.public_id, actor=self.world.carol, at=self.now)
        return self._posted(again)

    def _clock(self, lines: Sequence[Spent]) -> datetime:
        """The 10th of the month after the latest paper that has a day of its own, else the everyday noon."""
        days = [paper.on for spending in lines for paper in spending.papers if paper.on]
        if days:
            self.now = datetime.combine(date(2026, 1, 10), time(12), tzinfo=SHANGHAI)
        return self.now

    def _write(self, document: Document, spending: Spent) -> Document:
        document, line = reimburse.add_line(
            document_id=document.public_id, employee=self.alice, version=document.version, at=self.now
        )
        if spending.papers:
            document = reimburse.add_invoices(
                document_id=document.public_id,
                employee=self.alice,
                version=document.version,
                invoice_ids=[self._invoice(paper).public_id for paper in spending.papers],
                line_id=line.public_id,
                at=self.now,
            )
        values = {
            "expense_type": self.types[spending.expense_type],
            "spent_on": self.now.date(),
            "purpose": "与客户会面",
            "amount": Decimal(spending.amount),
            "cost_centre": self.bearers[spending.bearer],
            "project": self.project if spending.bearer == "research" else None,
        }
        return self._typed(document, reimburse.Changes(lines={line.public_id: values}))

    def _invoice(self, paper: Paper) -> Any:
        untaxed = None if paper.tax is None else paper.total - paper.tax
        buyer = {} if paper.ours else {"buyer_name": "", "buyer_tax_id": ""}
        return make_invoice(
            self.alice,
            self.company,
            kind=paper.kind,
            total=str(paper.total),
            tax=paper.tax,
            amount_excl_tax=untaxed,
            issued_on=paper.on or self.now.date(),
            facts=paper.facts,
            **buyer,
        )

    def _typed(self, document: Document, changes: reimburse.Changes) -> Document:
        return reimburse.save_draft(
            document_id=document.public_id,
            employee=self.alice,
            version=document.version,
            changes=changes,
            at=self.now,
        )

    def _approved(self, document: Document) -> Document:
        document = reimburse.submit(
            document_id=document.public_id, employee=self.alice, version=document.version, at=self.now
        )
        for slot in self._slots(document):
            approvals.decide(slot_id=slot.public_id, actor=slot.approver, action="approve", comment="", at=self.now)
        document.refresh_from_db()
        assert document.status == Document.Status.APPROVED
        return document

    def _slots(self, document: Document) -> Iterator[Slot]:
        while slot := Slot.objects.filter(request__subject_id=document.public_id, state=Slot.State.OPEN).first():
            yield slot

    def _posted(self, voucher: Voucher) -> Voucher:
        assert voucher.problems == []
        connection.check_constraints()  # what a commit does: the draft balances, or the database refuses it
        posted = services.post(
            voucher_id=voucher.public_id, actor=self.world.carol, version=voucher.version, at=self.now
        )
        connection.check_constraints()
        return posted

    # --- What an accountant reads ---
    def status(self, thing: Voucher | Document) -> str:
        thing.refresh_from_db()
        return thing.status

    def check_voucher(self, voucher: Voucher, expected: Sequence[VoucherRow]) -> None:
        rows = voucher.lines.select_related("account", "department", "employee", "project").order_by("position")
        assert [_voucher_row(row) for row in rows] == list(expected)
        sums = voucher.lines.aggregate(debit=Sum("debit"), credit=Sum("credit"))
        assert sums["debit"] == sums["credit"] == voucher.total

    def check_vat(self, voucher: Voucher, expected: Sequence[VatRow]) -> None:
        rows = voucher.vat_decisions.order_by("pk")
        found = [
            (
                row.kind,
                str(row.base),
                "" if row.printed is None else str(row.printed),
                str(row.claimed),
                str(row.deductible),
                row.reason,
            )
            for row in rows
        ]
        assert found == list(expected)

    def check_budget(self, expected: Sequence[BudgetRow], *, department: str = "市场部") -> None:
        """Every row of the department's ledger; rows of one act in any order. The balances are their sums."""
        node = BudgetNode.objects.get(company=self.company, department__name=department)
        rows = [(row.step, row.bucket, str(row.delta)) for row in node.rows.order_by("id")]
        assert _by_act(rows) == _by_act(expected)
        for bucket in LedgerRow.Bucket.values:
            whole = sum((Decimal(amount) for _step, place, amount in expected if place == bucket), Decimal(0))
            assert getattr(node, bucket) == whole

    def balance(self, code: str) -> Decimal:
        """What an account holds in posted vouchers: debits less credits."""
        posted = VoucherLine.objects.filter(voucher__company=self.company, account__code=code).exclude(
            voucher__status=Voucher.Status.DRAFT
        )
        sums = posted.aggregate(debit=Sum("debit"), credit=Sum("credit"))
        return Decimal(sums["debit"] or 0) - Decimal(sums["credit"] or 0)


def _voucher_row(line: VoucherLine) -> VoucherRow:
    dimensions = [thing.name for thing in (line.department, line.employee, line.project) if thing is not None]
    debit = str(line.debit) if line.debit else ""
    credit = str(line.credit) if line.credit else ""
    return line.summary, str(line.account), " ".join(dimensions), debit, credit


def _by_act(rows: Sequence[BudgetRow]) -> list[list[BudgetRow]]:
    return [sorted(group) for _step, group in groupby(rows, key=lambda row: row[0])]
