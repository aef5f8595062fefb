"""The approval routes of 远山集团, as its administrators would have written them."""

from __future__ import annotations

from typing import NamedTuple

from approvals.models import Condition, Route, RouteStep
from directory.models import Company

Source = RouteStep.Source
Op = Condition.Operator


class When(NamedTuple):
    fact: str
    operator: str
    value: str


class Step(NamedTuple):
    name: str
    name_en: str
    source: str
    role: str = ""
    rule: str = RouteStep.Rule.ANY
    when: tuple[When, ...] = ()


MANAGER = Step("直接主管", "Manager", Source.MANAGER)
HEAD = Step("部门负责人", "Head of department", Source.DEPARTMENT_HEAD, when=(When("amount", Op.AT_LEAST, "5000"),))
BUDGET = Step("预算确认", "Budget check", Source.ROLE, "budget_owner", when=(When("over_budget", Op.IS, "yes"),))
GENERAL = Step(
    "总经理", "General manager", Source.ROLE, "general_manager", when=(When("amount", Op.AT_LEAST, "20000"),)
)
ACCOUNTANT = Step("财务稽核", "Finance check", Source.ROLE, "accountant")
CENTRE_OWNER = Step("成本中心负责人", "Cost centre owner", Source.COST_CENTRE_OWNER)

ENTERTAINMENT = (When("expense_types", Op.HAS_ANY, "meals, conference"),)

# kind, name, English name, conditions, steps: the first that fits is taken
ROUTES: list[tuple[str, str, str, tuple[When, ...], tuple[Step, ...]]] = [
    (
        "claim",
        "招待与会务报销",
        "Entertainment and conference claims",
        ENTERTAINMENT,
        (MANAGER, CENTRE_OWNER, BUDGET, GENERAL, ACCOUNTANT),
    ),
    ("claim", "费用报销", "Expense claims", (), (MANAGER, HEAD, BUDGET, GENERAL, ACCOUNTANT)),
    ("advance", "员工借款", "Cash advances", (), (MANAGER, HEAD, BUDGET, GENERAL, ACCOUNTANT)),
]


def load_routes(company: Company) -> None:
    """Both kinds of document of one company. Call inside a transaction."""
    for position, (kind, name, english, conditions, steps) in enumerate(ROUTES, start=1):
        route = Route.objects.create(company=company, kind=kind, name=name, name_en=english, position=10 * position)
        Condition.objects.bulk_create(Condition(route=route, **when._asdict()) for when in conditions)
        for number, step in enumerate(steps, start=1):
            made = RouteStep.objects.create(
                route=route,
                position=10 * number,
                name=step.name,
                name_en=step.name_en,
                source=step.source,
                role=step.role,
                rule=step.rule,
            )
            Condition.objects.bulk_create(Condition(step=made, **when._asdict()) for when in step.when)
