"""Reviewing a draft: what may be changed, what never, and deciding input VAT by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from common.errors import Stale
from common.models import AuditEntry
from tests.builders import make_department
from tests.stories.books import ordinary, special, spent
from tests.vouchers.build import drafted, office
from vouchers import charts, services
from vouchers.errors import (
    AlreadyPosted,
    ForeignValue,
    LinesChanged,
    ReasonMissing,
    VatNotAllowed,
    VatTooHigh,
    VoucherNotFound,
)
from vouchers.models import Account
from vouchers.services import LineChange


def changes_of(voucher):
    return [
        LineChange(
            position=line.position,
            summary=line.summary,
            account_id=line.account_id,
            department_id=line.department_id,
            employee_id=line.employee_id,
            project_id=line.project_id,
        )
        for line in voucher.lines.order_by("position")
    ]


def edit(books, voucher, lines=None, **changes):
    values = {
        "voucher_id": voucher.public_id,
        "actor": books.world.carol,
        "version": voucher.version,
        "lines": changes_of(voucher) if lines is None else lines,
        "dated_on": voucher.dated_on,
        "attachment_count": voucher.attachment_count,
        "at": books.now,
    }
    return services.edit(**values | changes)


def account(books, code):
    return Account.objects.get(company=books.company, code=code)


def decide(books, voucher, amount, because="理由", invoice=None, **changes):
    invoice = invoice or voucher.vat_decisions.first().invoice
    voucher.refresh_from_db()
    values = {
        "voucher_id": voucher.public_id,
        "actor": books.world.carol,
        "version": voucher.version,
        "invoice_id": invoice.public_id,
        "deductible": Decimal(amount),
        "because": because,
        "at": books.now,
    }
    return services.decide_vat(**values | changes)


# --- Lines ------------------------------------------------------------------------------------------------------------
def test_an_account_and_a_summary_change_and_the_figures_stay(books):
    voucher = drafted(books)
    first, *rest = changes_of(voucher)
    edit(books, voucher, [replace(first, summary="墨盒", account_id=account(books, "6602.05").pk), *rest])
    books.check_voucher(
        voucher,
        [
            ("墨盒", "6602.05 管理费用-办公费", "市场部", "100.00", ""),
            ("Alice报销可抵扣进项税额", "2221.01.02 应交税费-应交增值税（进项税额）", "", "13.00", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "113.00"),
        ],
    )
    entry = AuditEntry.objects.get(kind="voucher.changed")
    assert entry.data["changes"] == [
        {
            "line": 1,
            "summary": ["Alice报销办公费", "墨盒"],
            "account": ["6601.05 销售费用-办公费", "6602.05 管理费用-办公费"],
        }
    ]


def test_a_dimension_the_account_is_not_kept_by_is_dropped(books):
    voucher = drafted(books)
    first, *rest = changes_of(voucher)
    edit(books, voucher, [replace(first, account_id=account(books, "1123").pk), *rest])
    line = voucher.lines.get(position=1)
    assert (line.department, line.employee, line.project) == (None, None, None)
    assert line.expense_type == books.types["office"]


def test_saving_what_is_there_already_changes_nothing(books):
    voucher = drafted(books)
    assert edit(books, voucher).version == voucher.version
    assert not AuditEntry.objects.filter(kind="voucher.changed").exists()


def test_taking_the_account_away_makes_the_draft_incomplete(books):
    voucher = drafted(books)
    first, *rest = changes_of(voucher)
    edited = edit(books, voucher, [replace(first, account_id=None), *rest])
    assert [(problem["code"], problem["where"]) for problem in edited.problems] == [("voucher_no_account", "1")]


@pytest.mark.parametrize("field", ["account_id", "department_id", "employee_id", "project_id"])
def test_values_of_another_company_are_refused(books, field):
    other = books.world.other_company
    charts.install(other)
    strangers = {
        "account_id": Account.objects.filter(company=other).first().pk,
        "department_id": make_department(other).pk,
        "employee_id": books.world.dan.pk,
        "project_id": 10**9,
    }
    voucher = drafted(books)
    first, *rest = changes_of(voucher)
    with pytest.raises(ForeignValue):
        edit(books, voucher, [replace(first, **{field: strangers[field]}), *rest])
    assert not AuditEntry.objects.filter(kind="voucher.changed").exists()


def test_the_older_of_two_windows_is_told(books):
    voucher = drafted(books)
    edit(books, voucher, attachment_count=9)
    with pytest.raises(Stale):
        edit(books, voucher, attachment_count=5)


def test_lines_cannot_be_added_or_taken_away(books):
    voucher = drafted(books)
    with pytest.raises(LinesChanged):
        edit(books, voucher, changes_of(voucher)[:-1])


def test_a_posted_voucher_is_not_edited(books):
    voucher = books.post(books.claim(office()))
    with pytest.raises(AlreadyPosted, match="Carol"):
        edit(books, voucher, attachment_count=1)
    with pytest.raises(AlreadyPosted):
        decide(books, voucher, "0")
    with pytest.raises(AlreadyPosted):
        services.redraft(voucher_id=voucher.public_id, actor=books.world.carol, version=voucher.version, at=books.now)


@pytest.mark.parametrize("who", ["alice", "dan"])
def test_to_others_the_voucher_does_not_exist(books, who):
    voucher = drafted(books)
    with pytest.raises(VoucherNotFound):
        edit(books, voucher, actor=getattr(books.world, who), dated_on=date(2026, 1, 1))


# --- Input VAT by hand ------------------------------------------------------------------------------------------------
def test_less_tax_can_be_deducted_with_a_reason(books):
    voucher = drafted(books)
    decide(books, voucher, "3.00", "大部分用于免税项目")
    books.check_voucher(
        voucher,
        [
            ("Alice报销办公费", "6601.05 销售费用-办公费", "市场部", "110.00", ""),
            ("Alice报销可抵扣进项税额", "2221.01.02 应交税费-应交增值税（进项税额）", "", "3.00", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "113.00"),
        ],
    )
    decision = voucher.vat_decisions.get()
    assert (decision.reason, decision.decided_by, decision.because) == (
        "by_hand",
        books.world.carol,
        "大部分用于免税项目",
    )
    assert decision.printed == Decimal("13.00")
    entry = AuditEntry.objects.get(kind="voucher.vat_decided")
    assert entry.data["deductible"] == ["13.00", "3.00"]


def test_an_invoice_the_rules_do_not_know_is_decided_by_a_person(books):
    """The kind was typed wrongly; the accountant saw that it is a special invoice."""
    voucher = drafted(books, spent("office", "113.00", replace(special("100.00", "13.00"), kind="发货单")))
    assert voucher.vat_decisions.get().reason == "unknown_kind"
    decide(books, voucher, "13.00", "实为专用发票，见原件")
    assert voucher.lines.get(account__code="2221.01.02").debit == Decimal("13.00")
    assert voucher.lines.get(position=1).debit == Decimal("100.00")


def test_what_people_changed_on_the_lines_survives_a_decision(books):
    voucher = drafted(books)
    first, *rest = changes_of(voucher)
    edit(books, voucher, [replace(first, summary="墨盒", account_id=account(books, "6602.05").pk), *rest])
    decide(books, voucher, "0")
    books.check_voucher(
        voucher,
        [
            ("墨盒", "6602.05 管理费用-办公费", "市场部", "113.00", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "113.00"),
        ],
    )


def test_a_decision_survives_drafting_again(books):
    voucher = drafted(books)
    decide(books, voucher, "3.00", "大部分用于免税项目")
    voucher.refresh_from_db()
    services.redraft(voucher_id=voucher.public_id, actor=books.world.carol, version=voucher.version, at=books.now)
    assert voucher.lines.get(account__code="2221.01.02").debit == Decimal("3.00")
    assert voucher.vat_decisions.get().because == "大部分用于免税项目"


def test_the_law_leaves_nothing_to_decide_about_entertainment(books):
    voucher = drafted(books, spent("meals", "106.00", special("100.00", "6.00")))
    with pytest.raises(VatNotAllowed, match=r"招待|entertainment"):
        decide(books, voucher, "6.00")


def test_a_small_taxpayer_deducts_nothing_by_hand_either(books):
    books.make_small_taxpayer()
    voucher = drafted(books)
    with pytest.raises(VatNotAllowed):
        decide(books, voucher, "13.00")


@pytest.mark.parametrize("amount", ["13.01", "-0.01"])
def test_no_more_than_the_printed_tax_is_deducted(books, amount):
    voucher = drafted(books)
    with pytest.raises(VatTooHigh):
        decide(books, voucher, amount)


def test_without_printed_tax_at_most_13_percent_are_deducted(books):
    paper = replace(ordinary("100.00", "0.00"), tax=None)
    voucher = drafted(books, spent("office", "100.00", paper))
    with pytest.raises(VatTooHigh, match=r"11\.50"):
        decide(books, voucher, "11.51")


def test_a_decision_wants_a_reason(books):
    voucher = drafted(books)
    with pytest.raises(ReasonMissing):
        decide(books, voucher, "0", because="  ")


def test_an_invoice_of_another_voucher_is_not_decided_here(books):
    one, other = drafted(books), drafted(books)
    with pytest.raises(LinesChanged):
        decide(books, one, "0", invoice=other.vat_decisions.get().invoice)
