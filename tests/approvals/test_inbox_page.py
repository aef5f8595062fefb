"""The inbox: the list, a case, answers by form and by htmx, several at once, what was done, who may see what."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from approvals import selectors, services
from approvals.models import Slot
from tests.approvals.cast import Source, ask, decide, make_route, step, turn_of, waiting_for
from tests.builders import NOON, make_employee, make_post

HTMX = {"HX-Request": "true"}
FLAG = {"code": "budget_warned", "severity": "warn", "where": "", "params": {}}


@pytest.fixture(autouse=True)
def _worded(monkeypatch):
    from common import findings

    monkeypatch.setitem(findings._wordings, FLAG["code"], "the budget is nearly used up")


@pytest.fixture
def route(world):
    return make_route(world.company, step(Source.MANAGER), step(Source.ROLE, role="finance", name="财务"))


@pytest.fixture
def bobs(client, world):
    client.force_login(world.bob)
    return client


def fill(world, count, **changes):
    return [ask(world, number=f"N-{n:03}", at=NOON + timedelta(minutes=n), **changes) for n in range(count)]


def address(name, slot):
    return reverse(f"approvals:{name}", args=[slot.public_id])


def test_the_list_shows_who_what_how_much_and_the_first_case_fetches_its_pane(bobs, world, route):
    request = ask(world, title="广州展会")
    page = bobs.get("/inbox/").content.decode()

    for text in ("Alice", "广州展会", "100.00", f"q-{turn_of(request, world.bob).public_id}"):
        assert text in page
    assert f'hx-get="{address("show", turn_of(request, world.bob))}"' in page
    assert 'hx-trigger="load"' in page


def test_an_empty_inbox_says_what_it_is_for(bobs, world):
    page = bobs.get("/inbox/")

    assert page.status_code == 200
    assert 'id="case"' in page.content.decode()


def test_what_deserves_attention_stands_first_and_the_chips_count_it(bobs, world, route):
    plain = ask(world, number="N-1")
    flagged = ask(world, number="N-2", at=NOON - timedelta(days=3), attention=[FLAG])
    page = bobs.get("/inbox/").context

    assert [row.slot.request_id for row in page["rows"]] == [flagged.pk, plain.pk]
    assert (page["summary"].count, page["summary"].flagged, page["summary"].plain) == (2, 1, 1)
    assert [row.request.number for row in bobs.get("/inbox/?show=flagged").context["rows"]] == ["N-2"]
    assert [row.request.number for row in bobs.get("/inbox/?show=plain").context["rows"]] == ["N-1"]
    assert len(bobs.get("/inbox/?show=nonsense").context["rows"]) == 2
    assert "the budget is nearly used up" in bobs.get("/inbox/").content.decode()


def test_more_rows_follow_without_gap_or_repeat(bobs, world, route):
    count = selectors.PAGE + 3
    numbers = {request.number for request in fill(world, count)}
    first = bobs.get("/inbox/").context
    second = bobs.get(f"/inbox/?after={first['next']}", headers=HTMX)

    shown = [row.request.number for row in first["rows"] + second.context["rows"]]
    assert len(shown) == len(set(shown)) == count
    assert set(shown) == numbers
    assert second.context["next"] == ""
    assert "<html" not in second.content.decode()
    assert bobs.get("/inbox/?after=nonsense").status_code == 200


def test_a_case_is_a_page_of_its_own_and_a_fragment_for_htmx(bobs, world, route):
    request = ask(world)
    slot = turn_of(request, world.bob)

    page = bobs.get(address("show", slot)).content.decode()
    fragment = bobs.get(address("show", slot), headers=HTMX).content.decode()

    for text in (page, fragment):
        assert str(request.subject_id) in text  # drawn by the kind
        assert "财务" in text  # what an approval leads to
        assert "Carol" in text
        assert 'hx-trigger="load"' not in text
    assert "<html" in page
    assert "<html" not in fragment


def test_after_an_answer_the_next_case_is_there_and_the_row_is_gone(bobs, world, route):
    first, second = fill(world, 2)
    slot, following = turn_of(second, world.bob), turn_of(first, world.bob)  # the newest stands first

    response = bobs.post(address("decide", slot), {"action": "approve"}, headers=HTMX)

    text = response.content.decode()
    assert waiting_for(second) == ["carol"]
    assert f'data-slot="{following.public_id}"' in text
    assert f'<li id="q-{slot.public_id}" hx-swap-oob="delete">' in text
    assert response["HX-Replace-Url"] == address("show", following)
    assert "badges" in response["HX-Trigger"]


def test_the_chip_is_kept_from_case_to_case(bobs, world, route):
    plain = ask(world, number="N-1")
    flagged = [ask(world, number=f"F-{n}", attention=[FLAG]) for n in range(2)]
    slot = turn_of(flagged[1], world.bob)

    response = bobs.post(address("decide", slot), {"action": "approve", "show": "flagged"}, headers=HTMX)
    assert response["HX-Replace-Url"] == address("show", turn_of(flagged[0], world.bob)) + "?show=flagged"

    response = bobs.post(
        address("decide", turn_of(flagged[0], world.bob)), {"action": "approve", "show": "flagged"}, headers=HTMX
    )
    assert response["HX-Replace-Url"] == "/inbox/?show=flagged"
    assert waiting_for(plain) == ["bob"]


def test_without_script_an_answer_leads_to_the_next_page(bobs, world, route):
    first, second = fill(world, 2)

    response = bobs.post(address("decide", turn_of(second, world.bob)), {"action": "return", "comment": "which fair?"})

    assert response.status_code == 302
    assert response["Location"] == address("show", turn_of(first, world.bob))
    second.refresh_from_db()
    assert second.status == "returned"
    assert "N-001" in bobs.get(response["Location"]).content.decode()


def test_a_refusal_without_reason_and_an_unknown_answer_are_told_what_to_do(bobs, world, route):
    slot = turn_of(ask(world), world.bob)

    for data in ({"action": "return"}, {"action": "forget"}, {}, {"action": "return", "comment": "x" * 501}):
        response = bobs.post(address("decide", slot), data, headers=HTMX)
        assert response.status_code == 422
        assert response["HX-Retarget"] == "#toasts"
    slot.refresh_from_db()
    assert slot.state == "open"


def test_a_second_answer_is_told_what_the_first_did(bobs, world, route):
    slot = turn_of(ask(world), world.bob)
    bobs.post(address("decide", slot), {"action": "approve"})

    response = bobs.post(address("decide", slot), {"action": "approve"}, headers=HTMX)

    assert response.status_code == 409
    page = bobs.get(address("show", slot))
    assert page.status_code == 200
    assert 'id="decision"' not in page.content.decode()


def test_several_are_approved_at_once_with_an_outcome_for_each(bobs, world, route):
    requests = fill(world, 3)
    slots = [turn_of(request, world.bob) for request in requests]
    decide(requests[1], world.bob)

    response = bobs.post(
        "/inbox/approve/", {"slots": [str(slot.public_id) for slot in slots] + ["rubbish"]}, headers=HTMX
    )

    assert [good for _row, _said, good in response.context["outcomes"]] == [True, False, True]
    assert [waiting_for(request) for request in requests] == [["carol"]] * 3
    assert bobs.post("/inbox/approve/", {}, headers=HTMX).status_code == 422


def test_a_turn_is_handed_over_to_a_colleague_found_by_name(bobs, world, route):
    frank = make_employee("frank", name="钱多多", staff_number="E-77")
    make_post(frank, world.department)
    request = ask(world)
    slot = turn_of(request, world.bob)

    def found(text):
        return [
            person.username
            for person in bobs.get(address("transfer", slot), {"q": text}, headers=HTMX).context["people"]
        ]

    assert found("钱多") == found("fra") == found("fra\0") == found("E-77") == ["frank"]
    assert found("dan") == found("alice") == found("bob") == found("") == found("%") == []
    people = bobs.get(address("transfer", slot), {"q": "fra"}, headers=HTMX | {"HX-Target": "people"})
    assert people.content.decode().strip().startswith('<div class="bx-people"')
    assert bobs.get(address("transfer", slot)).status_code == 200

    response = bobs.post(address("transfer", slot), {"to": str(frank.public_id), "comment": "yours"}, headers=HTMX)

    assert response.status_code == 200
    assert waiting_for(request) == ["frank"]
    assert bobs.post(address("transfer", slot), {"to": str(frank.public_id)}).status_code == 404


def test_a_hand_over_to_nobody_is_told_what_to_do(bobs, world, route):
    slot = turn_of(ask(world), world.bob)

    for data in ({}, {"to": str(uuid.uuid4())}, {"to": "rubbish"}):
        assert bobs.post(address("transfer", slot), data, headers=HTMX).status_code == 422


def test_what_i_decided_is_listed_the_latest_first(bobs, world, route):
    first, second, third = fill(world, 3)
    decide(first, world.bob, at=NOON + timedelta(hours=1))
    decide(second, world.bob, "return", comment="which fair?", at=NOON + timedelta(hours=2))
    assert [row.request.number for row in bobs.get("/inbox/done/").context["rows"]] == ["N-001", "N-000"]
    page = bobs.get("/inbox/done/").content.decode()
    assert "which fair?" in page
    assert f"/notes/{second.subject_id}/" in page
    assert third.number not in page


def test_the_process_administrator_sees_what_is_stuck_and_hands_it_over(client, world, route):
    request = ask(world)
    slot = turn_of(request, world.bob)
    world.bob.is_active = False
    world.bob.save()
    client.force_login(world.carol)

    assert client.get("/inbox/").context["stuck"] == 1
    assert request.number in client.get("/inbox/stuck/").content.decode()
    found = client.get(address("transfer", slot), {"q": "carol"}).context["people"]
    assert found == [world.carol]  # she may take it herself
    response = client.post(address("transfer", slot), {"to": str(world.erin.public_id)})

    assert response["Location"] == "/inbox/stuck/"
    assert waiting_for(request) == ["erin"]
    client.force_login(world.erin)
    assert client.get("/inbox/stuck/").status_code == 404


@pytest.mark.parametrize("stranger", ["alice", "carol", "erin", "dan"])
def test_a_turn_of_somebody_else_is_not_there(client, world, route, stranger):
    slot = turn_of(ask(world), world.bob)
    client.force_login(getattr(world, stranger))

    for request in (
        client.get(address("show", slot)),
        client.post(address("decide", slot), {"action": "approve"}, headers=HTMX),
    ):
        assert request.status_code == 404
    if stranger != "carol":  # the process administrator may hand it over
        assert client.get(address("transfer", slot)).status_code == 404
        assert (
            client.post(address("transfer", slot), {"to": str(world.erin.public_id)}, headers=HTMX).status_code == 404
        )
    outcome = client.post("/inbox/approve/", {"slots": [str(slot.public_id)]}).context["outcomes"]
    assert [(row, good) for row, _said, good in outcome] == [(None, False)]
    assert str(slot.request.number) not in client.get("/inbox/").content.decode()
    slot.refresh_from_db()
    assert slot.state == Slot.State.OPEN


def test_pages_change_nothing_by_get_and_ask_for_a_sign_in(client, world, route):
    slot = turn_of(ask(world), world.bob)
    assert client.get("/inbox/").status_code == 302
    client.force_login(world.bob)
    assert client.get(address("decide", slot)).status_code == 405
    assert client.get("/inbox/approve/").status_code == 405


@pytest.mark.parametrize("count", [1, 50])
def test_the_page_costs_the_same_for_one_document_and_for_fifty(
    client, world, route, count, django_assert_max_num_queries
):
    fill(world, count, attention=[FLAG])
    client.force_login(world.carol)  # who administers besides
    Slot.objects.update(approver=world.carol)

    with django_assert_max_num_queries(9):
        rows = client.get("/inbox/").context["rows"]
    assert len(rows) == min(count, selectors.PAGE)


@pytest.mark.parametrize("count", [1, 50])
def test_a_decision_costs_the_same_with_one_waiting_and_with_fifty(
    bobs, world, route, count, django_assert_max_num_queries
):
    slot = turn_of(fill(world, count)[-1], world.bob)

    with django_assert_max_num_queries(25):  # the engine's, and session, viewer, next case and counts
        assert bobs.post(address("decide", slot), {"action": "approve"}, headers=HTMX).status_code == 200


def test_a_kind_that_no_app_draws_any_more_still_shows_its_columns(bobs, world, route):
    from approvals import kinds

    request = ask(world)
    slot = turn_of(request, world.bob)
    kinds._kinds.pop("note")
    try:
        page = bobs.get(address("show", slot)).content.decode()
        assert bobs.get("/inbox/").status_code == 200
    finally:
        from tests.approvals import cast

        kinds.register(cast.KIND)
    assert request.number in page
    assert services.decide(slot_id=slot.public_id, actor=world.bob, action="approve", at=NOON)
