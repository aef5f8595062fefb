"""How many statements a decision costs: the same for small and large documents, steps and inboxes."""

from __future__ import annotations

import pytest

from approvals import services
from common import outbox
from tests.approvals.cast import Source, ask, make_route, step, turn_of
from tests.builders import NOON, make_employee, make_post


@pytest.fixture(autouse=True)
def _somebody_listens():
    outbox.subscribe("test.notes", "note.*", handler=print)
    yield
    outbox._consumers.pop("test.notes")


@pytest.mark.parametrize("people", [1, 50])
def test_opening_the_next_step_costs_the_same_for_one_approver_and_for_fifty(
    world, django_assert_max_num_queries, people
):
    everybody = [make_employee(f"p{n}") for n in range(people)]
    for person in everybody:
        make_post(person, world.department)
    make_route(world.company, step(Source.MANAGER), step(Source.PEOPLE, *everybody))
    slot = turn_of(ask(world), world.bob)

    with django_assert_max_num_queries(20):
        services.decide(slot_id=slot.public_id, actor=world.bob, action="approve", at=NOON, key="k")


def test_the_last_approval_stays_within_its_budget(world, django_assert_max_num_queries):
    make_route(world.company, step(Source.MANAGER))
    slot = turn_of(ask(world), world.bob)

    with django_assert_max_num_queries(20):
        services.decide(slot_id=slot.public_id, actor=world.bob, action="approve", at=NOON, key="k")


def test_opening_a_request_stays_within_its_budget(world, django_assert_max_num_queries):
    make_route(world.company, step(Source.MANAGER), step(Source.ROLE, role="finance"))

    with django_assert_max_num_queries(13):  # two of them the transaction
        ask(world)
