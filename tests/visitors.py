"""A real browser for the tests that need one: its fixtures, for every folder of tests (registered in conftest.py)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from directory.models import Employee
from scripts import browser
from tests.builders import PASSWORD

SIZES = {"desk": (1280, 800), "phone": (390, 844)}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the whole run: playwright allows no second one in the same thread."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's own event loop runs in this thread
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser.executable(), args=browser.arguments())
        yield running
        running.close()


def settled(page: Page) -> None:
    """Whatever was asked of the server has been answered and put into the page."""
    page.wait_for_load_state()
    expect(page.locator(".htmx-request, .htmx-settling, .htmx-swapping")).to_have_count(0)


@dataclass
class Visitor:
    """A browser of one size, and what its console said."""

    context: BrowserContext
    address: str
    said: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        page = self.context.new_page()
        page.on("console", lambda message: self.said.append(f"{page.url}: {message.text}"))
        page.on("pageerror", lambda error: self.said.append(f"{page.url}: {error}"))
        page.goto(self.address + path)
        settled(page)
        return page

    def sign_in(self, employee: Employee) -> Visitor:
        """With a session made on the spot, for tests of other things than signing in."""
        client = Client()
        client.force_login(employee, backend="django.contrib.auth.backends.ModelBackend")
        name = settings.SESSION_COOKIE_NAME
        self.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self.address}])
        return self

    def sign_in_by_hand(self, employee: Employee, password: str = PASSWORD) -> Visitor:
        page = self.open("/login/")
        page.fill("[name=username]", employee.username)
        page.fill("[name=password]", password)
        page.click("button.btn-primary")
        page.wait_for_url(lambda address: "/login/" not in address)
        page.close()
        return self

    def speak(self, language: str) -> Visitor:
        self.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": self.address}])
        return self


@pytest.fixture
def visit(chromium: Browser, live_server: Any) -> Iterator[Any]:
    """visit("desk") or visit("phone"): a new visitor; the console must stay silent unless a test empties `said`."""
    visitors: list[Visitor] = []

    def make(size: str = "desk", **options: Any) -> Visitor:
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height}, has_touch=size == "phone", is_mobile=size == "phone", **options
        )
        visitors.append(Visitor(context, live_server.url))
        return visitors[-1]

    yield make
    said = [line for visitor in visitors for line in visitor.said]
    for visitor in visitors:
        visitor.context.close()
    assert not said, said
