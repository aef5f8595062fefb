"""One search over documents, invoices and vouchers, and never over what one may not see."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from directory.models import Employee
from portal import search
from tests.builders import World
from tests.invoices.build import make_invoice
from tests.reimburse.build import make_claim, make_route, submit


def titles(viewer: Employee, text: str) -> dict[str, list[str]]:
    return {str(part.label): [hit.title for hit in part.hits] for part in search.search(viewer, text)}


@pytest.fixture
def number(world: World) -> str:
    """The number of Alice's claim over 300 yuan, which waits for Bob."""
    make_route(world.company, world.bob)
    return submit(make_claim(world, "300.00", seller_name="苏州听澜会务有限公司")).number


def test_a_document_is_found_by_number_person_seller_and_amount(world: World, number: str) -> None:
    for text in (number, number[-4:], "Alice", "听澜", "300", "¥300.00"):
        assert "单据" in titles(world.alice, text), text


def test_the_invoice_stands_beside_the_document(world: World, number: str) -> None:
    assert titles(world.alice, "听澜")["发票"] == ["苏州听澜会务有限公司"]


def test_the_approver_and_finance_find_it_and_others_do_not(world: World, number: str) -> None:
    assert "单据" in titles(world.bob, number)
    assert "单据" in titles(world.carol, number)
    assert titles(world.erin, number) == {}
    assert titles(world.dan, number) == {}


def test_every_hit_leads_to_its_page(client: Client, world: World, number: str) -> None:
    client.force_login(world.alice)
    for part in search.search(world.alice, "听澜"):
        for hit in part.hits:
            assert client.get(hit.href).status_code == 200, hit.href


def test_one_character_finds_nothing_and_says_why(client: Client, world: World, number: str) -> None:
    assert search.search(world.alice, "苏") == []
    client.force_login(world.alice)
    assert "至少两个字" in client.get("/search/?q=苏").content.decode()


def test_many_hits_are_cut_and_the_page_says_so(client: Client, world: World) -> None:
    for n in range(search.LIMIT + 1):
        make_invoice(world.alice, world.company, seller_name="连锁便利店", total=f"{n + 1}.00")
    client.force_login(world.alice)
    assert f"只列前 {search.LIMIT} 条" in client.get("/search/?q=连锁").content.decode()


@pytest.mark.parametrize("text", ["%", "__", "' OR 1=1 --", "\\", "\x00\x00", "x" * 5000, "<script>"])
def test_hostile_questions_are_only_questions(client: Client, world: World, number: str, text: str) -> None:
    client.force_login(world.dan)
    response = client.get("/search/", {"q": text})
    assert response.status_code == 200
    assert number not in response.content.decode()
    assert "<script>" not in response.content.decode().replace("<script src", "")


def test_a_search_costs_few_statements(
    client: Client, world: World, number: str, django_assert_max_num_queries: Any
) -> None:
    client.force_login(world.carol)
    with django_assert_max_num_queries(9):
        client.get("/search/", {"q": "听澜"})
