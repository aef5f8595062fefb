"""The budget page and the rows behind each of its figures."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from html import unescape
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from approvals.models import ApprovalRequest
from budgets import overview, periods, rows, selectors, services
from budgets.models import BudgetNode
from directory import rights
from directory.models import Employee
from tests.budgets.builders import YEAR, charge, make_node
from tests.builders import NOON, World, grant, make_department, make_employee

pytestmark = pytest.mark.django_db

OVERVIEW = reverse("budgets:overview")
LIST_PAGE_STATEMENTS = 9
NOVEMBER = periods.month(2026, 11)


@pytest.fixture(autouse=True)
def _in_november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("budgets.views.timezone.localdate", lambda: date(2026, 11, 24))


def spend_some(*charges: services.Charge, until: str = "reserved", number: str = "BX-2026-000001") -> UUID:
    document = uuid4()
    key = f"{document}:1"
    with transaction.atomic():
        services.reserve(document_id=document, number=number, charges=charges, key=key, at=NOON)
        if until in {"committed", "actual"}:
            services.commit(document_id=document, key=key, at=NOON)
        if until == "actual":
            services.spend(document_id=document, key=key, at=NOON)
    return document


@pytest.fixture
def budget(world: World) -> BudgetNode:
    """A year of 120,000, November of 10,000 in it, of which travel has 5,000 and meals 3,000."""
    year = make_node(world.department, "120000", period=YEAR)
    november = make_node(world.department, "10000", parent=year, owner=world.bob)
    make_node(world.department, "5000", expense_type=world.travel, parent=november)
    make_node(world.department, "3000", expense_type=world.meals, parent=november, mode="warn")
    spend_some(charge("1200.50", world.department, world.travel), until="actual", number="BX-2026-000001")
    spend_some(charge("800", world.department, world.travel), until="committed", number="BX-2026-000002")
    spend_some(charge("3300", world.department, world.meals), until="reserved", number="BX-2026-000003")
    spend_some(charge("70", world.department, world.office), until="reserved", number="BX-2026-000004")
    return november


def page(client: Client, who: Employee, address: str = OVERVIEW, **query: str) -> str:
    client.force_login(who)
    answer = client.get(address, query)
    assert answer.status_code == 200, address
    return answer.content.decode()


def text(html: str) -> str:
    """What a reader sees, with single spaces."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def test_finance_sees_the_year_each_yuan_counted_once(client: Client, world: World, budget: BudgetNode) -> None:
    seen = text(page(client, world.carol, unit="yuan"))
    for figure in ("120,000.00", "1,200.50", "800.00", "3,370.00", "114,629.50"):
        assert figure in seen


def test_a_month_is_split_by_expense_type_and_what_is_not_split_stands_below(world: World, budget: BudgetNode) -> None:
    nodes = list(BudgetNode.objects.select_related("department", "expense_type"))
    meals, travel, rest = overview.by_type(nodes, world.department, NOVEMBER)
    assert (travel.expense_type, travel.figures.sums.used) == (world.travel, Decimal("2000.50"))
    assert (meals.figures.rate, meals.figures.is_over) == (Decimal("110.0"), True)
    assert rest.expense_type is None
    assert (rest.figures.sums.amount, rest.figures.sums.reserved) == (Decimal("2000.00"), Decimal("70.00"))


def test_every_link_of_the_page_leads_somewhere_and_the_rows_add_up_to_the_figure(
    client: Client, world: World, budget: BudgetNode
) -> None:
    for query in ({}, {"month": "11"}, {"period": "2026-11"}, {"period": "2026Q4", "unit": "yuan"}):
        html = page(client, world.carol, **query)
        main = html[html.index("<main") : html.index("</main>")]
        links = {unescape(link) for link in re.findall(r'href="([^"#]+)"', main)}
        assert any("/budgets/rows/" in link for link in links)
        for link in links:
            target = link if link.startswith("/") else OVERVIEW + link
            if "/documents/" not in target:
                assert client.get(target).status_code == 200, target


@pytest.mark.parametrize(("bucket", "numbers"), [
    ("actual", {"BX-2026-000001"}),
    ("committed", {"BX-2026-000002"}),
    ("reserved", {"BX-2026-000003", "BX-2026-000004"}),
    ("", {"BX-2026-000001", "BX-2026-000002", "BX-2026-000003", "BX-2026-000004"}),
])  # fmt: skip
def test_a_figure_leads_to_the_documents_that_make_it(
    client: Client, world: World, budget: BudgetNode, bucket: str, numbers: set[str]
) -> None:
    address = reverse("budgets:rows")
    seen = page(client, world.carol, address, dept=str(world.department.public_id), bucket=bucket)
    assert set(re.findall(r"BX-2026-\d+", seen)) == numbers


