"""The numbers beside the places of the navigation, as one fragment."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from directory.models import Employee
from portal import counts, navigation
from tests.builders import World
from tests.invoices.build import make_invoice
from tests.reimburse.build import decide, make_claim, make_route, submit


def numbers(client: Client, viewer: Employee) -> dict[str, str]:
    client.force_login(viewer)
    fragment = client.get("/badges/", headers={"HX-Request": "true"}).content.decode()
    return dict(re.findall(r'id="([\w-]+)">([^<]*)<', fragment))


def test_each_place_gets_its_number_and_nothing_when_nothing_waits(client: Client, world: World) -> None:
    make_route(world.company, world.bob)
    submit(make_claim(world))
    decide(submit(make_claim(world)), "return", comment="缺附件")
    make_invoice(world.alice, world.company, unsure=["total"])

    assert numbers(client, world.bob) == {"nav-invoices": "", "nav-returned": "", "nav-inbox": "1", "tab-inbox": "1"}
    mine = numbers(client, world.alice)
    assert (mine["nav-returned"], mine["nav-invoices"], mine["nav-inbox"]) == ("1", "1", "")
    assert set(numbers(client, world.dan).values()) == {""}


def test_only_finance_is_told_of_vouchers(client: Client, world: World) -> None:
    assert "nav-vouchers" in numbers(client, world.carol)
    assert "nav-vouchers" not in numbers(client, world.alice)


def test_every_number_has_its_place_on_the_page(client: Client, world: World) -> None:
    for viewer in (world.alice, world.carol):
        targets = set(numbers(client, viewer))
        page = client.get("/me/").content.decode()
        assert all(f'id="{target}"' in page for target in targets)


def test_every_count_a_place_names_exists() -> None:
    named = {place.count for place in (*navigation.PLACES, *navigation.TABS) if place.count}
    assert named == set(counts.COUNTS)


def test_counting_stops_where_nobody_reads_on() -> None:
    assert counts.capped(99) == "99"
    assert counts.capped(100) == "99+"
    assert counts.capped(1000) == "99+"


@pytest.mark.parametrize("documents", [1, 20])
def test_the_fragment_costs_the_same_however_much_waits(
    client: Client, world: World, documents: int, django_assert_max_num_queries: Any
) -> None:
    make_route(world.company, world.bob)
    for _ in range(documents):
        submit(make_claim(world))
    client.force_login(world.carol)
    with django_assert_max_num_queries(8):
        client.get("/badges/")
