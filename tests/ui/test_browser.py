"""The frame of the pages in a real browser: keys, menus, appearance, messages, and what axe-core thinks of it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.builders import World, make_world
from tests.ui.conftest import LOOKS, Visitor, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


@LOOKS
def test_pages_of_the_portal_are_accessible_and_fit(
    visit: Any, world: World, size: str, language: str, theme: str
) -> None:
    visitor: Visitor = visit(size, color_scheme=theme).speak(language)
    pages = [visitor.open("/login/")]
    visitor.sign_in_by_hand(world.alice)
    pages += [visitor.open(path) for path in ("/", "/me/", "/me/password/", "/search/")]
    for page in pages:
        assert page.locator("html").get_attribute("data-bs-theme") == theme
        assert not violations(page), page.url
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), page.url


def test_a_slash_goes_to_the_search_unless_one_is_typing(visit: Any, world: World) -> None:
    page = visit().sign_in(world.alice).open("/me/password/")
    page.locator("[name=old_password]").press("/")
    assert page.locator("[name=old_password]").input_value() == "/"
    page.locator("body").click()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()


def test_a_menu_closes_on_escape_and_on_a_click_outside(visit: Any, world: World) -> None:
    page = visit().sign_in(world.alice).open("/me/")
    menu, opener = page.locator("header details.bx-menu"), page.locator("summary.bx-me")
    opener.click()
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(opener).to_be_focused()
    opener.click()
    page.locator("main").click()
    expect(menu).not_to_have_attribute("open", "")


def test_the_appearance_is_kept_on_the_device(visit: Any, world: World) -> None:
    visitor = visit(color_scheme="light").sign_in(world.alice)
    page = visitor.open("/me/")
    page.locator("main [data-theme-choice=dark] + span").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    again = visitor.open("/")
    expect(again.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.locator("main [data-theme-choice=system] + span").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_phones_plus_opens_a_sheet_and_the_shade_closes_it(visit: Any, world: World) -> None:
    page = visit("phone").sign_in(world.alice).open("/")
    sheet = page.locator(".bx-sheet-list")
    expect(sheet).to_be_hidden()
    page.locator(".bx-tab-new").tap()
    expect(sheet).to_be_visible()
    expect(sheet.locator(".bx-menu-item")).to_have_count(4)
    page.touchscreen.tap(200, 80)
    expect(sheet).to_be_hidden()


def test_a_failed_request_leaves_the_page_and_says_so(visit: Any, world: World) -> None:
    visitor = visit().sign_in(world.alice)
    page = visitor.open("/me/")
    page.evaluate("htmx.ajax('GET', '/nothing/here/', {target: '#main', swap: 'innerHTML'})")
    toast = page.locator("#toasts .bx-toast[data-is=bad]")
    expect(toast).to_contain_text("它已不存在")
    expect(page.locator("main h1")).to_be_visible()  # what was there is still there
    toast.locator("[data-dismiss]").click()
    expect(toast).to_have_count(0)
    visitor.said.clear()  # the browser itself reports the 404


def test_an_answer_from_something_in_between_is_explained_too(visit: Any, world: World) -> None:
    visitor = visit().sign_in(world.alice)
    page = visitor.open("/me/")
    page.route("**/gateway/", lambda route: route.fulfill(status=502, body="<html>Bad gateway</html>"))
    page.evaluate("htmx.ajax('GET', '/gateway/', {target: '#main'})")
    expect(page.locator("#toasts .bx-toast[data-is=bad]")).to_contain_text("返回 502")
    expect(page.locator("#toasts")).not_to_contain_text("Bad gateway")
    visitor.said.clear()


def test_being_offline_is_said_and_taken_back(visit: Any, world: World) -> None:
    visitor = visit().sign_in(world.alice)
    page = visitor.open("/me/")
    visitor.context.set_offline(True)
    expect(page.locator("#toasts")).to_contain_text("网络已断开")
    visitor.context.set_offline(False)
    expect(page.locator("#toasts")).not_to_contain_text("网络已断开")
    visitor.said.clear()


def test_everything_on_a_phone_is_large_enough_for_a_thumb(visit: Any, world: World) -> None:
    visitor = visit("phone").sign_in(world.alice)
    small = """() => [...document.querySelectorAll('main a, main button, main summary, nav a, nav summary, header a')]
        .filter((e) => e.offsetParent && e.getBoundingClientRect().height < 44)
        .map((e) => e.outerHTML.slice(0, 80))"""
    for path in ("/", "/me/"):
        assert visitor.open(path).evaluate(small) == []
