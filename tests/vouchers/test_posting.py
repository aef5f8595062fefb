"""Posting rules alone: what is merged, what balances, what is named when it is missing."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from directory.models import CostCentre, ExpenseType
from vouchers import posting
from vouchers.models import FixedAccount
from vouchers.posting import AccountFacts, Chart, Offset, Party, Spend

PARTY = Party(claimant="张三", payee_id=7, payee="张三", department_id=1)
Purpose = FixedAccount.Purpose
NATURES = CostCentre.Nature.values
EXPENSE = {
    (expense_type, nature): AccountFacts(
        100 * expense_type + n, f"66{n:02}.{expense_type:02}", "费用", by_department=True
    )
    for expense_type in (1, 2, 3)
    for n, nature in enumerate(NATURES)
}
FIXED = {
    purpose: AccountFacts(10 + n, f"22{n:02}", purpose, by_employee="employee" in purpose)
    for n, purpose in enumerate(Purpose.values)
}
CHART = Chart(EXPENSE, FIXED)


def spend(amount="100.00", vat="0.00", **changes):
    values = {
        "expense_type_id": 1,
        "type_name": "办公费",
        "use": ExpenseType.Use.BUSINESS,
        "nature": "administration",
        "cost_centre_id": 1,
        "department_id": 1,
        "project_id": None,
        "amount": Decimal(amount),
        "vat": Decimal(vat),
    }
    return Spend(**values | changes)


def codes(composition):
    return [problem.code for problem in composition.problems]


def test_every_voucher_balances_whatever_is_claimed_and_settled():
    seed = 4711
    print(f"seed {seed}")
    chance = random.Random(seed)
    for _ in range(500):
        spends = []
        for _line in range(chance.randint(1, 30)):
            amount = Decimal(chance.randint(1, 1_000_000)) / 100
            vat = (amount * chance.randint(0, 13) / 113).quantize(Decimal("0.01"))
            use = chance.choice(ExpenseType.Use.values)
            spends.append(
                spend(
                    str(amount),
                    str(vat if use == "business" else 0),
                    use=use,
                    expense_type_id=chance.randint(1, 3),
                    nature=chance.choice(NATURES),
                    cost_centre_id=chance.randint(1, 4),
                )
            )
        whole = sum((one.amount for one in spends), Decimal(0))
        offsets = [Offset("JK-1", 7, (whole * chance.randint(1, 100) / 100).quantize(Decimal("0.01")))]
        composition = posting.compose_claim(CHART, PARTY, spends, offsets[: chance.randint(0, 1)])
        debit = sum((entry.debit for entry in composition.entries), Decimal(0))
        credit = sum((entry.credit for entry in composition.entries), Decimal(0))
        assert debit == credit == composition.total
        assert all((entry.debit == 0) != (entry.credit == 0) for entry in composition.entries)
        assert composition.problems == []


def test_lines_merge_only_when_type_bearer_and_project_are_the_same():
    composition = posting.compose_claim(
        CHART,
        PARTY,
        [
            spend("10.00"),
            spend("20.00"),
            spend("30.00", cost_centre_id=2),
            spend("40.00", project_id=5),
            spend("50.00", expense_type_id=2),
        ],
        [],
    )
    assert [str(entry.debit) for entry in composition.entries if entry.debit] == ["30.00", "30.00", "40.00", "50.00"]


def test_a_line_of_nothing_leaves_no_trace():
    composition = posting.compose_claim(CHART, PARTY, [spend("0.00"), spend("10.00")], [])
    assert [str(entry.debit or entry.credit) for entry in composition.entries] == ["10.00", "10.00"]


def test_each_missing_account_is_named_once_and_the_lines_still_balance():
    chart = Chart({}, {})
    composition = posting.compose_claim(
        chart, PARTY, [spend("100.00", "10.00"), spend("100.00", cost_centre_id=2), spend("50.00", use="welfare")], []
    )
    assert codes(composition) == [
        posting.NO_EXPENSE_ACCOUNT,
        posting.NO_FIXED_ACCOUNT,
        posting.NO_FIXED_ACCOUNT,
        posting.NO_FIXED_ACCOUNT,
    ]
    purposes = [problem.params.get("purpose") for problem in composition.problems]
    assert purposes == [None, "input_vat", "welfare_payable", "employee_payable"]
    assert composition.total == sum((entry.credit for entry in composition.entries), Decimal(0)) == Decimal(300)


def test_settling_more_than_was_claimed_writes_nothing_down():
    composition = posting.compose_claim(CHART, PARTY, [spend("100.00")], [Offset("JK-1", 7, Decimal("100.01"))])
    assert composition.entries == []
    assert codes(composition) == [posting.TOO_MUCH_SETTLED]


@pytest.mark.parametrize(
    ("account", "code"),
    [
        (AccountFacts(1, "6602", "管理费用", leaf=False), posting.ACCOUNT_NOT_LEAF),
        (AccountFacts(1, "6602.05", "办公费", active=False), posting.ACCOUNT_CLOSED),
        (AccountFacts(1, "5301.01.05", "办公费", by_project=True), posting.NO_PROJECT),
    ],
)
def test_an_account_that_cannot_take_the_line_is_named_at_its_line(account, code):
    chart = Chart({(1, "administration"): account}, FIXED)
    composition = posting.compose_claim(chart, PARTY, [spend()], [])
    assert [(problem.code, problem.where) for problem in composition.problems] == [(code, "1")]


def test_a_line_carries_the_dimensions_of_its_account_and_no_other():
    account = AccountFacts(1, "5301.01.05", "办公费", by_project=True)
    chart = Chart({(1, "administration"): account}, FIXED)
    entries = posting.compose_claim(chart, PARTY, [spend(project_id=9)], []).entries
    assert (entries[0].project_id, entries[0].department_id, entries[0].employee_id) == (9, None, None)
    assert (entries[1].project_id, entries[1].department_id, entries[1].employee_id) == (None, None, 7)
    assert entries[0].expense_type_id == 1  # for analysis, whatever the account is kept by


def test_a_line_below_its_invoices_takes_of_each_in_proportion():
    parts = posting.claimed_parts(Decimal("100.00"), [Decimal("100.00"), Decimal("50.00")])
    assert parts == [Decimal("66.67"), Decimal("33.33")]
    assert posting.claimed_parts(Decimal("150.00"), [Decimal("100.00"), Decimal("50.00")]) == [
        Decimal("100.00"),
        Decimal("50.00"),
    ]
    assert posting.claimed_parts(Decimal("10.00"), []) == []


def test_an_advance_is_lent_and_paid():
    entries = posting.compose_advance(CHART, PARTY, Decimal("5000.00")).entries
    assert [(str(entry.debit), str(entry.credit), entry.employee_id) for entry in entries] == [
        ("5000.00", "0.00", 7),
        ("0.00", "5000.00", None),
    ]
