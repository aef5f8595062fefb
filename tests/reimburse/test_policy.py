"""What the policy finds: each rule with what it lets pass beside it. No database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from common import findings as wordings
from reimburse import policy
from reimburse.policy import AdvanceFacts, InvoiceFacts, LineFacts, Sheet
from reimburse.wordings import FINDINGS

TODAY = date(2026, 11, 24)


def invoice(**changes) -> InvoiceFacts:
    values = {"label": "上海云栖湾酒店", "total": Decimal("106.00"), "claimed": Decimal("106.00"), "issued_on": TODAY}
    return InvoiceFacts(**values | changes)


def line(**changes) -> LineFacts:
    values = {
        "key": "l1",
        "type_code": "office",
        "type_name": "办公费",
        "spent_on": TODAY,
        "purpose": "打印纸",
        "amount": Decimal("106.00"),
        "invoices": [invoice()],
    }
    return LineFacts(**values | changes)


def codes(*lines: LineFacts, **sheet) -> list[tuple[str, str]]:
    found = policy.check_claim(Sheet(today=TODAY, buyer="远山科技", lines=lines, **sheet))
    return [(finding.code, finding.severity) for finding in found]


def advance(**sheet) -> list[tuple[str, str]]:
    values = {
        "lines": [LineFacts(key="l1", amount=Decimal("5000.00"), needs_invoice=False)],
        "purpose": "南京展会备用金",
        "due_on": date(2026, 12, 24),
    }
    found = policy.check_advance(Sheet(today=TODAY, **values | sheet))
    return [(finding.code, finding.severity) for finding in found]


def test_a_complete_claim_has_nothing_to_be_said_about() -> None:
    assert codes(line()) == []


def test_a_claim_without_lines_is_not_sent() -> None:
    assert codes() == [("no_lines", "block")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"type_code": "", "type_name": ""}, [("line_no_type", "block")]),
        ({"type_active": False}, [("line_type_closed", "block")]),
        ({"payer_active": False}, [("line_payer_closed", "block")]),
        ({"spent_on": None}, [("line_no_date", "block")]),
        ({"spent_on": date(2026, 11, 25)}, [("line_date_future", "block")]),
        ({"spent_on": date(2026, 8, 26)}, []),  # 90 days ago
        ({"spent_on": date(2026, 8, 25)}, [("line_late", "warn")]),  # 91 days ago
        ({"spent_on": date(2025, 12, 31)}, [("line_too_old", "block")]),  # could be claimed until 2026-05-31
        ({"amount": None}, [("line_no_amount", "block")]),
        ({"amount": Decimal(0)}, [("line_no_amount", "block")]),
        ({"amount": Decimal("106.01")}, [("line_over_invoices", "block")]),
        ({"amount": Decimal("80.00")}, [("line_below_invoices", "info")]),
        ({"invoices": []}, [("line_no_invoice", "block")]),
        ({"invoices": [], "needs_invoice": False}, []),
        ({"entertainment": True, "purpose": " "}, [("line_no_purpose", "block")]),
        ({"entertainment": True}, []),
        ({"purpose": ""}, []),  # only entertainment must say why
    ],
)
def test_a_line(changes: dict, expected: list) -> None:
    assert codes(line(**changes)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"known": False, "unsure": True}, [("invoice_unknown", "block")]),
        ({"unsure": True}, [("invoice_unsure", "block")]),
        ({"wrong": ["wrong_title"]}, [("invoice_other_buyer", "block")]),
        ({"wrong": ["wrong_tax_id"]}, [("invoice_other_tax_id", "block")]),
        ({"wrong": ["no_tax_id"]}, [("invoice_no_tax_id", "warn")]),
        ({"issued_on": date(2026, 11, 25)}, [("invoice_future", "block")]),
        ({"currency": "USD"}, [("invoice_foreign", "block")]),
        ({"used_by": "BX-2026-000007"}, [("invoice_used", "block")]),
        ({"marked_by": "另一张草稿"}, [("invoice_marked", "warn")]),
        ({"used_by": "BX-2026-000007", "marked_by": "另一张草稿"}, [("invoice_used", "block")]),
    ],
)
def test_an_invoice(changes: dict, expected: list) -> None:
    assert codes(line(invoices=[invoice(**changes)])) == expected


def test_a_red_letter_invoice_takes_money_back_and_proves_nothing() -> None:
    red = invoice(total=Decimal("-106.00"), wrong=["red_letter"])
    assert ("invoice_red", "block") in codes(line(invoices=[red]))


def test_several_invoices_prove_their_sum() -> None:
    two = [invoice(), invoice(total=Decimal("50.00"))]
    assert codes(line(amount=Decimal("156.00"), invoices=two)) == []
    assert codes(line(amount=Decimal("156.01"), invoices=two)) == [("line_over_invoices", "block")]


def test_an_invoice_without_total_leaves_the_amount_open() -> None:
    unknown = invoice(total=None, known=False, unsure=True)
    assert codes(line(amount=Decimal("999.00"), invoices=[unknown])) == [("invoice_unknown", "block")]


def test_last_years_expense_may_be_claimed_until_the_end_of_may() -> None:
    spent = line(spent_on=date(2025, 12, 30))
    for today, expected in ((date(2026, 5, 31), "line_last_year"), (date(2026, 6, 1), "line_too_old")):
        found = policy.check_claim(Sheet(today=today, lines=[replace(spent, invoices=[])]))
        assert expected in [finding.code for finding in found]


def test_all_is_said_at_once() -> None:
    wrong = line(type_code="", type_name="", spent_on=None, amount=None, invoices=[])
    assert [code for code, _severity in codes(wrong)] == ["line_no_type", "line_no_date", "line_no_amount"]


def test_the_same_allowance_twice_is_noticed_here_and_across_documents() -> None:
    bare = line(type_code="allowance", needs_invoice=False, invoices=[], amount=Decimal("100.00"))
    assert codes(bare, replace(bare, key="l2")) == [("line_repeated", "warn")]
    before = [("allowance", TODAY, Decimal("100.00"))]
    assert codes(bare, seen=before) == [("line_repeated", "warn")]
    assert codes(bare, seen=[("allowance", TODAY, Decimal("99.00"))]) == []


def test_lines_with_invoices_are_told_apart_by_their_invoices() -> None:
    assert codes(line(), line(key="l2")) == []


# --- Settling advances ------------------------------------------------------------------------------------------------
def test_settling_at_most_what_is_open_and_at_most_the_claim() -> None:
    open_one = AdvanceFacts("JK-2026-000001", open=Decimal("100.00"))
    assert codes(line(), advances=[open_one]) == [("advance_unsettled", "info")]
    assert codes(line(), advances=[replace(open_one, settled_here=Decimal("100.00"))]) == []
    over = replace(open_one, settled_here=Decimal("100.01"))
    assert codes(line(), advances=[over]) == [("settled_over_open", "block")]
    large = replace(open_one, open=Decimal("500.00"), settled_here=Decimal("106.01"))
    assert codes(line(), advances=[large]) == [("settled_over_total", "block")]


def test_an_overdue_advance_is_worth_an_approvers_eye() -> None:
    overdue = AdvanceFacts("JK-2026-000001", open=Decimal("100.00"), overdue=True)
    assert codes(line(), advances=[overdue]) == [("advance_overdue_unsettled", "warn")]


# --- Cash advances ----------------------------------------------------------------------------------------------------
def test_a_complete_advance() -> None:
    assert advance() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"purpose": ""}, [("advance_no_purpose", "block")]),
        ({"lines": [LineFacts(key="l1", needs_invoice=False)]}, [("advance_no_amount", "block")]),
        ({"due_on": None}, [("advance_no_due_date", "block")]),
        ({"due_on": date(2026, 11, 23)}, [("advance_due_past", "block")]),
        ({"due_on": TODAY}, []),
        ({"due_on": date(2027, 11, 24)}, []),
        ({"due_on": date(2027, 11, 25)}, [("advance_due_far", "block")]),
        ({"advances": [AdvanceFacts("JK-1", open=Decimal(1))]}, [("advance_open", "warn")]),
        ({"advances": [AdvanceFacts("JK-1", open=Decimal(1), overdue=True)]}, [("advance_overdue", "block")]),
    ],
)
def test_an_advance(changes: dict, expected: list) -> None:
    assert advance(**changes) == expected


def test_every_finding_has_its_sentence() -> None:
    """Each code of the policy is worded, and each wording finds its parameters."""
    everything = [
        line(type_code="", type_name="", spent_on=None, amount=None, invoices=[], payer_active=False),
        line(type_active=False, spent_on=date(2027, 1, 1), amount=Decimal("900.00"), entertainment=True, purpose=""),
        line(spent_on=date(2026, 8, 1), amount=Decimal("1.00")),
        line(spent_on=date(2020, 1, 1), invoices=[]),
        *[line(key=str(n), needs_invoice=False, invoices=[]) for n in range(2)],
        line(
            invoices=[
                invoice(known=False),
                invoice(
                    unsure=True,
                    wrong=["wrong_title", "wrong_tax_id", "no_tax_id", "red_letter"],
                    issued_on=date(2027, 1, 1),
                    currency="USD",
                    used_by="BX-1",
                ),
                invoice(marked_by="x"),
            ]
        ),
    ]
    advances = [
        AdvanceFacts("JK-1", open=Decimal(5), settled_here=Decimal(9000)),
        AdvanceFacts("JK-2", open=Decimal(5), overdue=True),
    ]
    found = policy.check_claim(Sheet(today=TODAY, lines=everything, advances=advances))
    found += policy.check_claim(Sheet(today=TODAY))
    found += policy.check_claim(Sheet(today=TODAY, lines=[line()], advances=[AdvanceFacts("JK-1", open=Decimal(5))]))
    found += policy.check_claim(Sheet(today=date(2026, 5, 1), lines=[line(spent_on=date(2025, 12, 1))]))
    for due in (None, date(2020, 1, 1), date(2030, 1, 1)):
        found += policy.check_advance(Sheet(today=TODAY, due_on=due, advances=advances))
    found += policy.check_advance(Sheet(today=TODAY, advances=[AdvanceFacts("JK-1", open=Decimal(5))]))

    for finding in found:
        assert wordings.word(finding.code, finding.params)
    assert {finding.code for finding in found} == set(FINDINGS)
