"""Drawn invoices of every kind with random content and layout: what is drawn is read, and nothing else."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from pypdf import PageObject, PdfReader, PdfWriter, Transformation

from demo.drawing import chance, forms, ofd, pdf, photo, xml
from demo.drawing.facts import InvoiceFacts
from demo.drawing.style import Style, random_style
from invoices import reading
from invoices.readers.base import Kind, Reading
from invoices.reading import FoundInvoice
from tests.invoices.readers.drawn import data_files, not_on_the_face
from tests.invoices.readers.truth import differences, said

EACH = 4  # random invoices of every kind


def read_one(content: bytes, today: date) -> Reading:
    (found,) = reading.read(content, name="invoice", today=today, with_preview=False)
    return found.reading


def invoice(rng: Random, kind: Kind, **wanted: object) -> InvoiceFacts:
    """A random one whose facts are as wanted, e.g. red=True or special='旅客运输服务'."""
    while True:
        facts = chance.random_invoice(rng, kind)
        if all(getattr(facts, name) == value for name, value in wanted.items()):
            return facts


@pytest.mark.parametrize("kind", chance.KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("form", ["pdf", "ofd", "pdf with data", "ofd with data"])
def test_drawn_invoices_are_read_in_full(kind: Kind, form: str, seed: int, today: date) -> None:
    rng = Random(f"{seed} {kind.name} {form}")
    for _ in range(EACH):
        facts, style = chance.random_invoice(rng, kind), random_style(rng)
        files = data_files(facts) if form.endswith("data") else {}
        draw = pdf.draw if form.startswith("pdf") else ofd.draw
        result = read_one(draw(facts, style, rng=rng, attach=files), today)

        absent = () if files else not_on_the_face(facts)
        assert differences(result, facts.truth(), absent=absent) == {}, (facts, style)
        assert set(result.unsure) == set(absent), (facts, style, result.notes)


@pytest.mark.parametrize("kind", [Kind.EINVOICE, Kind.EINVOICE_SPECIAL], ids=lambda kind: kind.name)
def test_the_tax_services_xml_is_read_in_full(kind: Kind, seed: int, today: date) -> None:
    rng = Random(f"{seed} {kind.name} xml")
    for _ in range(10):
        facts = chance.random_invoice(rng, kind)
        result = read_one(xml.einvoice(facts, rng), today)

        assert differences(result, facts.truth()) == {}
        assert result.unsure == []
        assert [item.amount for item in result.facts.items] == [line.amount for line in facts.lines]
        assert result.facts.original_number == facts.original_number


@pytest.mark.parametrize("kind", [Kind.EINVOICE, Kind.VAT], ids=lambda kind: kind.name)
def test_every_printed_line_is_read(kind: Kind, seed: int, today: date) -> None:
    """On one page, on several, and on a list of their own."""
    rng = Random(f"{seed} {kind.name} lines")
    for count in (1, 3, 12, 30):
        facts = invoice(rng, kind, special="")
        facts = replace(facts, lines=chance.lines(rng, count))
        result = read_one(pdf.draw(facts, random_style(rng), rng=rng), today)

        assert [item.name for item in result.facts.items] == [line.name for line in facts.lines]
        assert [item.amount for item in result.facts.items] == [line.amount for line in facts.lines]
        assert [item.quantity for item in result.facts.items] == [line.quantity for line in facts.lines]
        assert differences(result, facts.truth()) == {}


def test_the_journey_on_a_transport_invoice_is_read(seed: int, today: date) -> None:
    facts = invoice(Random(seed), Kind.EINVOICE, special="旅客运输服务")
    result = read_one(pdf.draw(facts), today)

    (trip,) = result.facts.trips
    assert (trip.departure, trip.destination, trip.travel_date) == (
        "国贸大厦",
        "首都机场T3",
        facts.rides[0].travel_date,
    )
    assert result.facts.passenger == facts.passenger


@pytest.mark.parametrize("kind", [Kind.RAIL, Kind.AIR], ids=lambda kind: kind.name)
def test_rides_and_flights_are_read_from_the_face_and_from_the_data(kind: Kind, seed: int, today: date) -> None:
    facts = chance.random_invoice(Random(seed), kind)
    for content in (pdf.draw(facts), pdf.draw(facts, attach=data_files(facts))):
        result = read_one(content, today)

        assert [trip.carrier_number for trip in result.facts.trips] == [ride.carrier_number for ride in facts.rides]
        assert [trip.travel_date for trip in result.facts.trips] == [ride.travel_date for ride in facts.rides]
        assert result.facts.passenger == facts.passenger


def test_a_photo_gives_what_its_code_says(seed: int, today: date) -> None:
    rng = Random(seed)
    for kind in (Kind.EINVOICE, Kind.VAT, Kind.RAIL, Kind.FISCAL):
        facts = chance.random_invoice(rng, kind)
        page = pdf.draw(facts)
        for turned in (0, 3, 6, 8):
            result = read_one(photo.take(page, rng, turned=turned), today)
            truth, found = facts.truth(), said(result)

            known = {key for key, value in found.items() if value is not None}
            assert {key: found[key] for key in known - {"kind"}} == {key: truth[key] for key in known - {"kind"}}
            assert {"number", "date"} <= known
            assert {key for key, value in truth.items() if value} - known <= {*result.unsure, "buyer_tax_id"}


def test_a_photo_is_shown_upright(today: date) -> None:
    rng = Random(3)
    page = pdf.draw(chance.random_invoice(rng, Kind.EINVOICE))
    for turned in (3, 6, 8):
        (found,) = reading.read(photo.take(page, rng, turned=turned), name="photo.jpg", today=today)
        assert found.preview is not None
        shown = picture_of(found)
        assert shown.width > shown.height
        assert shown.info.get("exif") is None  # where and with what it was taken stays with its owner


def picture_of(found: FoundInvoice):  # type: ignore[no-untyped-def]
    from PIL import Image

    assert found.preview is not None
    return Image.open(io.BytesIO(found.preview.content))


def page_of(facts: InvoiceFacts) -> PageObject:
    return PdfReader(io.BytesIO(pdf.draw(facts))).pages[0]


def on_one_page(rng: Random, kind: Kind) -> InvoiceFacts:
    """An invoice whose totals stand on its only page."""
    while len(forms.sheets(facts := chance.random_invoice(rng, kind))) > 1:
        pass
    return facts


def written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def by_number(found: list[FoundInvoice]) -> dict[str, Reading]:
    return {one.reading.text("number"): one.reading for one in found}


def test_several_invoices_in_one_pdf_are_several(seed: int, today: date) -> None:
    rng = Random(seed)
    all_facts = [
        chance.random_invoice(rng, kind) for kind in (Kind.EINVOICE, Kind.VAT, Kind.RAIL, Kind.EINVOICE_SPECIAL)
    ]
    writer = PdfWriter()
    for facts in all_facts:
        writer.append(io.BytesIO(pdf.draw(facts)))
    found = by_number(reading.read(written(writer), name="all.pdf", today=today, with_preview=False))

    assert set(found) == {facts.number for facts in all_facts}
    for facts in all_facts:
        assert differences(found[facts.number], facts.truth(), absent=not_on_the_face(facts)) == {}


def test_two_invoices_on_one_sheet_are_two(seed: int, today: date) -> None:
    rng = Random(seed)
    pair = [on_one_page(rng, Kind.EINVOICE_SPECIAL), on_one_page(rng, Kind.TOLL)]
    sheet = PageObject.create_blank_page(width=595, height=842)
    for index, facts in enumerate(pair):
        sheet.merge_transformed_page(page_of(facts), Transformation().translate(0, 842 - 400 * (index + 1)))
    writer = PdfWriter()
    writer.add_page(sheet)
    found = by_number(reading.read(written(writer), name="two.pdf", today=today, with_preview=False))

    assert set(found) == {facts.number for facts in pair}
    for facts in pair:
        assert differences(found[facts.number], facts.truth()) == {}


@pytest.mark.parametrize("change", ["turned", "moved", "smaller", "larger", "locked against printing"])
def test_a_page_is_read_however_it_lies(change: str, seed: int, today: date) -> None:
    facts = chance.random_invoice(Random(seed), Kind.EINVOICE_SPECIAL)
    writer = PdfWriter(clone_from=io.BytesIO(pdf.draw(facts)))
    page = writer.pages[0]
    if change == "turned":
        page.rotate(90)
    elif change == "moved":
        page.add_transformation(Transformation().translate(100, 200))
        page.mediabox.lower_left, page.mediabox.upper_right = (100, 200), (695, 597)
    elif change in ("smaller", "larger"):
        page.scale_by(0.6 if change == "smaller" else 2.5)
    else:
        writer.encrypt("", owner_password="only the owner may print", algorithm="AES-256")

    assert differences(read_one(written(writer), today), facts.truth()) == {}


def test_text_over_a_scan_is_left_to_a_person(today: date) -> None:
    """A scanner's program may have misread it; what the code confirms is sure."""
    facts = chance.random_invoice(Random(4), Kind.EINVOICE)
    from invoices.readers import pdf as pages

    drawn = pdf.draw(facts)
    scan = io.BytesIO()
    pages.picture(drawn, 1, 100).save(scan, "PDF", resolution=100)
    writer = PdfWriter(clone_from=scan)
    writer.pages[0].merge_page(page_of(facts))
    result = read_one(written(writer), today)

    assert differences(result, facts.truth()) == {}
    assert "seller_name" in result.unsure
    assert not {"number", "date", "total"} & set(result.unsure)


def test_labels_all_written_before_values_are_still_matched(today: date) -> None:
    """The order inside the file means nothing: the values of the buyer come after the seller's labels here."""
    rng = Random(9)
    for order in ("labels_first", "shuffled"):
        style = Style(order=order, spaced_labels=True, split_dates=True, grouped_check_code=True, colon=":")
        facts = chance.random_invoice(rng, Kind.VAT)
        assert differences(read_one(pdf.draw(facts, style, rng=rng), today), facts.truth()) == {}


@pytest.mark.parametrize("said", ["E12345678", "ABC-12345-67890-XY", "9131000071788070"])
def test_an_id_that_is_no_tax_id_is_not_a_blank_one(said: str, seed: int, today: date) -> None:
    """A buyer from abroad gives a passport or a register number of her own: a person looks at it."""
    facts = invoice(Random(seed), Kind.EINVOICE, special="")
    facts = replace(facts, buyer=replace(facts.buyer, tax_id=said))
    for content in (xml.einvoice(facts), pdf.draw(facts), pdf.draw(facts, attach={"a.xml": xml.einvoice(facts)})):
        assert "buyer_tax_id" in read_one(content, today).unsure
