"""Lists and search: only what the viewer may see, how far it is and who holds it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from approvals import selectors as approvals
from directory import rights
from reimburse import selectors, services, showing
from reimburse.models import Document
from tests.builders import NOON, TODAY, World, grant
from tests.reimburse import build


def found(viewer, text: str) -> list[Document]:
    rights.forget(viewer)
    return selectors.search(viewer, text)


@pytest.mark.parametrize("make", [build.make_claim, build.make_advance])
def test_who_sees_a_document(routed: World, make) -> None:
    draft, sent = make(routed), build.submit(make(routed))

    def seen(viewer) -> set[Document]:
        return set(selectors.visible_to(viewer))

    assert seen(routed.alice) == {draft, sent}
    assert seen(routed.bob) == {sent}  # he is asked
    assert seen(routed.carol) == {sent}  # she sees all of the company that was ever sent
    assert seen(routed.erin) == set()
    assert seen(routed.dan) == set()
    build.decide(sent)
    assert seen(routed.bob) == {sent}  # he was asked


def test_the_right_for_one_company_is_none_for_another(routed: World) -> None:
    build.submit(build.make_claim(routed))
    grant(routed.dan, rights.SEE_ALL_DOCUMENTS, company=routed.other_company)
    assert not selectors.visible_to(routed.dan).exists()
    assert selectors.company_documents(routed.dan).rows == []


@pytest.mark.parametrize(
    "text", ["BX-2026-000001", "000001", "苏州发布会", "Alice", "106", "106.00", "¥106.00", "云栖湾"]
)
def test_search_by_number_title_person_amount_and_seller(routed: World, text: str) -> None:
    claim = build.make_claim(routed, "106.00")
    claim = services.save_draft(
        document_id=claim.public_id,
        employee=routed.alice,
        version=claim.version,
        changes=services.Changes(head={"title": "苏州发布会"}),
        at=NOON,
    )
    claim = build.submit(claim)
    assert found(routed.alice, text) == [claim]
    assert found(routed.carol, text) == [claim]
    assert found(routed.dan, text) == []


@pytest.mark.parametrize("text", ["", "  ", "nothing of the sort", "1e999999", "NaN", "%"])
def test_search_finds_nothing_where_nothing_is(routed: World, text: str) -> None:
    build.submit(build.make_claim(routed))
    assert found(routed.alice, text) == []


def test_the_row_says_how_far_and_who_holds_it(routed: World) -> None:
    claim = build.make_claim(routed)

    def row() -> selectors.Row:
        return selectors.my_documents(routed.alice).rows[0]

    assert row().dots == ["next", "next", "next"]
    claim = build.submit(claim)
    assert (row().dots, row().holders, row().since) == (["done", "now", "next"], "Bob", NOON)
    claim = build.decide(claim, "return", comment="缺水单")
    assert (row().dots, row().holders, row().comment) == (["returned", "next", "next"], "Bob", "缺水单")
    claim = build.decide(build.submit(claim))
    assert (row().dots, row().holders) == (["done", "done", "next"], "")


def test_rejected_and_posted_rows(routed: World) -> None:
    rejected = build.decide(build.submit(build.make_claim(routed)), "reject", comment="不符合制度")
    assert selectors.dots_of(rejected) == ["done", "rejected", "next"]
    posted = build.decide(build.submit(build.make_claim(routed)))
    posted.status = Document.Status.POSTED
    assert selectors.dots_of(posted) == ["done", "done", "paid"]


def test_counts_by_chip(routed: World) -> None:
    build.submit(build.make_claim(routed))
    build.make_claim(routed)
    build.make_advance(routed)
    counts = selectors.counts(routed.alice)
    assert (counts["all"], counts["draft"], counts["waiting"], counts["posted"]) == (3, 2, 1, 0)
    assert selectors.counts(routed.bob)["all"] == 0


def test_my_month_adds_up_claims_by_how_far_they_are(routed: World) -> None:
    build.submit(build.make_claim(routed, "10.00"))
    build.decide(build.submit(build.make_claim(routed, "20.00")))
    build.submit(build.make_claim(routed, "40.00"), at=NOON.replace(month=12))  # another month
    build.submit(build.make_advance(routed))  # not spent
    month = selectors.my_month(routed.alice, TODAY)
    assert (month.waiting, month.approved, month.posted, month.total) == (10, 20, 0, 30)


def test_what_came_back_to_me(routed: World) -> None:
    build.decide(build.submit(build.make_claim(routed)), "return", comment="缺水单")
    assert [row.comment for row in selectors.returned_to(routed.alice)] == ["缺水单"]
    assert selectors.returned_to(routed.bob) == []
    assert Decimal(0) == selectors.my_month(routed.bob, TODAY).total


def test_the_stages_of_a_page(routed: World) -> None:
    def states(document: Document) -> list[str]:
        request = build.request_of(document)
        return [stage.state for stage in showing.stages_of(document, approvals.route_of(request))]

    claim = build.submit(build.make_claim(routed))
    assert states(claim) == ["done", "now", "next"]
    claim = build.decide(claim, "return", comment="缺水单")
    assert states(claim) == ["done", "returned", "next"]
    claim = services.withdraw(document_id=build.submit(claim).public_id, employee=routed.alice, at=NOON)
    assert states(claim) == ["returned", "next", "next"]
    claim = build.decide(build.submit(claim))
    assert states(claim) == ["done", "done", "next"]
