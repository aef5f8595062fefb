"""The two standard charts, and the posting rules that come with them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from directory.models import Company, CostCentre, ExpenseType
from tests.builders import make_company, make_expense_type
from vouchers import accounts, charts, rules
from vouchers.kinds import InvoiceKind, VatMethod
from vouchers.models import Account, ExpenseAccount, FixedAccount, VatRule

pytestmark = pytest.mark.django_db

# finance reference 2.1, both columns
CODES = {
    "库存现金": ("1001", "1001"),
    "银行存款": ("1002", "1002"),
    "其他货币资金": ("1012", "1012"),
    "预付账款": ("1123", "1123"),
    "其他应收款": ("1221", "1221"),
    "应付账款": ("2202", "2202"),
    "应付职工薪酬": ("2211", "2211"),
    "应交税费": ("2221", "2221"),
    "应交税费-应交增值税（进项税额）": ("2221.01.02", "2221.01.02"),
    "应交税费-应交增值税（进项税额转出）": ("2221.01.04", "2221.01.04"),
    "应交税费-待认证进项税额": ("2221.04", "2221.04"),
    "应交税费-待抵扣进项税额": ("2221.05", "2221.05"),
    "其他应付款": ("2241", "2241"),
    "本年利润": ("4103", "3103"),
    "生产成本": ("5001", "4001"),
    "制造费用": ("5101", "4101"),
    "研发支出": ("5301", "4301"),
    "销售费用": ("6601", "5601"),
    "管理费用": ("6602", "5602"),
    "财务费用": ("6603", "5603"),
    "营业外支出": ("6711", "5711"),
    "以前年度损益调整": ("6901", None),
}


@pytest.mark.parametrize(("chart", "column"), [(Company.Chart.ENTERPRISE, 0), (Company.Chart.SMALL, 1)])
def test_the_codes_are_those_of_the_standard(chart, column):
    company = make_company(chart=chart)
    charts.install(company)
    found = dict(Account.objects.filter(company=company).values_list("name", "code"))
    for name, codes in CODES.items():
        assert found.get(name) == codes[column], name


@pytest.mark.parametrize("chart", Company.Chart.values)
def test_every_posting_rule_names_a_leaf_of_its_own_company(chart):
    company = make_company(chart=chart)
    for code in ("travel", "office", "meals", "welfare", "telecom"):
        make_expense_type(company, code=code)
    assert charts.install(company) == []
    leaves = set(accounts.leaves(company.pk).values_list("pk", flat=True))
    ruled = {rule.account_id for rule in ExpenseAccount.objects.filter(company=company)}
    ruled |= {rule.account_id for rule in FixedAccount.objects.filter(company=company)}
    assert ruled <= leaves
    assert ExpenseAccount.objects.filter(company=company).count() == 5 * len(CostCentre.Nature.values)
    assert FixedAccount.objects.filter(company=company).count() == len(FixedAccount.Purpose.values)


def test_installing_again_adds_what_is_new_and_keeps_what_was_changed():
    company = make_company()
    office = make_expense_type(company, code="office")
    charts.install(company)
    rule = ExpenseAccount.objects.get(expense_type=office, nature="sales")
    rule.account = Account.objects.get(company=company, code="6601.20")
    rule.save()
    count = Account.objects.filter(company=company).count()

    make_expense_type(company, code="telecom")
    assert charts.install(company) == []
    rule.refresh_from_db()
    assert rule.account.code == "6601.20"
    assert Account.objects.filter(company=company).count() == count
    assert ExpenseAccount.objects.filter(company=company).count() == 8


def test_an_expense_type_nobody_knows_is_given_back_and_not_guessed():
    company = make_company()
    strange = make_expense_type(company, code="xyz", name="奇怪的费用")
    assert charts.install(company) == [strange]
    assert not ExpenseAccount.objects.filter(expense_type=strange).exists()


@pytest.mark.parametrize(
    ("use", "name"),
    [
        (ExpenseType.Use.ENTERTAINMENT, "业务招待费"),
        (ExpenseType.Use.WELFARE, "福利费"),
        (ExpenseType.Use.ALLOWANCE, "差旅费"),
    ],
)
def test_an_unknown_name_with_a_clear_use_is_placed_by_its_use(use, name):
    company = make_company()
    strange = make_expense_type(company, code="xyz", name="奇怪的费用", use=use)
    charts.install(company)
    assert ExpenseAccount.objects.get(expense_type=strange, nature="sales").account.detail_name == name


def test_a_leaf_is_an_account_in_use_with_nothing_in_use_below_it():
    company = make_company()
    charts.install(company)
    codes = set(accounts.leaves(company.pk).values_list("code", flat=True))
    assert {"6602.05", "1002", "2221.01.02"} <= codes
    assert not {"6602", "2221", "2221.01", "5301", "5301.01"} & codes
    Account.objects.filter(company=company, code__startswith="6602.").update(active=False)
    codes = set(accounts.leaves(company.pk).values_list("code", flat=True))
    assert "6602" in codes
    assert "6602.05" not in codes


def test_the_command_installs_and_says_what_is_left_to_do():
    company = make_company()
    make_expense_type(company, code="xyz", name="奇怪的费用")
    out = StringIO()
    call_command("install_chart", company.code, stdout=out)
    assert "奇怪的费用" in out.getvalue()
    assert Account.objects.filter(company=company).exists()
    with pytest.raises(CommandError, match=company.code):
        call_command("install_chart", "nowhere")


# --- VAT rules --------------------------------------------------------------------------------------------------------
def test_every_known_kind_has_a_rule_on_every_day_since_april_2019():
    rules.install()
    table = rules.current()
    from vouchers import vat

    for kind in set(InvoiceKind) - {InvoiceKind.UNKNOWN}:
        for day in (date(2019, 4, 1), date(2024, 6, 30), date(2025, 12, 31), date(2026, 1, 1), date(2030, 1, 1)):
            assert vat.rule_for(kind, day, table), (kind, day)


def test_what_an_administrator_changed_is_not_put_back():
    assert rules.install() == 24
    VatRule.objects.filter(kind=InvoiceKind.RIDE, starts_on=rules.LAW).update(method=VatMethod.PRINTED)
    assert rules.install() == 0
    assert VatRule.objects.get(kind=InvoiceKind.RIDE, starts_on=rules.LAW).method == VatMethod.PRINTED


def test_a_rule_that_takes_the_price_apart_needs_a_rate():
    for rate in (None, Decimal(0), Decimal("1.09")):
        with pytest.raises(IntegrityError, match="vat_rule_included_has_rate"), transaction.atomic():
            VatRule.objects.create(
                kind=InvoiceKind.RAIL, method=VatMethod.INCLUDED, rate=rate, starts_on=date(2027, 1, 1)
            )
