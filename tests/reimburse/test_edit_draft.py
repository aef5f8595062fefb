"""Working on a draft: what is typed is kept, an older window is told, nothing is overwritten."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from common.errors import Stale, WrongState
from common.files import EmptyFile, FileTooLarge, WrongType
from common.models import AuditEntry
from invoices.errors import InvoiceTwice
from invoices.models import InvoiceUse
from reimburse import services
from reimburse.errors import (
    AttachmentRefused,
    ClaimsOnly,
    DocumentNotFound,
    InvoicesGone,
    LineNotFound,
    TooManyLines,
)
from reimburse.models import Document
from reimburse.services import Changes, creating, filing
from tests.builders import NOON, World, make_cost_centre, make_expense_type
from tests.reimburse import build
from tests.reimburse.build import make_invoice

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde" + b"\x00" * 20
)


def asked(document: Document, **changes) -> dict:
    values = {
        "document_id": document.public_id,
        "employee": document.applicant,
        "version": document.version,
        "at": NOON,
    }
    return values | changes


def save(document: Document, *, head=None, lines=None, **changes) -> Document:
    return services.save_draft(**asked(document, **changes), changes=Changes(head=head or {}, lines=lines or {}))


def test_what_is_typed_is_kept_and_the_total_follows(world: World) -> None:
    claim = build.make_claim(world, "106.00", "50.00")
    first = build.lines_of(claim)[0]
    saved = save(claim, head={"title": "上海出差"}, lines={first.public_id: {"amount": Decimal("80.00")}})

    saved.refresh_from_db()
    assert (saved.title, saved.total, saved.version) == ("上海出差", Decimal("130.00"), claim.version + 1)
    first.refresh_from_db()
    assert first.amount == Decimal("80.00")
    assert InvoiceUse.objects.get(line_id=first.public_id).amount == Decimal("80.00")


def test_typing_the_same_again_changes_nothing(world: World) -> None:
    claim = build.make_claim(world)
    line = claim.lines.get()
    assert save(claim, lines={line.public_id: {"amount": line.amount}}).version == claim.version


def test_two_windows_the_older_one_is_told_and_overwrites_nothing(world: World) -> None:
    claim = build.make_claim(world)
    save(claim, head={"title": "from the newer window"})
    with pytest.raises(Stale):
        save(claim, head={"title": "from the older window"})
    claim.refresh_from_db()
    assert claim.title == "from the newer window"


@pytest.mark.parametrize("make", [build.make_claim, build.make_advance])
def test_nobody_else_works_on_my_draft(world: World, make) -> None:
    for stranger in (world.bob, world.carol, world.dan):
        with pytest.raises(DocumentNotFound):
            save(make(world), head={"title": "x"}, employee=stranger)


@pytest.mark.parametrize("make", [build.make_claim, build.make_advance])
def test_nobody_works_on_a_document_in_approval(routed: World, make) -> None:
    document = build.submit(make(routed))
    with pytest.raises(WrongState):
        save(document, head={"title": "x"})


def test_only_known_fields_can_be_typed(world: World) -> None:
    with pytest.raises(ValueError, match="status"):
        Changes(head={"status": "approved"})
    with pytest.raises(ValueError, match="document"):
        Changes(lines={uuid4(): {"document": 1}})


def test_another_companys_expense_type_is_refused(world: World) -> None:
    claim = build.make_claim(world)
    foreign = make_expense_type(world.other_company)
    with pytest.raises(ValueError, match="not of the company"):
        save(claim, lines={claim.lines.get().public_id: {"expense_type": foreign}})


def test_lines_follow_the_heads_cost_centre_unless_they_have_their_own(world: World) -> None:
    claim = build.make_claim(world, "10.00", "20.00")
    own, other = make_cost_centre(world.department), make_cost_centre(world.department)
    _first, second = build.lines_of(claim)
    claim = save(claim, lines={second.public_id: {"cost_centre": own}})
    save(claim, head={"cost_centre": other})
    assert [line.cost_centre for line in build.lines_of(claim)] == [other, own]


# --- Lines ------------------------------------------------------------------------------------------------------------
def test_a_blank_line_comes_last(world: World) -> None:
    claim = build.make_claim(world)
    claim, line = services.add_line(**asked(claim))
    assert build.lines_of(claim)[-1] == line
    assert (line.amount, line.expense_type, line.cost_centre) == (None, None, world.cost_centre)


def test_taking_a_line_off_frees_its_invoice(world: World) -> None:
    claim = build.make_claim(world, "10.00", "20.00")
    first = build.lines_of(claim)[0]
    claim = services.remove_line(**asked(claim), line_id=first.public_id)
    assert claim.total == Decimal("20.00")
    assert not InvoiceUse.objects.filter(line_id=first.public_id, released_at=None).exists()


def test_lines_can_be_moved(world: World) -> None:
    claim = build.make_claim(world, "10.00", "20.00", "30.00")
    last = build.lines_of(claim)[2]
    claim = services.move_line(**asked(claim), line_id=last.public_id, by=-1)
    claim = services.move_line(**asked(claim), line_id=last.public_id, by=-5)  # at most to the top
    assert [line.amount for line in build.lines_of(claim)] == [Decimal(30), Decimal(10), Decimal(20)]


def test_a_line_of_another_document_is_not_found(world: World) -> None:
    claim, other = build.make_claim(world), build.make_claim(world)
    with pytest.raises(LineNotFound):
        services.remove_line(**asked(claim), line_id=other.lines.get().public_id)


def test_a_document_has_room_for_so_many_lines(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(creating, "MOST_LINES", 1)
    with pytest.raises(TooManyLines):
        services.add_line(**asked(build.make_claim(world)))


# --- Invoices on lines ------------------------------------------------------------------------------------------------
def test_several_invoices_on_one_line_and_the_amount_follows_them(world: World) -> None:
    claim = build.make_claim(world, "10.00")
    line = claim.lines.get()
    more = make_invoice(world.alice, world.company, total="5.50")
    claim = services.add_invoices(**asked(claim), invoice_ids=[more.public_id], line_id=line.public_id)

    line.refresh_from_db()
    assert (line.amount, claim.total, line.line_invoices.count()) == (Decimal("15.50"), Decimal("15.50"), 2)

    claim = services.take_invoice_off(**asked(claim), line_id=line.public_id, invoice_id=more.public_id)
    line.refresh_from_db()
    assert (line.amount, claim.total, line.line_invoices.count()) == (Decimal("10.00"), Decimal("10.00"), 1)
    assert not InvoiceUse.objects.filter(invoice=more, released_at=None).exists()


def test_an_amount_of_my_own_does_not_follow(world: World) -> None:
    claim = build.type_in(build.make_claim(world, "10.00"), amount=Decimal("8.00"))
    more = make_invoice(world.alice, world.company, total="5.00")
    line = claim.lines.get()
    services.add_invoices(**asked(claim), invoice_ids=[more.public_id], line_id=line.public_id)
    line.refresh_from_db()
    assert line.amount == Decimal("8.00")
    claimed = line.line_invoices.order_by("pk").values_list("amount", flat=True)
    assert list(claimed) == [Decimal("8.00"), Decimal("0.00")]  # the first whole, as far as it goes


def test_tax_is_shown_for_the_part_that_is_claimed(world: World) -> None:
    claim = build.make_claim(world, "106.00")  # of which 6.00 tax
    build.type_in(claim, amount=Decimal("53.00"))
    assert claim.lines.get().tax == Decimal("3.00")


def test_invoices_come_each_on_a_line_of_its_own(world: World) -> None:
    claim = build.make_claim(world, "10.00")
    more = [make_invoice(world.alice, world.company, total=total) for total in ("1.00", "2.00")]
    claim = services.add_invoices(**asked(claim), invoice_ids=[invoice.public_id for invoice in more])
    assert (claim.lines.count(), claim.total) == (3, Decimal("13.00"))


def test_the_same_invoice_twice_on_a_document_is_refused(world: World) -> None:
    claim = build.make_claim(world, "10.00")
    invoice = claim.lines.get().line_invoices.get().invoice
    with pytest.raises(InvoiceTwice):
        services.add_invoices(**asked(claim), invoice_ids=[invoice.public_id])
    assert claim.lines.count() == 1
    services.add_invoices(**asked(claim), invoice_ids=[invoice.public_id], line_id=claim.lines.get().public_id)
    assert claim.lines.get().line_invoices.get().amount == Decimal("10.00")  # on its own line it merely stays


def test_a_colleagues_invoice_is_refused_and_the_draft_stays(world: World) -> None:
    claim = build.make_claim(world, "10.00")
    with pytest.raises(InvoicesGone):
        services.add_invoices(**asked(claim), invoice_ids=[make_invoice(world.bob, world.company).public_id])
    claim.refresh_from_db()
    assert (claim.lines.count(), claim.total) == (1, Decimal("10.00"))


def test_an_advance_stays_one_sum_without_invoices_type_or_day(world: World) -> None:
    advance = build.make_advance(world, "100.00")
    line = advance.lines.get()
    invoice = make_invoice(world.alice, world.company)
    changes = (
        lambda: services.add_line(**asked(advance)),
        lambda: services.remove_line(**asked(advance), line_id=line.public_id),
        lambda: services.add_invoices(**asked(advance), invoice_ids=[invoice.public_id]),
        lambda: services.add_invoices(**asked(advance), invoice_ids=[invoice.public_id], line_id=line.public_id),
    )
    for change in changes:
        with pytest.raises(ClaimsOnly):
            change()
    build.type_in(advance, expense_type=world.travel, spent_on=date(2026, 1, 2), purpose="展会")
    line.refresh_from_db()
    assert (line.purpose, line.expense_type, line.spent_on) == ("展会", None, None)  # they choose no other budget
    assert not line.line_invoices.exists()


# --- Attachments ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("make", [build.make_claim, build.make_advance])
def test_a_file_is_attached_once_and_taken_off(world: World, make) -> None:
    document = services.attach(**asked(make(world)), name="水单.png", content=PNG)
    again = services.attach(**asked(document), name="水单.png", content=PNG)
    assert again.version == document.version
    attachment = document.attachments.get()
    assert attachment.name == "水单.png"
    services.remove_attachment(**asked(document), attachment_id=attachment.public_id)
    assert not document.attachments.exists()


@pytest.mark.parametrize(
    ("content", "refusal"),
    [(b"", EmptyFile), (b"MZ" + b"\x00" * 200, WrongType), (PNG + b"\x00" * (20 * 1024 * 1024), FileTooLarge)],
)
def test_a_file_is_judged_by_its_content(world: World, content: bytes, refusal: type) -> None:
    claim = build.make_claim(world)
    with pytest.raises(refusal):
        services.attach(**asked(claim), name="水单.pdf", content=content)
    assert not claim.attachments.exists()


def test_attachments_are_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filing, "MOST_ATTACHMENTS", 1)
    claim = services.attach(**asked(build.make_claim(world)), name="a.png", content=PNG)
    with pytest.raises(AttachmentRefused):
        services.attach(**asked(claim), name="b.png", content=PNG + b"2")


# --- Erasing ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("make", [build.make_claim, build.make_advance])
def test_a_draft_that_was_never_sent_is_erased_with_all_it_has(world: World, make) -> None:
    document = make(world)
    services.attach(**asked(document), name="水单.png", content=PNG)
    document.refresh_from_db()
    services.delete_draft(**asked(document))

    assert not Document.objects.exists()
    assert not InvoiceUse.objects.filter(released_at=None).exists()
    kinds = AuditEntry.objects.filter(subject_id=document.public_id).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == [f"{document.kind}.created", f"{document.kind}.deleted"]


@pytest.mark.parametrize("make", [build.make_claim, build.make_advance])
def test_what_was_ever_sent_is_never_erased(routed: World, make) -> None:
    document = build.decide(build.submit(make(routed)), "return")
    with pytest.raises(WrongState):
        services.delete_draft(**asked(document))
