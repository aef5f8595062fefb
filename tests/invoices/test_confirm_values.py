"""A person says what stands on her invoice: chosen, typed beside the picture, or corrected."""

from __future__ import annotations

from typing import Any

import pytest

from common import findings
from common.models import AuditEntry
from directory.models import Employee
from invoices import errors, services
from invoices.models import Holding, Invoice
from tests.builders import NOON, World
from tests.invoices.build import make_invoice, use_of
from tests.invoices.papers import paper, plain_photo

pytestmark = pytest.mark.usefixtures("english", "reader")

TYPED = {
    "kind": "出租车发票",
    "invoice_code": "131002212345",
    "number": "12345678",
    "date": "2026-11-17",
    "seller_name": "上海浦江蓝鲸出租汽车有限公司",
    "seller_tax_id": "",
    "buyer_name": "",
    "buyer_tax_id": "",
    "amount_excl_tax": "",
    "tax": "",
    "total": "86.5",
    "check_code_last6": "",
}


def drop(employee: Employee, world: World, content: bytes) -> Invoice:
    upload = services.receive(company=world.company, employee=employee, name="x", content=content, at=NOON)
    services.read_now(upload_ids=[upload.pk], at=NOON)
    upload.refresh_from_db()
    assert upload.invoice is not None
    return upload.invoice


def confirm(invoice: Invoice, employee: Employee, **values: Any) -> Invoice:
    return services.confirm(invoice_id=invoice.pk, employee=employee, values=values, at=NOON)


def faults(refused: pytest.ExceptionInfo[errors.ValuesRefused]) -> dict[str, str]:
    return {found.where: findings.word(found.code, found.params) for found in refused.value.findings}


def test_a_receipt_typed_beside_its_picture_can_be_claimed(world: World) -> None:
    invoice = confirm(drop(world.alice, world, plain_photo()), world.alice, **TYPED)
    assert (invoice.code, invoice.number, str(invoice.total), invoice.unsure) == (
        "131002212345",
        "12345678",
        "86.50",
        [],
    )
    assert (invoice.fields["total"]["source"], invoice.fields["total"]["by"]) == ("hand", "Alice")
    services.use(
        document_id=invoice.public_id,
        label="BX-2026-000001",
        company_id=world.company.pk,
        employee=world.alice,
        uses=[use_of(invoice)],
        at=NOON,
    )


def test_confirming_is_recorded_with_what_was_and_what_is(world: World) -> None:
    known = paper(world.company)
    invoice = drop(world.alice, world, known.photo())
    confirm(invoice, world.alice, total="1306.00", seller_name=known.seller)
    entry = AuditEntry.objects.get(kind="invoice.confirmed")
    assert entry.data["changes"] == {
        "seller_name": {"from": None, "to": known.seller},
        "total": {"from": "1360.00", "to": "1306.00"},
    }
    assert (entry.subject_id, entry.actor_name) == (invoice.public_id, "Alice")
    invoice.refresh_from_db()
    assert invoice.fields["total"]["read"]["value"] == "1360.00"  # what the QR code said stays beside it


def test_a_sure_value_left_as_it_is_keeps_its_source(world: World) -> None:
    invoice = drop(world.alice, world, paper(world.company).photo())
    confirm(invoice, world.alice, total="1,360.00", date="2026年11月24日")
    invoice.refresh_from_db()
    assert {invoice.fields[key]["source"] for key in ("total", "date")} == {"qr"}


def test_the_issuers_own_data_cannot_be_overwritten(world: World) -> None:
    invoice = drop(world.alice, world, paper(world.company).xml())
    with pytest.raises(errors.ValuesRefused) as refused:
        confirm(invoice, world.alice, total="9360.00")
    assert "ask the issuer for a new invoice" in faults(refused)["total"]
    invoice.refresh_from_db()
    assert str(invoice.total) == "1360.00"


def test_of_two_files_that_differ_the_person_decides_and_is_not_asked_again(world: World) -> None:
    known = paper(world.company)
    other = known.changed(total="1390.00", untaxed="1311.32", tax="78.68")
    invoice = drop(world.alice, world, known.xml())
    drop(world.alice, world, other.xml())
    confirm(invoice, world.alice, total="1360.00", amount_excl_tax="1283.02", tax="76.98")
    invoice.refresh_from_db()
    assert (invoice.unsure, str(invoice.total)) == ([], "1360.00")
    assert invoice.fields["total"]["turned_down"] == ["1390.00"]
    drop(world.alice, world, other.changed(item="*住宿服务*住宿").xml())  # once more the figures she turned down
    invoice.refresh_from_db()
    assert (invoice.unsure, str(invoice.total)) == ([], "1360.00")


def test_what_a_person_confirmed_is_never_silently_replaced(world: World) -> None:
    known = paper(world.company)
    invoice = drop(world.alice, world, known.photo())
    confirm(invoice, world.alice, total="1306.00")
    drop(world.alice, world, known.xml())
    invoice.refresh_from_db()
    assert str(invoice.total) == "1306.00"
    assert "total" in invoice.unsure
    assert [value["value"] for value in invoice.fields["total"]["alternatives"]] == ["1306.00", "1360.00"]


