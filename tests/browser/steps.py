"""What people do on the way of a document, each as a person does it: by clicks, keys and typing."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import expect

from common.capitals import capitals
from demo.drawing.facts import InvoiceFacts
from oa.models import Subscription
from reimburse.models import Document
from tests.browser.people import WAIT, Group, Player, until
from tests.oa.receiver import Receiver
from vouchers.models import Voucher


# --- The OA's side ----------------------------------------------------------------------------------------------------
def connect(player: Player, group: Group, receiver: Receiver) -> None:
    """IT makes the connection, hands its secret to the receiver and allows the private host."""
    player.go("/oa/new/")
    page = player.page
    page.fill("[name=name]", "泛微 e-cology")
    page.fill("[name=url]", "https://oa.example.com/hooks")
    player.button("Create, and show the secret").click()
    receiver.secrets.append(page.locator(".bx-secret").inner_text())
    player.link("To the connection").click()
    page.fill("[name=host]", "127.0.0.1")
    page.fill("[name=port]", str(receiver.port))
    player.button("Allow this host").click()
    player.settle()
    page.fill("[name=url]", receiver.url)
    page.get_by_role("button", name=player.word("Save"), exact=True).click()
    player.settle()
    player.look()
    assert Subscription.objects.get(company=group.company).url == receiver.url


# --- The employee -----------------------------------------------------------------------------------------------------
def confirm_values(player: Player, facts: InvoiceFacts) -> None:
    """The photo's QR code gave number, day and sum; the rest is typed beside the picture."""
    player.go("/wallet/?chip=unsure")
    card = player.page.locator("#cards article", has_text=f"{facts.total}")
    expect(card).to_have_count(1)
    card.get_by_role("link").first.click()
    player.settle()
    player.look()
    expect(player.page.locator(".bx-inv-picture img")).to_be_visible()
    said = facts.truth()
    for field in player.page.locator(".bx-inv-form [name]:not([type=hidden])").all():
        value = said.get(field.get_attribute("name") or "") or ""
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    player.button("Keep these values").click()
    expect(player.page.locator(".bx-inv-form [data-open]")).to_have_count(0)
    player.settle()


def change(player: Player, selector: str, value: str) -> None:
    """Type or choose something in the editor, and wait until it is saved."""
    page = player.page
    field, seen = page.locator(selector), page.locator("#version [name=version]")
    before = seen.get_attribute("value") or ""
    if field.evaluate("field => field.tagName") == "SELECT":
        field.select_option(label=value)
    else:
        field.fill(value)
        field.press("Tab")
    expect(seen).not_to_have_attribute("value", before)
    player.settle()


def mend(player: Player, selector: str, value: str, *, of: int) -> None:
    """The foot leads to a line that lacks something; it is said there, and the foot has one thing less to say."""
    walk = player.page.locator("#walk")
    expect(walk).to_contain_text(str(of))
    walk.click()
    player.settle()
    opened = player.page.locator(".bx-edit-line.is-open")
    expect(opened.locator(selector)).to_have_value("")  # it is that line now, and no longer the one before
    expect(opened.locator(".bx-finding[data-is=block]")).to_be_visible()
    change(player, selector, value)
    if of > 1:
        expect(walk).to_contain_text(str(of - 1))
    else:
        expect(walk).to_have_count(0)


def send(player: Player) -> Document:
    """Sends what is in the editor; the document's page follows."""
    player.look()
    player.page.locator("#send").click()
    expect(player.page.locator(".bx-dochead .bx-status")).to_have_text(player.word("In approval"))
    player.settle()
    player.look()
    number = player.page.locator(".bx-dochead .bx-num .bx-nowrap").first.inner_text()
    return Document.objects.get(number=number)


def ask_for_money(player: Player, purpose: str, amount: str) -> Document:
    """A cash advance, begun under the phone's plus."""
    player.go("/")
    page = player.page
    page.locator(".bx-tab-new").tap()
    page.locator(".bx-sheet-list").get_by_role("link", name=player.word("New cash advance")).tap()
    page.fill("[name=purpose]", purpose)
    page.fill("[name=amount]", amount)
    page.fill("[name=due_on]", (timezone.localdate() + timedelta(days=30)).isoformat())
    player.look()
    page.locator("[name=send]").tap()
    expect(page.locator(".bx-dochead .bx-status")).to_have_text(player.word("In approval"))
    expect_total(player, Decimal(amount))
    return Document.objects.get(title=purpose)


def mend_and_send_again(player: Player, document: Document, *, said: str, purpose: str) -> None:
    """The approver's word stands over what is to be mended."""
    expect_stage(player, document, "Returned")
    player.link("Mend and send again").tap()
    expect(player.page.locator(".bx-said")).to_contain_text(said)
    change(player, "[name=line-purpose]", purpose)
    send(player)
    expect(player.page.locator("#history")).to_contain_text(said)
    expect(player.page.locator("#history ins", has_text=purpose).first).to_be_visible()  # what changed is told
    document.refresh_from_db()


