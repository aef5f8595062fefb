"""What a request costs, in statements of the whole request: within the budget, and equal for 1 and 50 lines."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reimburse import services
from reimburse.models import Document
from tests.budgets.builders import YEAR, make_node
from tests.builders import NOON, World
from tests.reimburse import build
from tests.reimburse.build import make_invoice
from tests.reimburse.test_pages import HTMX, address, save

LINES = pytest.mark.parametrize("lines", [1, 50])


@pytest.fixture
def routes_like_a_companys(world: World) -> World:
    """Several routes with conditions on amount, type and department, as a company has them."""
    build.make_route(world.company, world.erin, amount="at_least 50000", expense_types="has_any meals,travel")
    build.make_route(world.company, world.bob, world.erin, department=f"is {world.department.code}")
    build.make_route(world.company, world.bob, kind="advance")
    year = make_node(world.department, "900000.00", period=YEAR)
    make_node(world.department, "90000.00", parent=year)
    make_node(world.department, "50000.00", expense_type=world.office, parent=year)
    return world


@LINES
def test_creating_a_claim_costs_18_statements(
    routes_like_a_companys: World, as_alice: Client, django_assert_max_num_queries, lines: int
) -> None:
    invoices = [make_invoice(routes_like_a_companys.alice, routes_like_a_companys.company) for _n in range(lines)]
    data = {"invoice": [invoice.public_id for invoice in invoices], "key": "k1"}
    with django_assert_max_num_queries(18):
        assert as_alice.post(reverse("reimburse:create"), data).status_code == 302
    assert Document.objects.get().lines.count() == lines


@LINES
def test_sending_a_claim_costs_38_statements(
    routes_like_a_companys: World, as_alice: Client, django_assert_max_num_queries, lines: int
) -> None:
    claim = build.make_claim(routes_like_a_companys, *["10.60"] * lines)
    data = {"version": claim.version, "key": "k1"}
    with django_assert_max_num_queries(38):
        assert as_alice.post(address("submit", claim), data, headers=HTMX).status_code == 200
    claim.refresh_from_db()
    assert claim.status == "waiting"


@LINES
def test_deciding_a_claim_costs_38_statements(
    routes_like_a_companys: World, client: Client, noon: None, django_assert_max_num_queries, lines: int
) -> None:
    claim = build.submit(build.make_claim(routes_like_a_companys, *["10.60"] * lines))
    build.decide(claim)
    slot = build.open_slot(claim)
    client.force_login(slot.approver)
    data = {"action": "approve", "key": "k1"}
    with django_assert_max_num_queries(38):
        client.post(reverse("approvals:decide", args=[slot.public_id]), data, headers=HTMX)
    claim.refresh_from_db()
    assert claim.status == "approved"


@LINES
@pytest.mark.parametrize("person", ["alice", "bob", "carol"])
def test_the_page_of_a_document_costs_18_statements(
    routes_like_a_companys: World, client: Client, noon: None, django_assert_max_num_queries, lines: int, person: str
) -> None:
    claim = build.submit(build.make_claim(routes_like_a_companys, *["10.60"] * lines))
    client.force_login(getattr(routes_like_a_companys, person))
    with django_assert_max_num_queries(18):
        assert client.get(address("document", claim)).status_code == 200


@LINES
@pytest.mark.parametrize("scope", ["mine", "company"])
def test_the_list_costs_9_statements(
    routed: World, client: Client, noon: None, django_assert_max_num_queries, lines: int, scope: str
) -> None:
    for _n in range(lines):
        services.create_claim(employee=routed.carol, at=NOON)
    build.submit(build.make_claim(routed, employee=routed.carol))
    client.force_login(routed.carol)
    with django_assert_max_num_queries(9):
        assert client.get(reverse("reimburse:list"), {"scope": scope}).status_code == 200


@LINES
def test_the_inbox_pane_costs_the_same_for_any_number_of_lines(
    routes_like_a_companys: World, client: Client, noon: None, django_assert_max_num_queries, lines: int
) -> None:
    claim = build.submit(build.make_claim(routes_like_a_companys, *["10.60"] * lines))
    client.force_login(routes_like_a_companys.bob)
    with django_assert_max_num_queries(24):
        client.get(reverse("approvals:show", args=[build.open_slot(claim).public_id]))


@LINES
def test_typing_costs_the_same_for_any_number_of_lines(
    world: World, as_alice: Client, django_assert_max_num_queries, lines: int
) -> None:
    claim = build.make_claim(world, *["10.60"] * lines)
    with django_assert_max_num_queries(30):
        save(as_alice, claim, **{"line-amount": "5.00"})


def test_one_line_costs_as_much_as_fifty(routes_like_a_companys: World, as_alice: Client) -> None:
    def costs(lines: int) -> list[int]:
        world = routes_like_a_companys
        invoices = [make_invoice(world.alice, world.company, total="10.60") for _n in range(lines)]
        counted = []
        with CaptureQueriesContext(connection) as creating:
            answer = as_alice.post(
                reverse("reimburse:create"), {"invoice": [invoice.public_id for invoice in invoices]}
            )
        counted.append(len(creating))
        claim = Document.objects.latest("pk")
        assert answer["Location"] == address("edit", claim)
        claim = build.type_in(claim, expense_type=world.office)
        with CaptureQueriesContext(connection) as typing:
            save(as_alice, claim, **{"line-amount": "5.00"})
        counted.append(len(typing))
        claim.refresh_from_db()
        with CaptureQueriesContext(connection) as sending:
            data = {"version": claim.version, "key": str(claim.public_id)}
            assert as_alice.post(address("submit", claim), data, headers=HTMX).status_code == 200
        counted.append(len(sending))
        with CaptureQueriesContext(connection) as looking:
            assert as_alice.get(address("document", claim)).status_code == 200
        return [*counted, len(looking)]

    costs(1)  # the first of a seller has nothing to learn from
    assert costs(1) == costs(50)