def test_what_is_not_split_by_type_leads_to_its_own_documents_only(
    client: Client, world: World, budget: BudgetNode
) -> None:
    query = {"dept": str(world.department.public_id), "month": "11", "type": "rest"}
    seen = page(client, world.carol, reverse("budgets:rows"), **query)
    assert set(re.findall(r"BX-2026-\d+", seen)) == {"BX-2026-000004"}
    table = page(client, world.carol, month="11", dept=query["dept"])
    assert [int(n) for n in re.findall(r'type=[^"]*">\s*(\d+)</a></td>\s*</tr>', table)] == [1, 2, 1]


def test_a_document_that_was_released_is_behind_no_figure_but_its_movements_stay(client: Client, world: World) -> None:
    node = make_node(world.department, "1000")
    document = spend_some(charge("10", world.department), number="BX-2026-000099")
    services.release(document_id=document, key=f"{document}:1", at=NOON)
    address = reverse("budgets:node", args=[node.public_id])
    assert "BX-2026-000099" not in page(client, world.carol, address)
    moves = page(client, world.carol, address, list="movements")
    assert moves.count("BX-2026-000099") == 2
    assert "+10.00" in moves
    assert "-10.00" in moves


def test_more_documents_than_fit_are_paged_without_losing_or_repeating_one(client: Client, world: World) -> None:
    node = make_node(world.department, "100000")
    for n in range(rows.PAGE + 5):
        spend_some(charge("1", world.department), number=f"BX-2026-{n:06}")
    address = reverse("budgets:node", args=[node.public_id])
    for listed, expected in (("documents", 1), ("movements", 1)):
        first = page(client, world.carol, address, list=listed)
        [following] = re.findall(r'href="(\?[^"]*after=[^"]+)" rel="next"', first)
        client.force_login(world.carol)
        second = client.get(address + unescape(following)).content.decode()
        numbers = re.findall(r">(?:<[^>]+>)?\s*(BX-2026-\d+)", first) + re.findall(r"(BX-2026-\d+)", second)
        assert len(numbers) == len(set(numbers)) * expected == rows.PAGE + 5


# --- Who may see what -------------------------------------------------------------------------------------------------
def test_a_department_head_sees_her_department_and_those_below_it_only(
    client: Client, world: World, budget: BudgetNode
) -> None:
    finance = make_department(world.company, name="采购部", head=world.carol)
    hidden = make_node(finance, "777777")
    below = make_node(make_department(world.company, name="市场二组", parent=world.department), "333")
    assert selectors.visible_to(world.bob).filter(pk=below.pk).exists()
    seen = page(client, world.bob)
    assert "市场部" in seen
    assert "市场二组" in seen
    assert "采购部" not in seen
    assert client.get(reverse("budgets:node", args=[hidden.public_id])).status_code == 404
    assert client.get(reverse("budgets:rows"), {"dept": str(finance.public_id)}).status_code == 404


def test_the_owner_of_a_budget_sees_it(client: Client, world: World) -> None:
    node = make_node(world.department, "1000", owner=world.alice)
    assert "1,000.00" in page(client, world.alice, reverse("budgets:node", args=[node.public_id]))


@pytest.mark.parametrize("who", ["alice", "dan"])
def test_to_everybody_else_budgets_do_not_exist(client: Client, world: World, budget: BudgetNode, who: str) -> None:
    client.force_login(getattr(world, who))
    for address in (OVERVIEW, reverse("budgets:rows"), reverse("budgets:node", args=[budget.public_id])):
        assert client.get(address).status_code == 404


def test_finance_of_another_company_does_not_see_ours(client: Client, world: World, budget: BudgetNode) -> None:
    grant(world.dan, rights.SEE_BUDGETS, company=world.other_company)
    client.force_login(world.dan)
    assert client.get(reverse("budgets:node", args=[budget.public_id])).status_code == 404
    assert client.get(OVERVIEW, {"company": str(world.company.public_id)}).status_code == 200  # an empty start
    make_node(make_department(world.other_company), "55")
    assert client.get(OVERVIEW, {"company": str(world.company.public_id)}).status_code == 404
    assert "市场部" not in page(client, world.dan)


def test_the_purpose_of_a_document_is_told_to_those_only_who_may_open_it(
    client: Client, world: World, budget: BudgetNode
) -> None:
    document = spend_some(charge("5", world.department), number="BX-2026-000050")
    make_request(world, document)
    controller = make_employee("control")
    grant(controller, rights.SEE_BUDGETS, company=world.company)
    address = reverse("budgets:node", args=[budget.public_id])
    assert "客户拜访" not in page(client, controller, address)
    assert "BX-2026-000050" in page(client, controller, address)
    assert "客户拜访" in page(client, world.carol, address)  # may see every document


def make_request(world: World, document: UUID) -> ApprovalRequest:
    return ApprovalRequest.objects.create(
        kind="claim",
        company=world.company,
        subject_id=document,
        number="BX-2026-000050",
        title="客户拜访",
        amount=Decimal(5),
        applicant=world.alice,
        department=world.department,
        cost_centre=world.cost_centre,
        submitted_at=NOON,
    )


