"""The two charts of accounts a company may start with, as data, and the posting rules that go with them.

Sources: 企业会计准则应用指南 annex 会计科目和主要账务处理; 小企业会计准则 annex. Numbers below the first level are a
company's own choice; these are a common one: one detail account an expense item, dimensions for department, employee
and project.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from directory.models import Company, CostCentre, ExpenseType
from vouchers import rules
from vouchers.models import Account, ExpenseAccount, FixedAccount

Nature = CostCentre.Nature
Use = ExpenseType.Use
Purpose = FixedAccount.Purpose


@dataclass(frozen=True, slots=True)
class Item:
    """One detail account below 管理费用, 销售费用 … and the expense types that belong there, by code or by name."""

    number: str
    name: str
    name_en: str
    codes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


ITEMS: tuple[Item, ...] = (
    Item("01", "职工薪酬", "Payroll"),
    Item("02", "福利费", "Staff welfare", ("welfare",), ("职工福利", "职工福利费")),
    Item(
        "03", "差旅费", "Travel", ("travel", "rail", "air", "hotel", "allowance"), ("火车", "飞机", "住宿", "出差补贴")
    ),
    Item("04", "业务招待费", "Business entertainment", ("meals", "entertainment"), ("业务招待",)),
    Item("05", "办公费", "Office", ("office", "print"), ("办公用品", "印刷制作")),
    Item("06", "交通费", "Local transport", ("local", "transport"), ("市内交通", "市内交通费")),
    Item("07", "车辆费", "Vehicles", ("vehicle", "fuel", "parking"), ("加油", "停车")),
    Item("08", "通讯费", "Telecom", ("telecom",), ("通讯",)),
    Item("09", "会议费", "Conferences", ("conference", "meeting"), ("会务", "会务费")),
    Item("10", "职工教育经费", "Training", ("training",), ("培训", "培训费")),
    Item("11", "快递费", "Courier", ("courier",), ("快递",)),
    Item("12", "租赁费", "Rent", ("rent",), ("房租",)),
    Item("13", "水电费", "Utilities", ("utilities",), ("水电",)),
    Item("14", "物业费", "Property management", ("property",), ("物业",)),
    Item("15", "咨询费", "Consulting", ("consulting",), ("咨询",)),
    Item("16", "广告宣传费", "Advertising", ("advertising",), ("广告", "广告费")),
    Item("17", "折旧费", "Depreciation"),
    Item("18", "摊销", "Amortisation"),
    Item("19", "税费", "Taxes and fees"),
    Item("20", "其他", "Other", ("other",), ("其他费用",)),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An account of the chart. `small` is its code under 小企业会计准则 where that differs; "" means not used there."""

    code: str
    name: str
    name_en: str
    small: str | None = None
    by_department: bool = False
    by_employee: bool = False
    by_project: bool = False


ENTRIES: tuple[Entry, ...] = (
    Entry("1001", "库存现金", "Cash on hand"),
    Entry("1002", "银行存款", "Cash at bank"),
    Entry("1012", "其他货币资金", "Other monetary funds"),
    Entry("1123", "预付账款", "Prepayments"),
    Entry("1221", "其他应收款", "Other receivables", by_employee=True),
    Entry("2202", "应付账款", "Accounts payable"),
    Entry("2211", "应付职工薪酬", "Employee benefits payable"),
    Entry("2211.01", "应付职工薪酬-工资", "Employee benefits payable - Wages"),
    Entry("2211.02", "应付职工薪酬-职工福利费", "Employee benefits payable - Staff welfare"),
    Entry("2211.03", "应付职工薪酬-社会保险费", "Employee benefits payable - Social insurance"),
    Entry("2221", "应交税费", "Taxes payable"),
    Entry("2221.01", "应交税费-应交增值税", "Taxes payable - VAT payable"),
    Entry("2221.01.01", "应交税费-应交增值税（销项税额）", "Taxes payable - Output VAT"),
    Entry("2221.01.02", "应交税费-应交增值税（进项税额）", "Taxes payable - Input VAT"),
    Entry("2221.01.03", "应交税费-应交增值税（销项税额抵减）", "Taxes payable - Output VAT offset"),
    Entry("2221.01.04", "应交税费-应交增值税（进项税额转出）", "Taxes payable - Input VAT transferred out"),
    Entry("2221.01.10", "应交税费-应交增值税（已交税金）", "Taxes payable - VAT paid"),
    Entry("2221.01.11", "应交税费-应交增值税（减免税款）", "Taxes payable - VAT relief"),
    Entry("2221.02", "应交税费-未交增值税", "Taxes payable - Unpaid VAT"),
    Entry("2221.03", "应交税费-预交增值税", "Taxes payable - Prepaid VAT"),
    Entry("2221.04", "应交税费-待认证进项税额", "Taxes payable - Input VAT to be confirmed"),
    Entry("2221.05", "应交税费-待抵扣进项税额", "Taxes payable - Input VAT to be deducted"),
    Entry("2241", "其他应付款", "Other payables", by_employee=True),
    Entry("4103", "本年利润", "Profit for the year", small="3103"),
    Entry("5001", "生产成本", "Production cost", small="4001"),
    Entry("5101", "制造费用", "Manufacturing overhead", small="4101", by_department=True),
    Entry("5301", "研发支出", "Research and development", small="4301"),
    Entry("5301.01", "研发支出-费用化支出", "Research and development - Expensed", small="4301.01",
          by_department=True, by_project=True),
    Entry("5301.02", "研发支出-资本化支出", "Research and development - Capitalised", small="4301.02", by_project=True),
    Entry("6601", "销售费用", "Selling expenses", small="5601", by_department=True),
    Entry("6602", "管理费用", "Administrative expenses", small="5602", by_department=True),
    Entry("6603", "财务费用", "Financial expenses", small="5603"),
    Entry("6711", "营业外支出", "Non-operating expenses", small="5711"),
    Entry("6901", "以前年度损益调整", "Prior-year adjustments", small=""),
)  # fmt: skip