def take_back(player: Player, document: Document) -> None:
    expect_stage(player, document, "In approval")
    menu = player.page.locator(".bx-actions details")
    menu.locator("summary").tap()
    player.look()
    menu.locator("button[type=submit]").tap()
    expect(player.page.locator(".bx-status").first).to_have_text(player.word("Withdrawn"))
    player.look()


def expect_stage(player: Player, document: Document, stage: str) -> None:
    player.go(f"/documents/{document.public_id}/")
    expect(player.page.locator(".bx-dochead .bx-status")).to_have_text(player.word(stage))


def expect_total(player: Player, total: Decimal) -> None:
    """In figures and, as papers want it, in capitals."""
    head = player.page.locator(".bx-dochead-sum")
    expect(head.locator(".bx-fig-xl")).to_have_text(f"¥{total:,.2f}")
    expect(head).to_contain_text(capitals(total))


# --- The approver -----------------------------------------------------------------------------------------------------
def open_case(player: Player, document: Document) -> None:
    """The document in the inbox, with its own drawing."""
    player.go("/inbox/")
    page = player.page
    row = page.locator(".bx-q-row", has_text=document.title)
    if page.locator("#case").get_attribute("aria-label") != document.number or not page.locator("#case").is_visible():
        row.locator(".bx-q").click()
    expect(page.locator("#case")).to_have_attribute("aria-label", document.number)
    expect(page.locator("#case .bx-case-lines")).to_be_visible()
    player.settle()
    player.look()


def expect_answered(player: Player) -> None:
    expect(player.page.locator("#toasts .bx-toast[data-is=ok]").first).to_be_visible()
    player.settle()
    player.look()


def approve_by_key(player: Player, document: Document) -> None:
    open_case(player, document)
    player.page.keyboard.press("a")
    expect_answered(player)


def approve_by_thumb(player: Player, document: Document) -> None:
    open_case(player, document)
    player.page.locator("#decision [value=approve]").tap()
    expect_answered(player)


def unfold(player: Player) -> None:
    """On a phone the comment and the rarer answers are folded away."""
    player.page.locator("label[for=say]").tap()
    expect(player.page.locator("#decision [name=comment]")).to_be_visible()


def send_back(player: Player, document: Document, comment: str) -> None:
    open_case(player, document)
    unfold(player)
    player.page.fill("#decision [name=comment]", comment)
    player.page.locator("#decision [value=return]").tap()
    expect_answered(player)


def reject(player: Player, document: Document, comment: str) -> None:
    open_case(player, document)
    unfold(player)
    player.page.fill("#decision [name=comment]", comment)
    player.page.locator("#decision summary").tap()
    player.page.locator("#decision [value=reject]").tap()
    expect_answered(player)


def hand_over(player: Player, document: Document, name: str, comment: str) -> None:
    open_case(player, document)
    unfold(player)
    page = player.page
    page.locator(".bx-decide-transfer").tap()
    expect(page.locator("#hand-over [name=q]")).to_be_visible()
    player.settle()  # a letter typed before htmx has looked at the new field is not searched for
    page.locator("#hand-over [name=q]").fill(name)
    page.locator("#people .bx-people-row", has_text=name).tap()
    page.locator("#hand-over [name=comment]").fill(comment)
    player.look()
    page.locator("#hand-over").get_by_role("button", name=player.word("Hand over")).tap()
    expect_answered(player)


# --- Finance ----------------------------------------------------------------------------------------------------------
def post(player: Player, document: Document) -> Voucher:
    """The worker drafted it; finance looks at it and posts it."""
    until(lambda: Voucher.objects.filter(document=document).exists(), player.page, "a drafted voucher")
    player.go("/vouchers/?show=review")
    page = player.page
    expect(page.locator(".bx-v-scroll tbody tr")).to_have_count(1)
    expect(page.locator("#desk .bx-paper")).to_be_visible(timeout=WAIT)
    expect(page.locator("#desk .bx-v-bar [data-is=ok]")).to_be_visible()  # balanced
    expect(page.locator("#desk .bx-v-bar")).to_contain_text(document.number)
    player.look()
    page.locator("#desk form[data-post] button").click()
    expect(page.locator("#desk .bx-v-bar .bx-status")).to_have_text(player.word("Posted"))
    player.settle()
    return Voucher.objects.get(document=document)


def export_csv(player: Player, voucher: Voucher, folder: Path) -> list[dict[str, str]]:
    """Ticked, exported, fetched by itself: the rows of the file."""
    player.go("/vouchers/?show=export")
    page = player.page
    page.locator(".bx-v-scroll tbody tr", has_text=voucher.full_number).locator("input[type=checkbox]").check()
    page.locator("[data-format]").select_option("csv")
    with page.expect_download(timeout=WAIT) as fetched:
        page.locator("#chosen [data-act=posted]").click()
    file = folder / fetched.value.suggested_filename
    fetched.value.save_as(file)  # no page follows a download, so there is nothing to wait for
    player.look()
    return list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