def test_all_faults_are_told_at_once_each_at_its_field(world: World) -> None:
    invoice = drop(world.alice, world, plain_photo())
    with pytest.raises(errors.ValuesRefused) as refused:
        confirm(invoice, world.alice, date="2026-13-45", total="eighty", seller_tax_id="123", number="")
    assert set(faults(refused)) == {"date", "total", "seller_tax_id", "number"}
    invoice.refresh_from_db()
    assert invoice.fields == {}


def test_values_too_long_for_any_invoice_are_refused_at_their_fields(world: World) -> None:
    invoice = drop(world.alice, world, plain_photo())
    long = {"number": "9" * 31, "invoice_code": "9" * 21, "check_code_last6": "1234567", "total": "9" * 17}
    with pytest.raises(errors.ValuesRefused) as refused:
        confirm(invoice, world.alice, **TYPED | long)
    assert set(faults(refused)) == set(long)


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"amount_excl_tax": "80.00", "tax": "1.00", "total": "86.50"}, "total", "do not make 86.50"),
        ({"date": "2027-01-15"}, "date", "still to come"),
        ({"total": "0"}, "total", "proves nothing"),
        (
            {"kind": "增值税电子普通发票", "number": "1234567", "invoice_code": "031002100211"},
            "number",
            "cannot be the number",
        ),
        (
            {"kind": "电子发票（普通发票）", "number": "25332000000417825936", "invoice_code": ""},
            "date",
            "another year",
        ),
    ],
)
def test_figures_that_cannot_be_true_are_refused(world: World, values: dict[str, str], field: str, words: str) -> None:
    invoice = drop(world.alice, world, plain_photo())
    with pytest.raises(errors.ValuesRefused) as refused:
        confirm(invoice, world.alice, **TYPED | values)
    assert words in faults(refused)[field]


def test_a_typed_photo_of_an_invoice_i_have_becomes_one_with_it(world: World) -> None:
    known = paper(world.company)
    invoice = drop(world.alice, world, known.xml())
    photo = drop(world.alice, world, plain_photo())
    values = TYPED | {"kind": "电子发票（普通发票）", "invoice_code": "", "number": known.number, "total": "1360.00"}
    merged = confirm(photo, world.alice, **values | {"date": "2026-11-24", "seller_name": known.seller})
    assert merged == invoice
    assert invoice.files.count() == 2
    assert Holding.objects.live().count() == 1
    photo.refresh_from_db()
    assert photo.merged_into == invoice
    assert merged.unsure == []
    assert (merged.fields["total"]["source"], str(merged.total)) == ("xml", "1360.00")


def test_a_typed_number_of_a_colleagues_invoice_is_refused_without_her_name(world: World) -> None:
    known = paper(world.company)
    drop(world.alice, world, known.xml())
    photo = drop(world.bob, world, plain_photo())
    values = TYPED | {"kind": "电子发票（普通发票）", "invoice_code": "", "number": known.number, "date": "2026-11-24"}
    with pytest.raises(errors.HeldByColleague, match="colleague"):
        confirm(photo, world.bob, **values)
    photo.refresh_from_db()
    assert (photo.number, photo.merged_into) == ("", None)


def test_a_short_number_without_its_code_names_no_invoice(world: World) -> None:
    first, second = drop(world.alice, world, plain_photo(100)), drop(world.bob, world, plain_photo(150))
    for invoice, person in ((first, world.alice), (second, world.bob)):
        confirm(invoice, person, number="12345678", total="20.00", date="2026-11-20")
    first.refresh_from_db()
    assert (first.number, first.fields["number"]["value"]) == ("", "12345678")
    assert {"number", "invoice_code"} <= set(first.unsure)


def test_an_invoice_on_a_submitted_document_stays_as_it_is(world: World) -> None:
    invoice = make_invoice(world.alice, world.company)
    services.use(
        document_id=invoice.public_id,
        label="BX-2026-000001",
        company_id=world.company.pk,
        employee=world.alice,
        uses=[use_of(invoice)],
        at=NOON,
    )
    with pytest.raises(errors.InvoiceInUse, match="BX-2026-000001"):
        confirm(invoice, world.alice, seller_name="别人")
    with pytest.raises(errors.InvoiceInUse):
        services.remove(holding_id=invoice.holdings.get().pk, employee=world.alice, at=NOON)


@pytest.mark.parametrize("person", ["bob", "carol", "dan"])
def test_nobody_else_may_confirm_or_remove_an_invoice(world: World, person: str) -> None:
    invoice = make_invoice(world.alice, world.company)
    other = getattr(world, person)
    with pytest.raises(errors.NotYourInvoice):
        confirm(invoice, other, seller_name="别人")
    with pytest.raises(errors.NotYourInvoice):
        services.remove(holding_id=invoice.holdings.get().pk, employee=other, at=NOON)


def test_a_wrong_title_is_judged_again_after_a_correction(world: World) -> None:
    invoice = make_invoice(world.alice, world.company, buyer_name="远山科枝")
    invoice.holdings.update(problems=["wrong_title"])
    confirm(invoice, world.alice, buyer_name=world.company.name)
    assert invoice.holdings.get().problems == []
