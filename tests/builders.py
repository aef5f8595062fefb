"""A small world everyone knows: Alice claims, Bob manages her, Carol is finance, Dan works for another company.

Builders fill in everything a test is not about.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from directory import rights
from directory.models import (
    Company,
    CostCentre,
    Department,
    Employee,
    ExpenseType,
    Grant,
    Post,
    Project,
    Role,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=SHANGHAI)
TODAY = date(2026, 11, 24)
PASSWORD = "correct horse battery"

_numbers = count(1)


def make_company(**changes: Any) -> Company:
    n = next(_numbers)
    values = {
        "code": f"C{n}",
        "name": f"远山科技{n}有限公司",
        "name_en": f"Yuanshan Technology {n} Ltd",
        "short_name": f"远山{n}",
        "tax_id": f"9133010600000{n:05}",
    }
    return Company.objects.create(**values | changes)


def make_employee(username: str, **changes: Any) -> Employee:
    values = {"name": username.title(), "name_en": username.title()}
    employee = Employee(username=username, **values | changes)
    employee.set_password(PASSWORD)
    employee.save()
    return employee


def make_department(company: Company, **changes: Any) -> Department:
    n = next(_numbers)
    return Department.objects.create(**{"company": company, "code": f"D{n}", "name": f"部门{n}"} | changes)


def make_cost_centre(department: Department, **changes: Any) -> CostCentre:
    n = next(_numbers)
    values = {"company": department.company, "department": department, "code": f"CC{n}", "name": f"成本中心{n}"}
    return CostCentre.objects.create(**values | changes)


def make_expense_type(company: Company, **changes: Any) -> ExpenseType:
    n = next(_numbers)
    return ExpenseType.objects.create(**{"company": company, "code": f"T{n}", "name": f"费用{n}"} | changes)


def make_project(company: Company, **changes: Any) -> Project:
    n = next(_numbers)
    return Project.objects.create(**{"company": company, "code": f"P{n}", "name": f"项目{n}"} | changes)


def make_post(employee: Employee, department: Department, **changes: Any) -> Post:
    values = {
        "employee": employee,
        "company": department.company,
        "department": department,
        "starts_on": date(2020, 1, 1),
    }
    return Post.objects.create(**values | changes)


def grant(employee: Employee, *given: str, company: Company | None = None, code: str = "") -> Role:
    """Give rights to somebody through a role made for it (or found by its code)."""
    code = code or "-".join(given)[:30]
    role, _ = Role.objects.get_or_create(code=code, defaults={"name": code, "rights": list(given)})
    Grant.objects.create(employee=employee, role=role, company=company)
    rights.forget(employee)
    return role


@dataclass
class World:
    company: Company
    department: Department
    cost_centre: CostCentre
    travel: ExpenseType
    meals: ExpenseType
    office: ExpenseType
    alice: Employee  # claims
    bob: Employee  # manages her, heads the department
    carol: Employee  # finance, and process administrator
    erin: Employee  # Bob's manager
    other_company: Company
    dan: Employee  # works for the other company, may see nothing of the first


def make_world() -> World:
    company, other = make_company(), make_company()
    erin, bob, alice, carol = (make_employee(name) for name in ("erin", "bob", "alice", "carol"))
    dan = make_employee("dan")
    board = make_department(company, name="总经办", head=erin)
    department = make_department(company, name="市场部", name_en="Marketing", head=bob, parent=board)
    finance = make_department(company, name="财务部", head=carol, parent=board)
    elsewhere = make_department(other)
    cost_centre = make_cost_centre(department, name="市场部", owner=bob, nature=CostCentre.Nature.SALES)
    finance_centre = make_cost_centre(finance, owner=carol)
    make_post(erin, board, cost_centre=make_cost_centre(board, owner=erin))
    make_post(bob, department, manager=erin, cost_centre=cost_centre)
    make_post(alice, department, manager=bob, cost_centre=cost_centre)
    make_post(carol, finance, manager=erin, cost_centre=finance_centre)
    make_post(dan, elsewhere, cost_centre=make_cost_centre(elsewhere))
    grant(
        carol,
        rights.MANAGE_VOUCHERS,
        rights.SEE_ALL_DOCUMENTS,
        rights.SEE_BUDGETS,
        rights.MANAGE_BUDGETS,
        company=company,
        code="finance",
    )
    grant(carol, rights.ADMINISTER_PROCESS, company=company, code="process_admin")
    return World(
        company=company,
        department=department,
        cost_centre=cost_centre,
        travel=make_expense_type(
            company,
            code="travel",
            name="差旅费",
            name_en="Travel",
            use=ExpenseType.Use.TRAVEL,
            keywords="铁路 航空 客运",
        ),
        meals=make_expense_type(
            company, code="meals", name="业务招待费", name_en="Entertainment", use=ExpenseType.Use.ENTERTAINMENT
        ),
        office=make_expense_type(company, code="office", name="办公费", name_en="Office supplies"),
        alice=alice,
        bob=bob,
        carol=carol,
        erin=erin,
        other_company=other,
        dan=dan,
    )