# Below these stands one detail account an item; the nature of the cost centre chooses which of them.
EXPENSES = {
    Nature.SALES: "6601",
    Nature.ADMINISTRATION: "6602",
    Nature.RESEARCH: "5301.01",
    Nature.PRODUCTION: "5101",
}
FIXED = {
    Purpose.INPUT_VAT: "2221.01.02",  # where 用途确认 comes later, an administrator chooses 2221.04
    Purpose.EMPLOYEE_PAYABLE: "2241",
    Purpose.EMPLOYEE_ADVANCE: "1221",
    Purpose.WELFARE_PAYABLE: "2211.02",
    Purpose.BANK: "1002",
}


def install(company: Company) -> list[ExpenseType]:
    """Give a company the chart of its accounting standard, the posting rules of its expense types, and the VAT rules.

    Call inside a transaction. What is there already stays as it is, so it may be called again after new expense types
    were added. Returns the expense types that no account was found for: an administrator chooses theirs.
    """
    rules.install()
    small = company.chart == Company.Chart.SMALL
    accounts = _accounts(company, small=small)
    FixedAccount.objects.bulk_create(
        (FixedAccount(company=company, purpose=purpose, account=accounts[code]) for purpose, code in FIXED.items()),
        ignore_conflicts=True,
    )
    found = [(expense_type, item_for(expense_type)) for expense_type in ExpenseType.objects.filter(company=company)]
    ExpenseAccount.objects.bulk_create(
        (
            ExpenseAccount(
                company=company,
                expense_type=expense_type,
                nature=nature,
                account=accounts[f"{_code(parent, small=small)}.{item.number}"],
            )
            for expense_type, item in found
            if item is not None
            for nature, parent in EXPENSES.items()
        ),
        ignore_conflicts=True,
    )
    return [expense_type for expense_type, item in found if item is None]


def item_for(expense_type: ExpenseType) -> Item | None:
    """The item an expense type belongs to: by its code, its name, or what its use says for certain."""
    by_use = {Use.ENTERTAINMENT: "04", Use.WELFARE: "02", Use.ALLOWANCE: "03"}
    for item in ITEMS:
        if expense_type.code in item.codes or expense_type.name in (item.name, *item.names):
            return item
    return next((item for item in ITEMS if item.number == by_use.get(Use(expense_type.use))), None)


def _code(code: str, *, small: bool) -> str:
    """The code under the company's standard; "" where that has no such account."""
    if not small:
        return code
    entry = next(entry for entry in ENTRIES if entry.code == code)
    return code if entry.small is None else entry.small


def _accounts(company: Company, *, small: bool) -> dict[str, Account]:
    """Every account of the company by code, after adding the missing ones of its chart."""
    Account.objects.bulk_create(_chart(company, small=small), ignore_conflicts=True)
    return {account.code: account for account in Account.objects.filter(company=company)}


def _chart(company: Company, *, small: bool) -> Iterable[Account]:
    for entry in ENTRIES:
        code = _code(entry.code, small=small)
        if not code:
            continue
        dimensions = {
            "by_department": entry.by_department,
            "by_employee": entry.by_employee,
            "by_project": entry.by_project,
        }
        yield Account(company=company, code=code, name=entry.name, name_en=entry.name_en, **dimensions)
        if entry.code in EXPENSES.values():
            for item in ITEMS:
                yield Account(
                    company=company,
                    code=f"{code}.{item.number}",
                    name=f"{entry.name}-{item.name}",
                    name_en=f"{entry.name_en} - {item.name_en}",
                    **dimensions,
                )
