"""The editor played in a real browser: typed, walked through by keyboard, sent; on a phone as well."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from reimburse import services
from reimburse.models import Document
from tests.builders import World, make_world
from tests.reimburse import build
from tests.ui.conftest import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db: None) -> World:
    world = make_world()
    build.make_route(world.company, world.bob)
    return world


def make_draft(world: World) -> Document:
    today = timezone.localdate()
    return build.type_in(build.make_claim(world, "73.00", "86.50", "540.00", issued_on=today), spent_on=today)


def edit(visit: Any, world: World, draft: Document, device: str = "desk") -> Page:
    page: Page = visit(device).sign_in(world.alice).open(f"/documents/{draft.public_id}/edit/")
    return page


def field(page: Page, name: str) -> Any:
    return page.locator(f"#draft [name=line-{name}]")


def opened(page: Page, number: int) -> None:
    expect(page.locator(".bx-edit-line.is-open .bx-edit-no")).to_have_text(str(number))


def test_a_claim_is_typed_walked_through_and_sent_by_keyboard(world: World, visit: Any) -> None:
    draft = make_draft(world)
    page = edit(visit, world, draft)
    opened(page, 1)
    field(page, "amount").fill("70")
    expect(page.locator("#total")).to_have_text("¥696.50")

    field(page, "purpose").fill("杭州东到上海")
    page.keyboard.press("Enter")  # what was typed last is saved along with the step to the next line
    opened(page, 2)
    expect(field(page, "purpose")).to_be_focused()
    first = draft.lines.order_by("position").first()
    assert first is not None
    assert (first.purpose, first.amount) == ("杭州东到上海", Decimal("70.00"))

    page.locator(".bx-edit-open").last.click()
    opened(page, 3)
    expect(field(page, "expense_type")).to_be_focused()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/documents/{draft.public_id}/")
    draft.refresh_from_db()
    assert (draft.status, draft.total) == ("waiting", Decimal("696.50"))
    assert violations(page) == []


def test_a_click_on_the_notes_leads_to_the_line_to_be_mended(world: World, visit: Any) -> None:
    draft = make_draft(world)
    line = build.lines_of(draft)[2]
    draft = services.save_draft(
        document_id=draft.public_id,
        employee=world.alice,
        version=draft.version,
        changes=services.Changes(lines={line.public_id: {"amount": Decimal("600.00")}}),
        at=timezone.now(),
    )
    page = edit(visit, world, draft)
    page.locator(".bx-edit-open").first.click()
    opened(page, 1)
    page.locator("#walk").click()
    opened(page, 3)
    expect(page.locator("#notes .bx-finding")).to_have_count(1)
    field(page, "amount").fill("540")
    expect(page.locator("#walk")).to_have_count(0)
    assert violations(page) == []


def test_the_older_window_is_told_and_keeps_what_was_typed(world: World, visit: Any) -> None:
    draft = make_draft(world)
    visitor = visit("desk").sign_in(world.alice)
    page = visitor.open(f"/documents/{draft.public_id}/edit/")
    build.type_in(draft, purpose="from another window")
    page.locator("#title").fill("from the older window")
    expect(page.locator("#toasts .bx-toast")).to_be_visible()
    expect(page.locator("#title")).to_have_value("from the older window")
    draft.refresh_from_db()
    assert draft.title != "from the older window"
    assert all("409" in line for line in visitor.said)
    visitor.said.clear()  # the browser itself notes every refusal


def test_invoices_are_picked_from_the_wallet_in_a_dialog(world: World, visit: Any) -> None:
    draft = make_draft(world)
    build.make_invoice(world.alice, world.company, total="45.00")
    page = edit(visit, world, draft)
    page.locator(".bx-edit-add a").click()
    dialog = page.locator("dialog.bx-picker")
    expect(dialog).to_be_visible()
    dialog.locator("input[type=checkbox]").check()
    dialog.locator("button[type=submit]").click()
    expect(page.locator("#total")).to_have_text("¥744.50")
    expect(page.locator(".bx-edit-line")).to_have_count(4)
    expect(dialog).to_have_count(0)


def test_on_a_phone_the_foot_stays_and_nothing_scrolls_sideways(world: World, visit: Any) -> None:
    draft = make_draft(world)
    page = edit(visit, world, draft, "phone")
    expect(page.locator("#send")).to_be_in_viewport()
    page.locator(".bx-edit-open").last.click()
    opened(page, 3)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    page.locator("#send").click()
    page.wait_for_url(f"**/documents/{draft.public_id}/")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