def test_a_viewer_of_two_companies_changes_between_them(client: Client, world: World, budget: BudgetNode) -> None:
    make_node(make_department(world.other_company, name="华东仓"), "55")
    grant(world.erin, rights.SEE_BUDGETS)
    html = page(client, world.erin)
    assert str(world.other_company.public_id) in html
    assert "华东仓" in page(client, world.erin, company=str(world.other_company.public_id))


# --- Odd addresses ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("query", [
    {"period": "2026-13"}, {"period": "x' OR 1"}, {"month": "99"}, {"unit": "rmb"}, {"bucket": "x", "after": "-1"},
    {"after": "99999999999999999999999"}, {"period": "2031"},
])  # fmt: skip
def test_an_odd_address_shows_the_page_as_it_usually_is(
    client: Client, world: World, budget: BudgetNode, query: dict[str, str]
) -> None:
    page(client, world.carol, **query)
    page(client, world.carol, reverse("budgets:rows"), **query)


@pytest.mark.parametrize("query", [{"dept": "nobody"}, {"company": "1"}])
def test_a_department_or_company_that_is_not_there_is_a_404(
    client: Client, world: World, budget: BudgetNode, query: dict[str, str]
) -> None:
    client.force_login(world.carol)
    assert client.get(OVERVIEW, query).status_code == 404


def test_finance_without_any_budget_is_told_how_to_begin(client: Client, world: World) -> None:
    assert "bx-empty" in page(client, world.carol)


def test_a_budget_year_that_crosses_new_year_is_found_where_it_begins() -> None:
    year = periods.Span(2026)
    assert year.holds(date(2026, 4, 1), date(2027, 3, 31))
    assert not periods.Span(2027).holds(date(2026, 4, 1), date(2027, 3, 31))
    assert not periods.quarter_of(2026, 4).holds(date(2026, 4, 1), date(2027, 3, 31))


@pytest.mark.parametrize(("rate", "shade"), [
    ("0", "0"), ("59.9", "0"), ("60", "60"), ("79.9", "60"), ("80", "80"), ("90", "90"), ("100.0", "90"),
    ("100.1", "over"), ("110.0", "over"), ("110.1", "far"),
])  # fmt: skip
def test_the_shades_of_the_heat_map_change_where_its_key_says(rate: str, shade: str) -> None:
    assert overview.shade_of(Decimal(rate)) == shade


# --- Statements -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("many", [1, 50])
def test_the_pages_take_no_more_statements_for_fifty_than_for_one(
    client: Client, world: World, django_assert_max_num_queries, many: int
) -> None:
    for _n in range(many):
        department = make_department(world.company, parent=world.department)
        node = make_node(department, "1000")
        spend_some(charge("1", department))
    for _n in range(many):
        spend_some(charge("1", department))
    client.force_login(world.carol)
    for address in (OVERVIEW, reverse("budgets:rows"), reverse("budgets:node", args=[node.public_id])):
        for query in ({}, {"list": "movements"}):
            with django_assert_max_num_queries(LIST_PAGE_STATEMENTS):
                assert client.get(address, query).status_code == 200


# --- What others ask --------------------------------------------------------------------------------------------------
def test_a_preview_says_what_would_be_left_and_holds_nothing(world: World, budget: BudgetNode) -> None:
    effects = selectors.preview([charge("4000", world.department, world.travel)])
    assert [(effect.node.period, effect.available_before, effect.after, effect.over) for effect in effects] == [
        ("2026-11", Decimal("2999.50"), Decimal("-1000.50"), True),
        ("2026-11", Decimal("4629.50"), Decimal("629.50"), False),
        ("2026", Decimal("114629.50"), Decimal("110629.50"), False),
    ]
    assert selectors.preview([charge("4000", world.department, world.travel)]) == effects


def test_the_effect_of_a_submitted_document_is_told_against_what_is_left_now(world: World) -> None:
    make_node(world.department, "1000")
    document = spend_some(charge("300", world.department))
    [effect] = selectors.effect_of(document)
    assert (effect.available_before, effect.taken, effect.after) == (Decimal(1000), Decimal(300), Decimal(700))
    services.release(document_id=document, key=f"{document}:1", at=NOON)
    assert selectors.effect_of(document) == []


def test_a_department_stands_as_its_shortest_budget_period_says(world: World, budget: BudgetNode) -> None:
    summary = selectors.department_summary(world.department, date(2026, 11, 24))
    assert summary is not None
    assert (summary.period, summary.sums.amount, summary.sums.available) == (
        "2026-11",
        Decimal(10000),
        Decimal("4629.50"),
    )
    december = selectors.department_summary(world.department, date(2026, 12, 1))
    assert december is not None
    assert december.period == "2026"
    assert selectors.department_summary(world.department, date(2027, 1, 1)) is None
