"""Do conditions hold, and is a step met: judgements on facts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from approvals import policy
from approvals.facts import COMMON_FACTS
from approvals.models import Condition
from approvals.snapshot import Person, Step

Op = Condition.Operator
FACTS = {
    "amount": Decimal("1000.00"),
    "expense_types": ["travel", "meals"],
    "department": "MKT-1",
    "departments": ["MKT-1", "MKT"],
    "cost_centre": "CC1",
    "project": "",
    "over_budget": True,
    "level": 3,
}


@pytest.mark.parametrize(
    ("fact", "operator", "value", "holds"),
    [
        ("amount", Op.AT_LEAST, "1000", True),
        ("amount", Op.AT_LEAST, "1000.01", False),
        ("amount", Op.BELOW, "1000", False),
        ("amount", Op.BELOW, "1000.01", True),
        ("amount", Op.IS, "1000.0", True),
        ("amount", Op.AT_LEAST, "much", False),
        ("level", Op.AT_LEAST, "3", True),
        ("level", Op.IS_NOT, "3", False),
        ("expense_types", Op.HAS_ANY, "gifts, meals", True),
        ("expense_types", Op.HAS_ANY, "gifts", False),
        ("expense_types", Op.HAS_NONE, "gifts", True),
        ("expense_types", Op.HAS_NONE, "gifts、travel", False),
        ("department", Op.IS, "MKT-1", True),
        ("department", Op.IS, "MKT", True),  # the department above
        ("department", Op.IN, "FIN，MKT", True),
        ("department", Op.IS, "FIN", False),
        ("department", Op.IS_NOT, "MKT", False),
        ("department", Op.IS_NOT, "FIN", True),
        ("cost_centre", Op.IN, "CC2,CC1", True),
        ("cost_centre", Op.HAS_ANY, "CC1", False),  # not to be asked of a single code
        ("project", Op.IS, "P1", False),
        ("project", Op.IS_NOT, "P1", True),
        ("over_budget", Op.IS, "yes", True),
        ("over_budget", Op.IS, "是", True),
        ("over_budget", Op.IS, "no", False),
        ("over_budget", Op.IS, "", False),
    ],
)
def test_a_condition_holds_or_not(fact, operator, value, holds):
    assert policy.holds(COMMON_FACTS[fact], fact, operator, policy.values_of(value), FACTS) is holds


@pytest.mark.parametrize("fact", sorted(COMMON_FACTS))
def test_an_unknown_fact_satisfies_only_what_excludes(fact):
    kept = COMMON_FACTS[fact]
    for operator in Op:
        excludes = operator in (Op.IS_NOT, Op.HAS_NONE) and operator in policy.OPERATORS[kept.type]
        excludes = excludes and kept.type in ("code", "codes")
        assert policy.holds(kept, fact, operator, ["1"], {}) is excludes, operator


def test_every_type_of_fact_has_its_operators():
    assert {fact.type for fact in COMMON_FACTS.values()} <= set(policy.OPERATORS)
    assert {operator for operators in policy.OPERATORS.values() for operator in operators} == set(Op)


def people(*ids: int, reason: str = "route") -> list[Person]:
    return [Person(one, f"p{one}", "", reason) for one in ids]


@pytest.mark.parametrize(
    ("rule", "before", "counted", "passed"),
    [
        ("all", {1, 2, 9}, [1, 2], True),
        ("all", {1}, [1], False),
        ("any", {1}, [1], True),
        ("any", {9}, [], False),
        ("all", set(), [], False),
    ],
)
def test_approvals_of_the_step_before_count(rule, before, counted, passed):
    step = Step("s", "", "people", rule, people=people(1, 2))

    assert policy.counted(step, before) == counted
    assert policy.is_passed(step, counted) is passed


def test_of_administrators_who_stand_in_any_one_is_enough():
    step = Step("s", "", "role", "all", people=people(1, 2, reason="unresolved"))

    assert step.how_many == "any"
    assert policy.is_met(step, waiting=[object()])
    step.people += people(3)
    assert step.how_many == "all"
    assert not policy.is_met(step, waiting=[object()])
    assert policy.is_met(step, waiting=[])
