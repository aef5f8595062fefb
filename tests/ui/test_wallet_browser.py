"""The wallet played in a real browser, with drawn invoices and a real reader process."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, Route, expect

from common import outbox
from demo.drawing import chance, ofd, pdf, photo
from demo.drawing.facts import InvoiceFacts, Party
from invoices.models import Invoice, Upload
from invoices.readers.base import Kind
from tests.builders import World, make_world
from tests.invoices.build import make_invoice
from tests.invoices.processes import running_reader
from tests.ui.conftest import LOOKS, Visitor, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SEED = 20261124
WAIT = 60_000  # milliseconds for a file to be sent and read


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


@pytest.fixture
def reader(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.READER_SOCKET = tmp_path / "reader.sock"
    with running_reader(settings.READER_SOCKET):
        yield


def drawn(world: World, rng: Random) -> InvoiceFacts:
    buyer = Party(world.company.name, world.company.tax_id)
    return chance.random_invoice(rng, Kind.EINVOICE, buyer=buyer, day=timezone.localdate(), red=False)


def payload(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def until_all_are_read(page: Page, number: int) -> None:
    """What the request did not get read in its two seconds is a worker's; this process is the worker meanwhile."""
    deadline = time.monotonic() + WAIT / 1000
    while Upload.objects.count() < number or Upload.objects.filter(finished_at=None).exists():
        assert time.monotonic() < deadline
        outbox.drain()
        page.wait_for_timeout(200)


def choose_files(page: Page, *files: FilePayload) -> None:
    page.locator(".bx-page-head input[type=file]").set_input_files(list(files))


def test_files_of_every_kind_are_chosen_read_and_told_by_name(visit: Any, world: World, reader: None) -> None:
    print("seed", SEED)
    rng = Random(SEED)
    first, second, third = (drawn(world, rng) for _ in range(3))
    page = visit().speak("en").sign_in(world.alice).open("/wallet/")
    expect(page.locator("h2", has_text="Your wallet is empty")).to_be_visible()
    choose_files(
        page,
        payload("一.pdf", pdf.draw(first)),
        payload("二.ofd", ofd.draw(second)),
        payload("三.jpg", photo.take(pdf.draw(third), rng)),
        payload("programm.pdf", b"MZ\x90\x00" + b"\x00" * 300),
    )
    until_all_are_read(page, 4)
    rows = page.locator("#upload-list li")
    expect(rows).to_have_count(4, timeout=WAIT)
    expect(rows.filter(has_text="一.pdf")).to_contain_text("Read, ¥", timeout=WAIT)
    expect(rows.filter(has_text="二.ofd")).to_contain_text("Read, ¥", timeout=WAIT)
    expect(rows.filter(has_text="三.jpg")).to_contain_text("Please confirm", timeout=WAIT)
    expect(rows.filter(has_text="programm.pdf")).to_contain_text("in truth of the type")
    expect(page.locator("#cards article")).to_have_count(3, timeout=WAIT)
    totals = {invoice.number: invoice.total for invoice in Invoice.objects.all()}
    assert totals == {facts.number: facts.total for facts in (first, second, third)}


def test_a_file_dropped_anywhere_on_the_page_is_taken(visit: Any, world: World, reader: None) -> None:
    page = visit().sign_in(world.alice).open("/wallet/")
    page.evaluate(
        """(bytes) => {
          const files = new DataTransfer();
          files.items.add(new File([new Uint8Array(bytes)], "dropped.pdf"));
          document.querySelector("h1").dispatchEvent(
            new DragEvent("drop", {dataTransfer: files, bubbles: true, cancelable: true}));
        }""",
        list(pdf.draw(drawn(world, Random(SEED + 1)))),
    )
    until_all_are_read(page, 1)
    expect(page.locator("#cards article")).to_have_count(1, timeout=WAIT)
    assert Upload.objects.get().name == "dropped.pdf"


def test_an_open_value_is_confirmed_on_its_card_without_losing_the_choice(visit: Any, world: World) -> None:
    make_invoice(world.alice, world.company, seller_name="甲", total="100.00")
    make_invoice(world.alice, world.company, seller_name="乙", total="86.50", unsure=["total"])
    visitor: Visitor = visit().speak("en").sign_in(world.alice)
    page = visitor.open("/wallet/")
    page.locator("article", has_text="甲").get_by_role("checkbox").check()
    card = page.locator("article", has_text="乙")
    card.locator("input[name=total]").fill("99")
    card.get_by_role("button", name="Confirm").click()
    expect(page.locator("#toasts")).to_contain_text("do not make 99.00")
    card.locator("input[name=total]").fill("86.50")
    card.locator("input[name=total]").press("Enter")
    expect(card.locator(".bx-mark", has_text="Recognised")).to_be_visible()
    expect(page.locator("#claim [data-count]")).to_have_text("1")
    visitor.said = [said for said in visitor.said if "422" not in said]  # the browser notes the refusal


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_the_dock_adds_up_what_is_chosen_over_pages_and_chips(visit: Any, world: World, size: str) -> None:
    for n in range(26):
        make_invoice(world.alice, world.company, seller_name=f"商家{n:02}", total=f"{1000 + n}.10")
    page = visit(size).speak("en").sign_in(world.alice).open("/wallet/")
    expect(page.locator("#claim")).to_be_hidden()
    page.locator("#cards article").nth(0).get_by_role("checkbox").check()
    page.locator("#cards article").nth(1).get_by_role("checkbox").check()
    expect(page.locator("#claim [data-sum]")).to_have_text("¥2,049.20")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")  # on a phone the dock and the tabs lie over the page
    page.get_by_role("link", name="Next page").click()
    expect(page.locator("#cards article")).to_have_count(2)
    page.locator("#cards article").nth(0).get_by_role("checkbox").check()
    page.locator(".bx-chip", has_text="Ready to claim").click()
    expect(page.locator("#claim [data-count]")).to_have_text("3")
    expect(page.locator("#claim [data-sum]")).to_have_text("¥3,050.30")
    sent: list[str] = []

    def keep(route: Route) -> None:
        sent.append(route.request.post_data or "")
        route.abort()

    page.route(re.compile("/documents/.*"), keep)
    page.get_by_role("button", name="Make a claim").click()
    page.wait_for_timeout(300)
    assert sent[0].count("invoice=") == 3


@LOOKS
def test_pages_of_the_wallet_are_accessible_and_fit(
    visit: Any, world: World, size: str, language: str, theme: str
) -> None:
    make_invoice(world.alice, world.company, total="1360.00")
    make_invoice(world.alice, world.company, total="1360.00")
    asked = make_invoice(world.alice, world.company, seller_name="浦江蓝鲸", unsure=["total"])
    typed = make_invoice(world.alice, world.company, number="", unsure=["number", "date", "total", "seller_name"])
    visitor: Visitor = visit(size, color_scheme=theme).speak(language).sign_in(world.alice)
    for path in ("/wallet/", "/wallet/?chip=used", f"/wallet/{asked.public_id}/", f"/wallet/{typed.public_id}/"):
        page = visitor.open(path)
        assert not violations(page), path
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path
