"""Vouchers in a real browser: by keyboard at a desk, on a phone, on paper, and what axe-core thinks of the pages."""

from __future__ import annotations

import io
import re
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from common import outbox
from directory.models import Company
from tests.builders import make_world
from tests.stories.books import Books, rail, special, spent
from tests.ui.conftest import LOOKS, Visitor, violations
from tests.vouchers.build import many, office
from vouchers.models import Account, ExpenseAccount, Export, Voucher

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def books(transactional_db: None) -> Books:
    return Books(make_world(), chart=Company.Chart.ENTERPRISE)


def drafts(books: Books, count: int) -> list[Voucher]:
    """The newest last: the list shows it first."""
    for n in range(count):
        books.claim(office(f"{100 + n}.00"))
    outbox.drain()
    return list(Voucher.objects.filter(status=Voucher.Status.DRAFT).order_by("pk"))


def address_of(voucher: Voucher) -> re.Pattern[str]:
    return re.compile(str(voucher.public_id))


def shown(page: Page) -> str:
    """Which voucher lies on the desk."""
    return page.locator("#desk .bx-v-bar").get_attribute("data-address") or ""


@LOOKS
def test_every_page_of_vouchers_is_accessible_and_fits(
    visit: Any, books: Books, size: str, language: str, theme: str
) -> None:
    red = books.reverse(books.post(books.claim(spent("travel", "553.00", rail("553.00", tax="45.66")))), reason="x")
    ExpenseAccount.objects.filter(expense_type=books.types["office"]).delete()
    draft = drafts(books, 1)[0]
    visitor: Visitor = visit(size, color_scheme=theme).speak(language).sign_in(books.world.carol)
    for path in (
        "/vouchers/?month=2026-11",
        f"/vouchers/{red.public_id}/",
        f"/vouchers/{draft.public_id}/?show=review",
        f"/vouchers/{draft.public_id}/edit/",
        "/vouchers/exports/",
    ):
        page = visitor.open(path)
        assert not violations(page), page.url
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), page.url


def test_three_drafts_are_reviewed_and_posted_without_the_mouse(visit: Any, books: Books) -> None:
    first, second, third = drafts(books, 3)
    page = visit().sign_in(books.world.carol).open("/vouchers/?show=review")
    expect(page.locator("#desk .bx-paper")).to_be_visible()  # the topmost opens by itself
    assert str(third.public_id) in shown(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#desk .bx-v-bar")).to_have_attribute("data-address", address_of(first))
    page.keyboard.press("k")
    expect(page.locator("#desk .bx-v-bar")).to_have_attribute("data-address", address_of(second))
    for number in (1, 2, 3):
        page.keyboard.press("p")
        expect(page.locator(".bx-toast").filter(has_text=f"记-{number:04}")).to_be_visible()
    assert sorted(Voucher.objects.values_list("number", flat=True)) == [1, 2, 3]


def test_a_line_is_given_another_account_by_keyboard(visit: Any, books: Books) -> None:
    draft = drafts(books, 1)[0]
    page = visit().sign_in(books.world.carol).open(f"/vouchers/{draft.public_id}/?show=review")
    page.keyboard.press("e")
    account = page.locator("[name=line-1-account]")
    expect(account).to_be_visible()
    expect(page.locator("[data-cell=project]").first).to_be_hidden()  # 6601.05 is not kept by project
    account.fill("5301.01.05 研发支出-费用化支出-办公费")
    expect(page.locator("[data-cell=project]").first).to_be_visible()
    page.locator("[name=line-1-project]").select_option(books.project.code)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#desk .bx-paper")).to_be_visible()
    line = draft.lines.get(position=1)
    assert line.account == Account.objects.get(company=books.company, code="5301.01.05")
    assert line.project == books.project


def test_leaving_the_fields_with_escape_changes_nothing(visit: Any, books: Books) -> None:
    draft = drafts(books, 1)[0]
    page = visit().sign_in(books.world.carol).open(f"/vouchers/{draft.public_id}/?show=review")
    page.keyboard.press("e")
    page.locator("[name=line-1-summary]").fill("something else")
    page.keyboard.press("Escape")
    expect(page.locator("#desk .bx-paper")).to_contain_text("Alice报销办公费")
    draft.refresh_from_db()
    assert draft.version == 1


def test_ticked_vouchers_are_summed_exported_and_fetched(visit: Any, books: Books) -> None:
    many(books, 3)
    page = visit().sign_in(books.world.carol).open("/vouchers/?month=2026-11")
    page.locator("[data-all]").check()
    expect(page.locator("[data-debit]")).to_have_text("6.00")
    expect(page.locator("[data-count]")).to_have_text("3")
    with page.expect_download() as fetched:
        page.locator("[data-act=posted]").click()
    made = Export.objects.get()
    assert fetched.value.suggested_filename == f"{made.number}_3_6.00.xlsx"
    expect(page.locator(".bx-job")).to_contain_text(made.number)
    assert "exported" not in page.url  # a reload does not fetch it again
    expect(page.locator('tbody [data-state="exported"]')).to_have_count(3)

    page.locator("[data-all]").check()
    again = page.locator("[name=again_because]")
    expect(again).to_be_visible()
    page.locator("[data-act=posted]").click()
    assert Export.objects.count() == 1  # the browser asks for the reason first
    again.fill("ERP 中误删")
    with page.expect_download():
        page.locator("[data-act=posted]").click()
    assert Export.objects.first().again_because == "ERP 中误删"  # type: ignore[union-attr]


def test_ticked_drafts_are_posted_together(visit: Any, books: Books) -> None:
    drafts(books, 3)
    page = visit().sign_in(books.world.carol).open("/vouchers/?show=review")
    for _ in range(3):
        page.keyboard.press("x")
        page.keyboard.press("j")
    expect(page.locator("[data-count]")).to_have_text("3")
    page.locator("[data-act=draft]").click()
    expect(page.get_by_text("记-0001 … 记-0003")).to_be_visible()
    assert not Voucher.objects.filter(status="draft").exists()


def test_on_a_phone_the_list_leads_to_the_voucher_and_back(visit: Any, books: Books) -> None:
    draft = drafts(books, 1)[0]
    page = visit("phone").sign_in(books.world.carol).open("/vouchers/?show=review")
    expect(page.locator("#desk")).to_be_hidden()
    page.locator("[data-voucher]").tap()
    page.wait_for_url(f"**/vouchers/{draft.public_id}/**")
    expect(page.locator(".bx-v-list")).to_be_hidden()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("form[data-post] button").tap()
    draft.refresh_from_db()
    assert draft.status == "posted"
    page.locator(".bx-back").tap()
    expect(page.locator(".bx-v-list")).to_be_visible()


def test_a_voucher_is_printed_on_its_own_paper_size(visit: Any, books: Books) -> None:
    voucher = books.post(books.claim(spent("office", "1130.00", special("1000.00", "130.00"))))
    page = visit().sign_in(books.world.carol).open(f"/vouchers/{voucher.public_id}/")
    sheet = pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))
    millimetres = [round(points / 72 * 25.4) for points in sheet[0].get_size()]
    assert (len(sheet), millimetres) == (1, [240, 140])
    words = sheet[0].get_textpage().get_text_range()
    assert "记 账 凭 证" in words or "记账凭证" in words.replace(" ", "")
    assert "壹仟壹佰叁拾元整" in words
    assert "待稽核" not in words
