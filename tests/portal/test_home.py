"""The start page answers: what waits for me, where are my documents, how do I stand."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from budgets.models import BudgetNode
from directory.models import Employee
from portal import home
from tests.builders import NOON, World
from tests.invoices.build import make_invoice
from tests.reimburse.build import decide, make_claim, make_route, submit


@pytest.fixture(autouse=True)
def at_noon() -> Any:
    with time_machine.travel(NOON + timedelta(hours=2), tick=False):
        yield


def page_of(client: Client, viewer: Employee) -> str:
    client.force_login(viewer)
    response = client.get("/")
    assert response.status_code == 200
    return response.content.decode()


def pile(viewer: Employee, label: str) -> home.Wait:
    return next(wait for wait in home.waits(viewer) if str(wait.label) == label)


def test_a_new_employee_is_told_what_to_do_first(client: Client, world: World) -> None:
    page = page_of(client, world.alice)
    assert "还没有单据" in page
    assert all(wait.is_empty for wait in home.waits(world.alice))


def test_piles_count_what_waits_and_lead_there(client: Client, world: World) -> None:
    make_route(world.company, world.bob)
    submit(make_claim(world, "300.00"))
    make_invoice(world.alice, world.company, total="60.00", seller_name="甲")
    make_invoice(world.alice, world.company, total="40.00", seller_name="乙")
    make_invoice(world.alice, world.company, unsure=["total"])

    assert pile(world.bob, "待我审批").count == "1"
    assert pile(world.bob, "待我审批").href == "/inbox/"
    assert pile(world.alice, "待我审批").is_empty
    assert (pile(world.alice, "票据待确认").count, pile(world.alice, "可报销发票").count) == ("1", "2")
    assert "¥100.00" in str(pile(world.alice, "可报销发票").note)
    page = page_of(client, world.alice)
    for wait in home.waits(world.alice):
        assert f'href="{wait.href}"' in page
        assert client.get(wait.href).status_code == 200


def test_what_came_back_is_there_with_the_reason(client: Client, world: World) -> None:
    make_route(world.company, world.bob)
    decide(submit(make_claim(world)), "return", comment="缺住宿水单")

    returned = pile(world.alice, "退回给我")
    assert (returned.count, returned.note) == ("1", "缺住宿水单")
    assert "bob" not in str(returned.note)
    assert re.search("Bob[:：]缺住宿水单", page_of(client, world.alice))


def test_a_document_says_who_holds_it_since_when(client: Client, world: World) -> None:
    make_route(world.company, world.bob)
    document = submit(make_claim(world, "300.00"))

    page = page_of(client, world.alice)
    row = page[page.index(document.number) :]
    row = row[: row.index("</li>")]
    assert "审批中" in row
    assert "Bob·" in re.sub(r"\s", "", row)
    assert ">2 小时</time>" in row
    assert "¥300.00" in row


def test_the_month_adds_up_what_was_sent_in_it(client: Client, world: World) -> None:
    make_route(world.company, world.bob)
    submit(make_claim(world, "300.00"))
    decide(submit(make_claim(world, "200.00")))
    make_claim(world, "50.00")  # a draft was not sent
    page = page_of(client, world.alice)
    assert "我的 11 月" in page
    assert "¥500.00" in page
    assert "已批 ¥200.00" in page
    assert "在途 ¥300.00" in page
    with time_machine.travel(NOON + timedelta(days=31), tick=False):
        assert "¥500.00" not in page_of(client, world.alice)


def test_my_departments_budget_is_one_bar(client: Client, world: World) -> None:
    BudgetNode.objects.create(
        company=world.company,
        department=world.department,
        starts_on=NOON.date().replace(day=1),
        ends_on=NOON.date().replace(day=30),
        amount=Decimal(1000),
        actual=Decimal(600),
    )
    page = page_of(client, world.alice)
    assert "市场部 11 月预算" in page
    assert "¥400.00" in page
    assert "已支出 60.0%" in page
    assert 'href="/budgets/"' not in page  # she may not see its rows
    assert 'href="/budgets/"' in page_of(client, world.bob)  # he heads the department
    assert "预算" not in page_of(client, world.dan)


def test_finance_sees_its_piles_too(world: World) -> None:
    labels = {str(wait.label) for wait in home.waits(world.carol)}
    assert "待记账凭证" in labels
    assert "待记账凭证" not in {str(wait.label) for wait in home.waits(world.alice)}


def test_nothing_of_another_company_shows(client: Client, world: World) -> None:
    make_route(world.company, world.bob)
    document = submit(make_claim(world, "300.00"))
    page = page_of(client, world.dan)
    assert document.number not in page
    assert "¥300.00" not in page


@pytest.mark.parametrize("documents", [1, 6])
def test_the_page_costs_the_same_for_one_document_and_many(
    client: Client, world: World, documents: int, django_assert_max_num_queries: Any
) -> None:
    make_route(world.company, world.bob)
    for _ in range(documents):
        submit(make_claim(world, "300.00"))
    client.force_login(world.alice)
    with django_assert_max_num_queries(11):
        client.get("/")


@pytest.mark.parametrize(
    ("name", "given"), [("林知夏", "知夏"), ("许清", "许清"), ("欧阳知夏", "知夏"), ("Alice", "Alice")]
)
def test_people_are_greeted_by_their_given_name(name: str, given: str) -> None:
    assert home.given_name(Employee(name=name)) == given
