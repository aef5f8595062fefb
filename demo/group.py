"""The essential part of 远山集团: what must stand before the login page is shown.

Two companies, their departments, people, rights and lists. Written straight into the tables, as an import would; what
has a life of its own (claims, budgets' movements, vouchers) is made by the real services in `demo.history`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.contrib.auth.hashers import make_password

from demo.people import PEOPLE, TECH, TRADE, UNITS
from directory import rights
from directory.models import (
    Company,
    CostCentre,
    Department,
    Employee,
    ExpenseType,
    Grant,
    Period,
    Post,
    Project,
    Role,
    Supplier,
)

PASSWORD = "yuanshan-2026"  # noqa: S105 - printed by `make run`; only DEMO=1 ever creates these accounts

COMPANIES = {
    TECH: {
        "name": "远山科技（杭州）有限公司",
        "name_en": "Yuanshan Technology (Hangzhou) Co., Ltd.",
        "short_name": "远山科技",
        "tax_id": "91330106MA2K7Y3X4T",
        "chart": Company.Chart.ENTERPRISE,
    },
    TRADE: {
        "name": "远山商贸（上海）有限公司",
        "name_en": "Yuanshan Trading (Shanghai) Co., Ltd.",
        "short_name": "远山商贸",
        "tax_id": "91310115MA1H8QY2R3",
        "chart": Company.Chart.SMALL,
    },
}

ROLES: dict[str, tuple[str, str, list[str]]] = {
    "accountant": (
        "费用会计",
        "Expense accountant",
        [rights.MANAGE_VOUCHERS, rights.SEE_ALL_DOCUMENTS, rights.SEE_BUDGETS],
    ),
    "finance_head": (
        "财务负责人",
        "Head of finance",
        [rights.MANAGE_VOUCHERS, rights.SEE_ALL_DOCUMENTS, rights.SEE_BUDGETS, rights.MANAGE_BUDGETS],
    ),
    "budget_owner": ("预算管理员", "Budget owner", [rights.SEE_BUDGETS, rights.MANAGE_BUDGETS]),
    "process_admin": ("流程管理员", "Process administrator", [rights.ADMINISTER_PROCESS]),
    "it_admin": ("系统管理员", "IT administrator", [rights.MANAGE_CONNECTIONS, rights.ADMINISTER]),
    "general_manager": ("总经理", "General manager", [rights.SEE_ALL_DOCUMENTS, rights.SEE_BUDGETS]),
}

GRANTS: dict[str, list[tuple[str, str]]] = {
    TECH: [
        ("chengyinan", "accountant"),
        ("moxiangwan", "accountant"),
        ("tangyuan", "finance_head"),
        ("tangyuan", "budget_owner"),
        ("fangqiming", "it_admin"),
        ("fangqiming", "process_admin"),
        ("heyunzhou", "general_manager"),
    ],
    TRADE: [
        ("shaobingqing", "accountant"),
        ("luoyiheng", "finance_head"),
        ("luoyiheng", "budget_owner"),
        ("yinxiaotang", "process_admin"),
        ("gaoyuanshan", "general_manager"),
    ],
}

Use = ExpenseType.Use
# code, name, English name, icon, use, needs an invoice, words on invoices that suggest it
EXPENSE_TYPES: list[tuple[str, str, str, str, str, bool, str]] = [
    ("rail", "火车", "Rail", "train", Use.TRAVEL, True, "铁路 客票 12306"),
    ("air", "飞机", "Air travel", "plane", Use.TRAVEL, True, "航空 机票 行程单"),
    ("local", "市内交通", "Local transport", "car", Use.TRAVEL, True, "出租 客运服务 网约车 出行 通行费"),
    ("hotel", "住宿", "Hotel", "bed", Use.BUSINESS, True, "住宿 酒店 宾馆"),
    ("meals", "业务招待", "Business entertainment", "tools-kitchen-2", Use.ENTERTAINMENT, True, "餐饮 餐费 酒楼"),
    ("office", "办公用品", "Office supplies", "paperclip", Use.BUSINESS, True, "办公 文具 纸 墨盒 图书"),
    ("print", "印刷制作", "Printing", "printer", Use.BUSINESS, True, "印刷 制作 图文 展架"),
    ("courier", "快递", "Courier", "package", Use.BUSINESS, True, "快递 收派 物流辅助"),
    ("telecom", "通讯", "Telecom", "phone", Use.BUSINESS, True, "电信 通信 增值电信"),
    ("conference", "会务", "Conference", "presentation", Use.BUSINESS, True, "会议 会展 场地"),
    ("training", "培训", "Training", "school", Use.BUSINESS, True, "培训 教育 非学历"),
    ("welfare", "职工福利", "Staff welfare", "gift", Use.WELFARE, True, "福利 体检"),
    ("allowance", "出差补贴", "Travel allowance", "calendar", Use.ALLOWANCE, False, ""),
]

PROJECTS: dict[str, list[tuple[str, str, str, str]]] = {
    TECH: [
        ("P2601", "秋季新品发布", "Autumn launch", "xuqinghe"),
        ("P2600", "日常研发", "Ongoing research", "shenruoxi"),
        ("P2602", "智能仓储二期", "Smart warehouse II", "shenruoxi"),
        ("P2603", "年度客户大会", "Customer summit", "guyanchuan"),
    ],
    TRADE: [("P2651", "徐汇新店开业", "Xuhui store opening", "fuxingyun")],
}

SUPPLIERS: dict[str, list[tuple[str, str]]] = {
    TECH: [
        ("S001", "宁波墨方图文制作有限公司"),
        ("S002", "苏州听澜会务服务有限公司"),
        ("S003", "嘉兴飞鸿速递有限公司"),
    ],
    TRADE: [("S101", "上海云栖湾酒店管理有限公司")],
}

STARTED_ON = date(2024, 1, 1)


def load_directory(today: date) -> dict[str, Company]:
    """Companies, people, rights and lists. Call inside a transaction, on an empty database."""
    roles = {
        code: Role.objects.create(code=code, name=name, name_en=english, rights=given)
        for code, (name, english, given) in ROLES.items()
    }
    people = _people()
    companies = {code: Company.objects.create(code=code, **values) for code, values in COMPANIES.items()}
    for code, company in companies.items():
        _structure(company, people)
        Grant.objects.bulk_create(
            Grant(employee=people[who], role=roles[role], company=company) for who, role in GRANTS[code]
        )
        _lists(company, people)
        Period.objects.bulk_create(
            Period(company=company, year=year, month=month)
            for year in (today.year - 1, today.year)
            for month in range(1, 13)
        )
    return companies


def _people() -> dict[str, Employee]:
    hashed = make_password(PASSWORD)  # one hash for all: sixty of them would take half a minute
    everyone = [person for staff in PEOPLE.values() for person in staff]
    Employee.objects.bulk_create(
        Employee(
            username=person.username,
            staff_number=f"YS{10500 + number}",
            name=person.name,
            name_en=person.name_en,
            sort_key=person.username,
            email=f"{person.username}@yuanshan.example",
            password=hashed,
        )
        for number, person in enumerate(everyone, start=1)
    )
    Employee.objects.create(
        username="admin", name="管理员", name_en="Administrator", password=hashed, is_staff=True, is_superuser=True
    )
    return {employee.username: employee for employee in Employee.objects.all()}


def _structure(company: Company, people: dict[str, Employee]) -> None:
    units: dict[str, Department] = {}
    centres: dict[str, CostCentre] = {}
    for unit in UNITS[company.code]:
        units[unit.code] = Department.objects.create(
            company=company,
            code=unit.code,
            name=unit.name,
            name_en=unit.name_en,
            parent=units.get(unit.parent),
            head=people[unit.head],
        )
        centres[unit.code] = CostCentre.objects.create(
            company=company,
            code=f"CC{unit.code}",
            name=unit.name,
            name_en=unit.name_en,
            nature=unit.nature,
            department=units[unit.code],
            owner=people[unit.head],
        )
    Post.objects.bulk_create(
        Post(
            employee=people[person.username],
            company=company,
            department=units[person.department],
            title=person.title,
            level=person.level,
            manager=people.get(person.manager),
            cost_centre=centres[person.department],
            starts_on=STARTED_ON,
        )
        for person in PEOPLE[company.code]
    )


def _lists(company: Company, people: dict[str, Employee]) -> None:
    ExpenseType.objects.bulk_create(
        ExpenseType(
            company=company,
            code=code,
            name=name,
            name_en=english,
            icon=icon,
            use=use,
            needs_invoice=needs_invoice,
            keywords=keywords,
            position=10 * position,
        )
        for position, (code, name, english, icon, use, needs_invoice, keywords) in enumerate(EXPENSE_TYPES, start=1)
    )
    Project.objects.bulk_create(
        Project(company=company, code=code, name=name, name_en=english, manager=people[manager])
        for code, name, english, manager in PROJECTS[company.code]
    )
    Supplier.objects.bulk_create(
        Supplier(company=company, code=code, name=name) for code, name in SUPPLIERS[company.code]
    )


# Budgets of a year in yuan, by department code; each is split over the months and over the groups of expense types.
YEARLY_BUDGETS: dict[str, Decimal] = {
    code: Decimal(amount)
    for code, amount in {
        "A01": 360_000,
        "A10": 3_000_000,
        "A11": 1_440_000,
        "A12": 1_440_000,
        "A20": 1_200_000,
        "A30": 900_000,
        "A40": 720_000,
        "A50": 480_000,
        "A60": 240_000,
        "A70": 300_000,
        "B01": 180_000,
        "B10": 960_000,
        "B20": 480_000,
        "B60": 120_000,
    }.items()
}

# Who is offered on the login page and printed by `make run`: one for each way of working.
LOGINS: list[tuple[str, str]] = [
    ("linzhixia", "林知夏 · 员工 employee"),
    ("xuqinghe", "许清和 · 审批人 approver"),
    ("chengyinan", "程以南 · 财务 finance"),
    ("fangqiming", "方启明 · 信息部 IT"),
    ("dujiayun", "杜嘉芸 · 另一家公司 other company"),
    ("admin", "管理员 · administrator"),
]
