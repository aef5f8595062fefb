"""The wallet in the browser: cards, chips, the page of one invoice, and who may see what."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from directory.models import Employee
from invoices import selectors, services
from invoices.models import Holding, Invoice, InvoiceUse
from tests.builders import NOON, World
from tests.invoices.build import make_invoice, signed_in, use_of
from tests.invoices.papers import paper, plain_photo

pytestmark = pytest.mark.usefixtures("english", "reader")

LIST_BUDGET = 9  # statements of a whole request, for one card and for fifty
HTMX = {"HX-Request": "true"}


def page_of(invoice: Invoice, name: str = "invoice") -> str:
    return reverse(f"invoices:{name}", args=[invoice.public_id])


def shown(person: Employee, chip: str = "all") -> set[int]:
    return {card.invoice.pk for card in selectors.wallet(person, chip=chip).cards}


def spend(world: World, invoice: Invoice, label: str = "BX-2026-000291") -> None:
    services.use(
        document_id=uuid4(),
        label=label,
        company_id=world.company.pk,
        employee=world.alice,
        uses=[use_of(invoice)],
        at=NOON,
    )


# --- Chips ------------------------------------------------------------------------------------------------------------
def test_every_invoice_stands_under_the_chip_it_belongs_to(world: World) -> None:
    ready = make_invoice(world.alice, world.company)
    unsure = make_invoice(world.alice, world.company, unsure=["total"], seller_name="a")
    wrong = make_invoice(world.alice, world.company, buyer_name="远山", seller_name="b")
    wrong.holdings.update(problems=["wrong_title"])
    used = make_invoice(world.alice, world.company, seller_name="c")
    drafted = make_invoice(world.alice, world.company, seller_name="d")
    spend(world, used)
    services.mark(
        document_id=uuid4(),
        label="x",
        company_id=world.company.pk,
        employee=world.alice,
        uses=[use_of(drafted)],
        at=NOON,
    )
    assert shown(world.alice, "ready") == {ready.pk}
    assert shown(world.alice, "unsure") == {unsure.pk}
    assert shown(world.alice, "problem") == {wrong.pk}
    assert shown(world.alice, "used") == {used.pk}
    assert shown(world.alice) == {ready.pk, unsure.pk, wrong.pk, drafted.pk}
    counts = selectors.wallet_counts(world.alice)
    assert (counts.all, counts.ready, counts.unsure, counts.problem, counts.used) == (4, 1, 1, 1, 1)
    assert str(counts.ready_total) == "106.00"
    assert selectors.attention_count(world.alice) == 2


def test_two_of_the_same_seller_day_and_amount_are_both_marked_until_one_is_gone(world: World) -> None:
    first, second = make_invoice(world.alice, world.company), make_invoice(world.alice, world.company)
    assert shown(world.alice, "problem") == {first.pk, second.pk}
    page = signed_in(world.alice).get(reverse("invoices:wallet")).content.decode()
    assert page.count("Looks like a duplicate") == 2
    assert f'href="#invoice-{second.public_id}"' in page
    services.remove(holding_id=second.holdings.get().pk, employee=world.alice, at=NOON)
    assert shown(world.alice, "ready") == {first.pk}


def test_a_look_alike_in_a_colleagues_wallet_counts_and_one_in_another_company_does_not(world: World) -> None:
    mine = make_invoice(world.alice, world.company)
    make_invoice(world.dan, world.other_company)
    assert shown(world.alice, "ready") == {mine.pk}
    make_invoice(world.bob, world.company)
    assert shown(world.alice, "problem") == {mine.pk}


def test_tolls_of_one_day_and_price_are_no_look_alikes(world: World) -> None:
    kind = "收费公路通行费增值税电子普通发票"
    tolls = {make_invoice(world.alice, world.company, kind=kind).pk for _ in range(2)}
    assert shown(world.alice, "ready") == tolls


# --- Cards ------------------------------------------------------------------------------------------------------------
def test_cards_say_what_is_the_matter_and_only_good_ones_can_be_chosen(world: World) -> None:
    wrong = make_invoice(world.alice, world.company, buyer_name="远山科技")
    wrong.holdings.update(problems=["wrong_title"])
    spend(world, make_invoice(world.alice, world.company, seller_name="b"))
    client = signed_in(world.alice)
    page = client.get(reverse("invoices:wallet")).content.decode()
    assert "Wrong title: made out to “远山科技”" in page
    assert page.count("disabled") == 1
    used = client.get(reverse("invoices:wallet"), {"chip": "used"}).content.decode()
    assert "Used in BX-2026-000291" in used


def test_nothing_is_called_verified_before_anybody_verifies(world: World) -> None:
    make_invoice(world.alice, world.company)
    page = signed_in(world.alice, language="zh-hans").get(reverse("invoices:wallet")).content.decode()
    assert "验真" not in page


def test_one_open_field_is_asked_on_the_card_and_confirmed_there(world: World) -> None:
    invoice = make_invoice(world.alice, world.company, unsure=["total"])
    client = signed_in(world.alice)
    page = client.get(reverse("invoices:wallet")).content.decode()
    assert 'name="total" value="106.00"' in page
    answer = client.post(page_of(invoice, "confirm"), {"on": "card", "total": "106.00"}, headers=HTMX)
    assert (answer.status_code, "Recognised" in answer.content.decode()) == (200, True)
    invoice.refresh_from_db()
    assert invoice.unsure == []


def test_two_readings_that_differ_are_two_buttons(world: World) -> None:
    others = [
        {"value": "106.00", "source": "text", "confidence": 0.5},
        {"value": "166.00", "source": "qr", "confidence": 0.95},
    ]
    invoice = make_invoice(world.alice, world.company, unsure=["total"])
    invoice.fields["total"]["alternatives"] = others
    invoice.save()
    page = signed_in(world.alice).get(reverse("invoices:wallet")).content.decode()
    assert 'name="total" value="106.00"' in page
    assert 'name="total" value="166.00"' in page
    assert "Two readings differ: total with tax" in page


def test_a_value_that_cannot_be_true_is_refused_on_the_card_with_the_reason(world: World) -> None:
    invoice = make_invoice(world.alice, world.company, unsure=["total"])
    answer = signed_in(world.alice).post(page_of(invoice, "confirm"), {"on": "card", "total": "99"}, headers=HTMX)
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == "#toasts"
    assert "do not make 99.00" in answer.content.decode()


def test_paging_shows_every_invoice_once_the_latest_first(world: World) -> None:
    made = [make_invoice(world.alice, world.company, seller_name=str(n)) for n in range(60)]
    for n, invoice in enumerate(made):
        invoice.holdings.update(added_at=NOON + timedelta(minutes=n // 3))
    seen: list[int] = []
    cursor = ""
    while True:
        page = selectors.wallet(world.alice, cursor=cursor)
        seen += [card.invoice.pk for card in page.cards]
        if not (cursor := page.next):
            break
    assert seen == list(Holding.objects.order_by("-added_at", "-id").values_list("invoice_id", flat=True))
    assert selectors.wallet(world.alice, cursor="nonsense~x").cards


@pytest.mark.parametrize("number", [1, 50])
def test_a_list_takes_as_many_statements_for_fifty_cards_as_for_one(
    world: World, number: int, django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    for n in range(number):
        invoice = make_invoice(world.alice, world.company, seller_name=str(n % 7))
        if n % 5 == 0:
            spend(world, invoice)
    client = signed_in(world.alice)
    for chip in selectors.CHIPS:
        with django_assert_max_num_queries(LIST_BUDGET):
            assert client.get(reverse("invoices:wallet"), {"chip": chip}).status_code == 200


def test_an_empty_wallet_says_what_it_is_for(world: World) -> None:
    client = signed_in(world.alice)
    page = client.get(reverse("invoices:wallet")).content.decode()
    assert "Your wallet is empty" in page
    for chip in selectors.CHIPS[1:]:
        assert "bx-empty" in client.get(reverse("invoices:wallet"), {"chip": chip}).content.decode()


# --- One invoice ------------------------------------------------------------------------------------------------------
def dropped(person: Employee, world: World, content: bytes, name: str) -> Invoice:
    upload = services.receive(company=world.company, employee=person, name=name, content=content, at=NOON)
    services.read_now(upload_ids=[upload.pk], at=NOON)
    upload.refresh_from_db()
    assert upload.invoice is not None
    return upload.invoice


def test_the_page_of_an_invoice_shows_every_field_with_its_source_and_every_file(world: World) -> None:
    invoice = dropped(world.alice, world, paper(world.company).xml(), "dzfp.xml")
    page = signed_in(world.alice).get(page_of(invoice)).content.decode()
    for words in (
        "上海云栖湾酒店管理有限公司",
        "26332000000417825936",
        "1,283.02",
        "issuer&#x27;s XML 100%",
        "dzfp.xml",
        "Title is right",
    ):
        assert words in page, words


def test_a_photo_is_typed_beside_its_picture(world: World) -> None:
    invoice = dropped(world.alice, world, plain_photo(), "IMG.png")
    client = signed_in(world.alice)
    page = client.get(page_of(invoice)).content.decode()
    preview = reverse("invoices:preview", args=[invoice.files.get().public_id])
    assert f'src="{preview}"' in page
    typed = {
        "kind": "出租车发票",
        "invoice_code": "131002212345",
        "number": "12345678",
        "date": "2026-11-17",
        "total": "86.50",
    }
    answer = client.post(page_of(invoice, "confirm"), typed | {"seller_name": "蓝鲸出租", "tax": ""})
    assert answer.status_code == 302
    invoice.refresh_from_db()
    assert (invoice.number, str(invoice.total), invoice.kind) == ("12345678", "86.50", "出租车发票")
    assert "Typed by hand" in client.get(page_of(invoice)).content.decode()


def test_what_cannot_be_read_in_the_form_is_told_at_its_field_and_kept_there(world: World) -> None:
    invoice = dropped(world.alice, world, plain_photo(), "IMG.png")
    answer = signed_in(world.alice).post(
        page_of(invoice, "confirm"), {"number": "12345678", "total": "eighty"}, headers=HTMX
    )
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "“eighty” is no amount" in text
    assert 'value="eighty"' in text
    assert 'value="12345678"' in text
    invoice.refresh_from_db()
    assert invoice.fields == {}


def test_putting_an_invoice_out_of_the_wallet(world: World) -> None:
    invoice = make_invoice(world.alice, world.company)
    client = signed_in(world.alice)
    assert client.post(page_of(invoice, "remove")).status_code == 302
    assert shown(world.alice) == set()
    assert client.get(page_of(invoice)).status_code == 404


# --- Who may see ------------------------------------------------------------------------------------------------------
def test_strangers_get_404_for_invoice_files_and_changes(world: World) -> None:
    invoice = dropped(world.alice, world, paper(world.company).photo(), "IMG.png")
    file = invoice.files.get()
    for person in (world.bob, world.dan):
        client = signed_in(person)
        assert client.get(page_of(invoice)).status_code == 404
        assert client.get(reverse("invoices:file", args=[file.public_id])).status_code == 404
        assert client.get(reverse("invoices:preview", args=[file.public_id])).status_code == 404
        assert client.post(page_of(invoice, "confirm"), {"total": "1"}).status_code == 404
        assert client.post(page_of(invoice, "remove")).status_code == 404
    assert not InvoiceUse.objects.exists()


def test_finance_sees_every_invoice_of_her_company_and_changes_none(world: World) -> None:
    invoice = dropped(world.alice, world, paper(world.company).photo(), "IMG.png")
    elsewhere = make_invoice(world.dan, world.other_company)
    client = signed_in(world.carol)
    page = client.get(page_of(invoice))
    assert page.status_code == 200
    assert "In the wallet of Alice" in page.content.decode()
    assert '<form class="bx-inv-form"' not in page.content.decode()
    assert (
        client.post(page_of(invoice, "confirm"), {"total": "1"}, headers={"accept": "application/json"}).status_code
        == 422
    )
    assert client.post(page_of(invoice, "remove")).status_code == 404
    assert client.get(page_of(elsewhere)).status_code == 404


def test_pages_ask_who_is_there(world: World) -> None:
    invoice = make_invoice(world.alice, world.company)
    for address in (reverse("invoices:wallet"), reverse("invoices:uploads"), page_of(invoice)):
        assert Client().get(address)["Location"].startswith("/login/")


def test_files_are_downloaded_byte_for_byte_and_only_safe_ones_shown(world: World) -> None:
    known = paper(world.company)
    invoice = dropped(world.alice, world, known.xml(), "票 据.xml")
    client = signed_in(world.alice)
    file = invoice.files.get()
    answer = client.get(reverse("invoices:file", args=[file.public_id]), {"inline": "1"})
    assert b"".join(answer.streaming_content) == known.xml()  # type: ignore[attr-defined]
    assert answer["Content-Disposition"] == "attachment; filename*=UTF-8''%E7%A5%A8%20%E6%8D%AE.xml"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert client.get(reverse("invoices:preview", args=[file.public_id])).status_code == 404  # an XML has no picture
    photo = dropped(world.alice, world, known.photo(), "IMG.png").files.get(source_kind="picture")
    picture = client.get(reverse("invoices:preview", args=[photo.public_id]))
    assert (picture["Content-Type"], picture["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert picture["Content-Disposition"].startswith("inline")


# --- What other apps ask ----------------------------------------------------------------------------------------------
def test_claimable_are_my_own_free_invoices_with_the_company_they_lie_in(world: World) -> None:
    free, used, others = (make_invoice(person, world.company) for person in (world.alice, world.alice, world.bob))
    spend(world, used)
    found = selectors.claimable(world.alice, [free.public_id, used.public_id, others.public_id, uuid4()])
    assert [(invoice.pk, invoice.held_by_company_id) for invoice in found] == [(free.pk, world.company.pk)]  # type: ignore[attr-defined]


def test_search_finds_what_the_viewer_may_see(world: World) -> None:
    mine = make_invoice(world.alice, world.company, seller_name="绿色的楼", total="88.80")
    make_invoice(world.dan, world.other_company, seller_name="绿色的楼", total="88.80")
    for text in ("绿色", mine.number[:18] + mine.number[18:], "88.80"):
        assert [invoice.pk for invoice in selectors.search(world.alice, text, 5)] == [mine.pk]
        assert selectors.search(world.bob, text, 5) == []
        assert [invoice.pk for invoice in selectors.search(world.carol, text, 5)] == [mine.pk]


def test_marks_of_a_document_take_one_statement_and_say_what_is_right_as_well(
    world: World, django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    good = make_invoice(world.alice, world.company)
    wrong = make_invoice(world.alice, world.company, buyer_name="别的公司", seller_name="b", unsure=["tax"])
    with django_assert_max_num_queries(1):
        marks = selectors.marks([good, wrong], world.company)
    assert [mark.code for mark in marks[good.pk]] == ["recognised", "title", "single"]
    assert [mark.code for mark in marks[wrong.pk]] == ["wrong_title", "to_confirm"]
