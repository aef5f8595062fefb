"""What documents do to their budgets: reserve, commit, spend, release, and advances that claims settle."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from budgets import services
from budgets.models import BudgetNode, LedgerRow
from common import findings
from tests.budgets.builders import NOVEMBER, YEAR, balances, charge, make_node, steps
from tests.builders import NOON, World, make_department

pytestmark = pytest.mark.django_db

DOCUMENT = UUID("7b0c2f0e-6a8e-4a2e-9d2f-3f0c9d1f3a01")
NUMBER = "BX-2026-000123"


def reserve(*charges: services.Charge, document_id: UUID = DOCUMENT, round_: int = 1) -> list[services.Overrun]:
    with transaction.atomic():
        return services.reserve(
            document_id=document_id, number=NUMBER, charges=charges, key=f"{document_id}:{round_}", at=NOON
        )


def test_a_claim_is_reserved_committed_and_spent_in_its_node_and_in_all_above_it(world: World) -> None:
    year = make_node(world.department, "100000", period=YEAR)
    november = make_node(world.department, "10000", parent=year)
    travel = make_node(world.department, "5000", expense_type=world.travel, parent=november)
    meals = make_node(world.department, "3000", expense_type=world.meals, parent=november)

    reserve(charge("1200.00", world.department, world.travel), charge("300.50", world.department, world.meals))

    assert balances(travel) == ("1200.00", "0.00", "0.00")
    assert balances(meals) == ("300.50", "0.00", "0.00")
    assert balances(november) == balances(year) == ("1500.50", "0.00", "0.00")

    services.commit(document_id=DOCUMENT, key=f"{DOCUMENT}:1", at=NOON)
    assert balances(travel) == ("0.00", "1200.00", "0.00")
    assert balances(year) == ("0.00", "1500.50", "0.00")

    services.spend(document_id=DOCUMENT, key=f"{DOCUMENT}:1", at=NOON)
    assert balances(meals) == ("0.00", "0.00", "300.50")
    assert balances(november) == balances(year) == ("0.00", "0.00", "1500.50")
    assert LedgerRow.objects.filter(node=travel).count() == 5  # in, out and in, out and in


def test_the_node_of_the_very_expense_type_goes_before_the_one_for_all_and_the_shorter_period_first(
    world: World,
) -> None:
    year = make_node(world.department, "100000", period=YEAR)
    november = make_node(world.department, "10000")
    travel_year = make_node(world.department, "40000", expense_type=world.travel, period=YEAR)

    reserve(charge("10", world.department, world.travel), charge("20", world.department, world.meals))
    reserve(charge("40", world.department, world.meals, on=date(2026, 12, 1)), document_id=uuid4())

    assert balances(travel_year)[0] == "10.00"
    assert balances(november)[0] == "20.00"
    assert balances(year)[0] == "40.00"


def test_a_department_without_a_budget_is_not_controlled(world: World) -> None:
    make_node(make_department(world.company), "10")
    assert reserve(charge("99999", world.department, world.travel)) == []
    services.commit(document_id=DOCUMENT, key=f"{DOCUMENT}:1", at=NOON)
    assert not LedgerRow.objects.exists()


def test_a_claim_over_budget_is_refused_with_what_is_left_and_whom_to_ask_and_nothing_is_held(world: World) -> None:
    november = make_node(world.department, "1000", owner=world.bob)
    travel = make_node(world.department, "5000", expense_type=world.travel, parent=november)

    with pytest.raises(services.BudgetExceeded) as refused:
        reserve(charge("1200", world.department, world.travel))

    with translation.override("en"):
        assert refused.value.message == (
            "BX-2026-000123 is 200.00 CNY over the budget “Marketing 2026-11” (1,000.00 CNY left). "
            "Lower the amount, or ask Bob, who answers for this budget, to raise it."
        )
    assert [overrun.node for overrun in refused.value.overruns] == [november]
    assert balances(travel) == balances(november) == ("0.00", "0.00", "0.00")
    assert not LedgerRow.objects.exists()


def test_lines_over_two_nodes_are_held_together_or_not_at_all(world: World) -> None:
    travel = make_node(world.department, "5000", expense_type=world.travel)
    meals = make_node(world.department, "100", expense_type=world.meals)
    with pytest.raises(services.BudgetExceeded):
        reserve(charge("10", world.department, world.travel), charge("100.01", world.department, world.meals))
    assert balances(travel) == balances(meals) == ("0.00", "0.00", "0.00")


def test_whoever_catches_the_refusal_inside_the_transaction_cannot_commit_half_of_it(world: World) -> None:
    travel = make_node(world.department, "5000", expense_type=world.travel)
    make_node(world.department, "100", expense_type=world.meals)
    with transaction.atomic():
        try:
            reserve_in_here = [
                charge("10", world.department, world.travel),
                charge("101", world.department, world.meals),
            ]
            services.reserve(document_id=DOCUMENT, number=NUMBER, charges=reserve_in_here, key=f"{DOCUMENT}:1", at=NOON)
        except services.BudgetExceeded:
            pass
    assert balances(travel) == ("0.00", "0.00", "0.00")


def test_a_node_that_only_warns_lets_pass_and_says_by_how_much_it_is_over(world: World) -> None:
    node = make_node(world.department, "1000", mode=BudgetNode.Mode.WARN)
    assert reserve(charge("900", world.department)) == []

    [overrun] = reserve(charge("300", world.department), document_id=uuid4())

    assert (overrun.over, overrun.left) == (Decimal("200.00"), Decimal("100.00"))
    assert balances(node) == ("1200.00", "0.00", "0.00")
    with translation.override("en"):
        finding = overrun.finding
        assert finding.severity == "warn"
        assert findings.word(finding.code, finding.params) == (
            "200.00 CNY over the budget “Marketing 2026-11” (100.00 CNY left). Bob answers for this budget."
        )


def test_the_same_submission_twice_is_refused_by_the_database(world: World) -> None:
    node = make_node(world.department, "1000")
    line = uuid4()
    reserve(charge("10", world.department, line_id=line))
    with pytest.raises(IntegrityError, match="ledger_key"):
        reserve(charge("10", world.department, line_id=line))
    assert balances(node)[0] == "10.00"


def test_a_repeated_commit_spend_or_release_moves_nothing(world: World) -> None:
    node = make_node(world.department, "1000")
    reserve(charge("10", world.department))
    for _repeat in range(2):
        services.commit(document_id=DOCUMENT, key=f"{DOCUMENT}:1", at=NOON)
    for _repeat in range(2):
        services.spend(document_id=DOCUMENT, key=f"{DOCUMENT}:1", at=NOON)
    services.release(document_id=DOCUMENT, key=f"{DOCUMENT}:1", at=NOON)
    assert balances(node) == ("0.00", "0.00", "10.00")


@pytest.mark.parametrize("approved", [False, True])
def test_a_release_gives_back_what_is_reserved_or_committed(world: World, approved: bool) -> None:
    node = make_node(world.department, "1000")
    reserve(charge("400", world.department))
    if approved:
        services.commit(document_id=DOCUMENT, key=f"{DOCUMENT}:1", at=NOON)
    services.release(document_id=DOCUMENT, key=f"{DOCUMENT}:1", at=NOON)
    assert balances(node) == ("0.00", "0.00", "0.00")


def test_a_document_that_comes_back_changed_holds_its_new_amounts_only(world: World) -> None:
    node = make_node(world.department, "1000")
    line = uuid4()
    reserve(charge("900", world.department, line_id=line))
    services.release(document_id=DOCUMENT, key=f"{DOCUMENT}:1", at=NOON)
    reserve(charge("950", world.department, line_id=line), round_=2)
    assert balances(node) == ("950.00", "0.00", "0.00")


def test_a_reversal_makes_what_was_spent_committed_again_and_it_can_be_posted_anew(world: World) -> None:
    node = make_node(world.department, "1000")
    reserve(charge("400", world.department))
    services.commit(document_id=DOCUMENT, key=f"{DOCUMENT}:1", at=NOON)
    services.spend(document_id=DOCUMENT, key=f"{DOCUMENT}:1:voucher-1", at=NOON)
    services.unspend(document_id=DOCUMENT, key=f"{DOCUMENT}:1:voucher-1", at=NOON)
    assert balances(node) == ("0.00", "400.00", "0.00")
    services.spend(document_id=DOCUMENT, key=f"{DOCUMENT}:1:voucher-2", at=NOON)
    assert balances(node) == ("0.00", "0.00", "400.00")


def test_money_is_moved_where_it_was_held_even_when_nodes_were_rearranged_meanwhile(world: World) -> None:
    old, new = make_node(world.department, "1000", period=YEAR), make_node(world.department, "1000")
    travel = make_node(world.department, "1000", expense_type=world.travel, parent=old)
    reserve(charge("400", world.department, world.travel))
    travel.parent = new
    travel.save(update_fields=["parent"])
    services.release(document_id=DOCUMENT, key=f"{DOCUMENT}:1", at=NOON)
    assert balances(old) == balances(new) == balances(travel) == ("0.00", "0.00", "0.00")


def test_a_circle_of_parents_is_charged_once_each(world: World) -> None:
    first, second = make_node(world.department, "1000"), make_node(world.department, "1000", period=YEAR)
    BudgetNode.objects.filter(pk=first.pk).update(parent=second)
    BudgetNode.objects.filter(pk=second.pk).update(parent=first)
    reserve(charge("400", world.department))
    assert balances(first) == balances(second) == ("400.00", "0.00", "0.00")


# --- Advances ---------------------------------------------------------------------------------------------------------
ADVANCE = UUID("aaaaaaaa-6a8e-4a2e-9d2f-3f0c9d1f3a02")


@pytest.fixture
def advance(world: World) -> BudgetNode:
    """3,000 committed for an advance, in a node of 5,000."""
    node = make_node(world.department, "5000")
    reserve(charge("3000", world.department), document_id=ADVANCE)
    services.commit(document_id=ADVANCE, key=f"{ADVANCE}:1", at=NOON)
    return node


def settle(amount: str, *, round_: int = 1) -> Decimal:
    return services.liquidate(
        document_id=ADVANCE, amount=Decimal(amount), key=f"{DOCUMENT}:{round_}:{ADVANCE}", at=NOON
    )


def test_a_claim_that_settles_an_advance_does_not_hold_the_money_twice(world: World, advance: BudgetNode) -> None:
    assert settle("2600") == Decimal(2600)
    reserve(charge("2600", world.department))
    assert balances(advance) == ("2600.00", "400.00", "0.00")


def test_no_more_is_taken_back_than_the_advance_still_holds(advance: BudgetNode) -> None:
    assert settle("2600") == Decimal(2600)
    assert settle("2600", round_=2) == Decimal(400)
    assert settle("1", round_=3) == Decimal(0)
    assert balances(advance) == ("0.00", "0.00", "0.00")


def test_a_returned_claim_restores_what_it_took_from_its_advances_and_only_that(
    world: World, advance: BudgetNode
) -> None:
    settle("1000")
    settle("500", round_=12)  # another round, whose key merely begins alike
    reserve(charge("1000", world.department))

    services.restore(key_prefix=f"{DOCUMENT}:1", at=NOON)
    services.restore(key_prefix=f"{DOCUMENT}:1", at=NOON)  # a repeat finds nothing

    assert balances(advance) == ("1000.00", "2500.00", "0.00")
    assert steps(ADVANCE)[-1] == ("restore", "committed", "1000.00")


def test_a_restored_advance_is_committed_even_where_the_budget_is_used_up_by_now(
    world: World, advance: BudgetNode
) -> None:
    settle("3000")
    reserve(charge("5000", world.department), document_id=uuid4())
    services.restore(key_prefix=f"{DOCUMENT}:1", at=NOON)
    assert balances(advance) == ("5000.00", "3000.00", "0.00")
    assert advance.available == Decimal("-3000.00")


# --- What the database refuses by itself ------------------------------------------------------------------------------
def test_the_database_refuses_a_negative_reservation_and_an_empty_movement(world: World) -> None:
    node = make_node(world.department, "1000")
    with pytest.raises(IntegrityError, match="budget_node_not_negative"), transaction.atomic():
        BudgetNode.objects.filter(pk=node.pk).update(reserved=-1)
    with pytest.raises(IntegrityError, match="ledger_delta"), transaction.atomic():
        LedgerRow.objects.create(
            node=node, bucket="reserved", step="reserve", delta=0, document_id=DOCUMENT, key="k", at=NOON
        )


def test_a_negative_charge_is_a_mistake_of_the_caller(world: World) -> None:
    make_node(world.department, "1000")
    with pytest.raises(ValueError, match="positive"):
        reserve(charge("-1", world.department))


def test_two_periods_that_touch_are_told_apart_by_the_day(world: World) -> None:
    november = make_node(world.department, "1000", period=NOVEMBER)
    december = make_node(world.department, "1000", period=(date(2026, 12, 1), date(2026, 12, 31)))
    reserve(charge("1", world.department, on=date(2026, 11, 30)), charge("2", world.department, on=date(2026, 12, 1)))
    assert (balances(november)[0], balances(december)[0]) == ("1.00", "2.00")
