"""Dropping files: kept byte for byte, read, and each told by name what became of it."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest

from common import files
from common.models import AuditEntry, OutboxMessage
from directory.models import Company, Employee
from invoices import outcomes, services
from invoices.models import Holding, Invoice, InvoiceFile, Upload
from invoices.services.receive import tidy
from tests.builders import NOON, World, make_post
from tests.invoices.build import use_of
from tests.invoices.papers import paper, plain_photo

pytestmark = pytest.mark.usefixtures("english", "reader")


def drop(employee: Employee, company: Company, content: bytes, name: str = "发票.xml") -> Upload:
    upload = services.receive(company=company, employee=employee, name=name, content=content, at=NOON)
    services.read_now(upload_ids=[upload.pk], at=NOON)
    upload.refresh_from_db()
    return upload


def told(upload: Upload) -> str:
    outcome = outcomes.of(upload)
    assert outcome is not None
    return outcome.text


def test_a_file_becomes_an_invoice_in_the_wallet(world: World) -> None:
    content = paper(world.company).xml()
    upload = drop(world.alice, world.company, content)
    invoice = Invoice.objects.get()
    assert (upload.state, told(upload)) == (Upload.State.READ, "Read, ¥1,360.00")
    assert (invoice.number, str(invoice.total), invoice.unsure) == ("26332000000417825936", "1360.00", [])
    assert invoice.fields["total"] == {"value": "1360.00", "source": "xml", "confidence": 1.0}
    assert Holding.objects.get().holder == world.alice
    file = InvoiceFile.objects.get()
    assert files.read(file.stored) == content
    assert (file.name, file.source_kind, file.received_from) == ("发票.xml", "xml", world.alice)


def test_an_xml_with_a_number_longer_than_any_is_kept_to_be_confirmed(world: World) -> None:
    upload = drop(world.alice, world.company, paper(world.company, number="26" * 20).xml())
    invoice = Invoice.objects.get()
    assert (upload.state, upload.invoice, invoice.number) == (Upload.State.READ, invoice, "")
    assert "number" in invoice.unsure


def test_every_step_of_an_upload_is_in_the_trail_once(world: World) -> None:
    drop(world.alice, world.company, paper(world.company).xml())
    assert list(AuditEntry.objects.values_list("kind", "actor_name")) == [
        ("upload.received", "Alice"),
        ("upload.read", "Alice"),
    ]
    assert OutboxMessage.objects.get().consumer == "invoices.read"


def test_the_same_file_again_is_told_to_be_in_the_wallet(world: World) -> None:
    content = paper(world.company).xml()
    drop(world.alice, world.company, content)
    again = drop(world.alice, world.company, content, name="又一次.xml")
    assert (again.state, Invoice.objects.count(), InvoiceFile.objects.count()) == (Upload.State.DUPLICATE, 1, 1)
    assert "in your wallet already" in told(again)


def test_a_photo_of_an_invoice_known_from_its_xml_is_one_more_file_of_it(world: World) -> None:
    known = paper(world.company)
    drop(world.alice, world.company, known.xml())
    upload = drop(world.alice, world.company, known.photo(), name="IMG_1021.png")
    invoice = Invoice.objects.get()
    assert told(upload) == "Added to the invoice you have, ¥1,360.00"
    assert invoice.files.count() == 2
    assert (invoice.fields["total"]["source"], invoice.unsure) == ("xml", [])


def test_the_xml_completes_what_a_photo_left_open(world: World) -> None:
    known = paper(world.company)
    first = drop(world.alice, world.company, known.photo(), name="IMG_1021.png")
    assert told(first).startswith("Please confirm: ")
    assert "seller_name" in Invoice.objects.get().unsure
    upload = drop(world.alice, world.company, known.xml())
    invoice = Invoice.objects.get()
    assert (told(upload), invoice.unsure) == ("Added to the invoice you have, ¥1,360.00", [])
    assert (invoice.seller_name, invoice.fields["total"]["source"]) == (known.seller, "xml")


def test_a_file_that_contradicts_what_is_known_makes_the_field_unsure_with_both_values(world: World) -> None:
    known = paper(world.company)
    drop(world.alice, world.company, known.xml())
    forged = known.changed(total="9360.00", untaxed="8830.19", tax="529.81")
    upload = drop(world.alice, world.company, forged.xml())
    invoice = Invoice.objects.get()
    assert told(upload) == (
        "Differs from the file you have: amount without tax, tax, total with tax. Please look which is right"
    )
    assert set(invoice.unsure) == {"amount_excl_tax", "tax", "total"}
    assert [other["value"] for other in invoice.fields["total"]["alternatives"]] == ["1360.00", "9360.00"]


def test_a_contradiction_does_not_change_what_was_submitted(world: World) -> None:
    known = paper(world.company)
    drop(world.alice, world.company, known.photo(), name="IMG_1021.png")
    invoice = Invoice.objects.get()
    _confirm_all(invoice, world)
    _submit(invoice, world)
    drop(world.alice, world.company, known.changed(total="9360.00", untaxed="8830.19", tax="529.81").xml())
    invoice.refresh_from_db()
    assert str(invoice.total) == "1360.00"
    assert "total" in invoice.unsure


def _confirm_all(invoice: Invoice, world: World) -> None:
    values = {"kind": "电子发票（普通发票）", "seller_name": "上海云栖湾酒店管理有限公司", "seller_tax_id": ""}
    values |= {"buyer_name": world.company.name, "buyer_tax_id": world.company.tax_id}
    values |= {"amount_excl_tax": "1283.02", "tax": "76.98"}
    services.confirm(invoice_id=invoice.pk, employee=world.alice, values=values, at=NOON)
    invoice.refresh_from_db()
    assert invoice.unsure == []


def _submit(invoice: Invoice, world: World, label: str = "BX-2026-000001") -> None:
    wish = use_of(invoice)
    services.use(
        document_id=wish.line_id,
        label=label,
        company_id=world.company.pk,
        employee=world.alice,
        uses=[wish],
        at=NOON,
    )


def test_an_invoice_already_on_a_document_names_it_to_its_owner(world: World) -> None:
    known = paper(world.company)
    drop(world.alice, world.company, known.xml())
    _submit(Invoice.objects.get(), world, "BX-2026-000291")
    upload = drop(world.alice, world.company, known.photo(), name="IMG.png")
    assert (upload.state, told(upload)) == (Upload.State.DUPLICATE, "Duplicate, used in BX-2026-000291")
    assert InvoiceFile.objects.count() == 2  # kept all the same: every file received belongs to the archive


def test_a_colleagues_invoice_is_not_taken_and_its_owner_not_named(world: World) -> None:
    known = paper(world.company)
    drop(world.alice, world.company, known.xml())
    upload = drop(world.bob, world.company, known.photo(), name="IMG.png")
    assert (upload.state, upload.invoice) == (Upload.State.DUPLICATE, None)
    assert told(upload) == "Duplicate: already in a colleague's wallet. Ask finance"
    assert InvoiceFile.objects.count() == 1
    assert Holding.objects.get().holder == world.alice


def test_finance_is_told_whose_wallet_an_invoice_is_in(world: World) -> None:
    known = paper(world.company)
    drop(world.alice, world.company, known.xml())
    assert told(drop(world.carol, world.company, known.xml())) == "Duplicate, in the wallet of Alice"


def test_an_invoice_put_out_of_a_wallet_may_be_brought_in_by_somebody_else(world: World) -> None:
    known = paper(world.company)
    drop(world.alice, world.company, known.xml())
    services.remove(holding_id=Holding.objects.get().pk, employee=world.alice, at=NOON)
    drop(world.bob, world.company, known.xml())
    assert Holding.objects.live().get().holder == world.bob
    assert Invoice.objects.count() == 1


def test_a_photo_without_anything_to_read_is_kept_to_be_typed(world: World) -> None:
    upload = drop(world.alice, world.company, plain_photo(), name="IMG_1021.png")
    invoice = Invoice.objects.get()
    assert told(upload) == "Kept; type what is on the picture"
    assert (invoice.has_identity, invoice.files.get().preview is not None) == (False, True)
    again = drop(world.alice, world.company, plain_photo(), name="IMG_1022.png")
    assert (again.state, Invoice.objects.count()) == (Upload.State.DUPLICATE, 1)
    drop(world.bob, world.company, plain_photo(), name="IMG_1023.png")
    assert Invoice.objects.count() == 2  # the same blank picture of somebody else is another receipt


def test_a_zip_becomes_one_upload_for_each_invoice_inside(world: World) -> None:
    first, second = paper(world.company), paper(world.company, "26332000000417825937")
    upload = drop(
        world.alice,
        world.company,
        zipped({"a.xml": first.xml(), "a.png": first.photo(), "b.xml": second.xml()}),
        "11月.zip",
    )
    assert told(upload) == "2 invoices inside"
    assert sorted((part.name, told(part)) for part in upload.parts.all()) == [
        ("a.xml", "Read, ¥1,360.00"),
        ("b.xml", "Read, ¥1,360.00"),
    ]
    assert sorted(file.name for file in InvoiceFile.objects.all()) == ["a.png", "a.xml", "b.xml"]
    assert Holding.objects.live().count() == 2


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_an_invoice_goes_into_the_wallet_of_the_company_it_is_made_out_to(world: World) -> None:
    department = world.other_company.departments.get()
    make_post(world.alice, department, primary=False)
    drop(world.alice, world.company, paper(world.other_company).xml())
    holding = Holding.objects.get()
    assert (holding.company, holding.problems) == (world.other_company, [])


def test_what_is_wrong_with_an_invoice_is_noted_on_its_holding(world: World) -> None:
    drop(world.alice, world.company, paper(world.company, buyer="远山科技").xml())
    assert Holding.objects.get().problems == ["wrong_title"]


def test_a_file_nobody_has_read_yet_waits_and_is_first_the_business_of_who_received_it(world: World) -> None:
    upload = services.receive(
        company=world.company, employee=world.alice, name="a.xml", content=paper(world.company).xml(), at=NOON
    )
    assert (upload.state, upload.claimed_until) == (Upload.State.WAITING, NOON + timedelta(seconds=5))
    assert outcomes.of(upload) is None


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("C:\\temp\\发票.pdf", "发票.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\u202e.pdf", "ab.pdf"),
        ("", "file"),
        ("长" * 300 + ".pdf", "长" * 150 + "…" + "长" * 45 + ".pdf"),
    ],
)
def test_names_of_files_are_shown_without_folders_and_control_characters(given: str, shown: str) -> None:
    assert tidy(given) == shown
