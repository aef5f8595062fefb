"""The inbox played in a real browser: by keyboard on a desk, by thumb on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from approvals.models import ApprovalRequest, Slot
from reimburse.models import Document
from tests.builders import World, make_employee, make_post, make_world
from tests.reimburse import build
from tests.ui.conftest import LOOKS, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COUNT = 6


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


@pytest.fixture
def documents(world: World) -> list[Document]:
    """Alice's claims that wait for Bob, the newest (last) on top."""
    build.make_route(world.company, world.bob, world.carol)
    sent = []
    for n in range(COUNT):
        document = build.make_claim(world, f"{100 + n}.00")
        sent.append(build.submit(document, at=timezone.now()))
    return sent


def head(page: Page) -> str:
    return page.locator("#case h2").first.inner_text()


def wait_for_case(page: Page, document: Document) -> None:
    """The document's head and its own drawing are there."""
    expect(page.locator("#case")).to_have_attribute("aria-label", document.number)
    expect(page.locator("#case .bx-case-lines")).to_be_visible()


def status_of(document: Document) -> str:
    return ApprovalRequest.objects.get(subject_id=document.public_id).status


def waits_for_carol(world: World, document: Document) -> bool:
    return Slot.objects.filter(request__subject_id=document.public_id, approver=world.carol, state="open").exists()


def test_an_approver_clears_the_list_by_keyboard(world: World, documents: list[Document], visit: Any) -> None:
    *_, fourth, fifth, sixth = documents
    page = visit("desk").sign_in(world.bob).open("/inbox/")
    wait_for_case(page, sixth)
    expect(page.locator(".bx-q-row")).to_have_count(COUNT)

    page.keyboard.press("j")
    wait_for_case(page, fifth)
    assert Slot.objects.get(request__subject_id=fifth.public_id).public_id.hex in page.url.replace("-", "")
    page.keyboard.press("k")
    wait_for_case(page, sixth)

    page.keyboard.press("a")
    page.keyboard.press("a")  # a nervous finger: the next document must not be approved by it
    wait_for_case(page, fifth)
    expect(page.locator(".bx-q-row")).to_have_count(COUNT - 1)
    assert waits_for_carol(world, sixth)
    assert not waits_for_carol(world, fifth)

    page.wait_for_timeout(600)
    page.keyboard.press("r")  # without a reason nothing is sent, and the field is asked for
    expect(page.locator("#decision [name=comment]")).to_be_focused()
    assert status_of(fifth) == "waiting"
    page.keyboard.type("the hotel's folio is missing, j a r")  # letters in the field are no commands
    page.keyboard.press("Tab")
    page.locator("#decision [value=return]").click()
    wait_for_case(page, fourth)
    assert status_of(fifth) == "returned"
    expect(page.locator("#toasts .bx-toast").first).to_be_visible()


def test_fast_keys_move_as_often_as_they_are_pressed(world: World, documents: list[Document], visit: Any) -> None:
    page = visit("desk").sign_in(world.bob).open("/inbox/")
    wait_for_case(page, documents[-1])

    for key in "jjjk":
        page.keyboard.press(key)

    wait_for_case(page, documents[-3])
    expect(page.locator(".bx-q[aria-current]")).to_have_count(1)


def test_several_are_selected_and_approved_at_once(world: World, documents: list[Document], visit: Any) -> None:
    page = visit("desk").sign_in(world.bob).open("/inbox/")
    wait_for_case(page, documents[-1])
    expect(page.locator(".bx-batch")).to_be_hidden()

    for key in "xjx":
        page.keyboard.press(key)
    expect(page.locator("[data-batch]")).to_contain_text("209.00")  # 105.00 and 104.00
    page.click("#batch button")

    expect(page.locator("#case .bx-list-row")).to_have_count(2)
    expect(page.locator(".bx-q-row")).to_have_count(COUNT - 2)
    assert [waits_for_carol(world, document) for document in documents[-2:]] == [True, True]


def test_a_turn_is_handed_over_to_somebody_found_by_name(world: World, documents: list[Document], visit: Any) -> None:
    frank = make_employee("frank", name="钱多多")
    make_post(frank, world.department)
    page = visit("desk").sign_in(world.bob).open("/inbox/")
    wait_for_case(page, documents[-1])

    page.click(".bx-decide-transfer")
    expect(page.locator("#hand-over [name=q]")).to_be_focused()
    page.keyboard.type("钱多")
    page.locator(".bx-people-row").click()
    page.locator("#hand-over button[type=submit]").click()

    wait_for_case(page, documents[-2])
    assert Slot.objects.get(request__subject_id=documents[-1].public_id, state="open").approver == frank


def test_on_a_phone_it_is_one_card_with_the_answers_under_the_thumb(
    world: World, documents: list[Document], visit: Any
) -> None:
    page = visit("phone").sign_in(world.bob).open("/inbox/")
    wait_for_case(page, documents[-1])
    expect(page.locator(".bx-queue")).to_be_hidden()
    expect(page.locator(".bx-tabs")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for button in page.locator("#decision .btn:visible, .bx-case-progress a:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44

    page.click("#decision [value=approve]")
    wait_for_case(page, documents[-2])
    page.click("#decision [value=return]")  # unfolds the field that it needs
    expect(page.locator("#decision [name=comment]")).to_be_focused()
    page.fill("#decision [name=comment]", "which fair?")
    page.click("#decision [value=return]")
    wait_for_case(page, documents[-3])
    assert (waits_for_carol(world, documents[-1]), status_of(documents[-2])) == (True, "returned")


@LOOKS
def test_the_pages_are_accessible(
    world: World, documents: list[Document], visit: Any, size: str, language: str, theme: str
) -> None:
    visitor = visit(size, color_scheme=theme).speak(language).sign_in(world.bob)
    page = visitor.open("/inbox/")
    wait_for_case(page, documents[-1])
    slot = build.open_slot(documents[-1])
    found = violations(page)
    for path in (f"/inbox/{slot.public_id}/transfer/?q=carol", "/inbox/done/"):
        found += violations(visitor.open(path))
    visitor.said.clear()  # axe itself is refused some styles

    assert found == []
