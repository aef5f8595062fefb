"""Files of one invoice belong together: the tax service's zip holds it as XML, PDF and OFD."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

from demo.drawing import chance, ofd, pdf, xml
from demo.drawing.facts import InvoiceFacts
from invoices import reading
from invoices.readers.base import Kind, Source
from tests.invoices.readers.test_refuse_hostile_files import archive
from tests.invoices.readers.truth import differences

RNG = Random(12)
ONE, OTHER = chance.random_invoice(RNG, Kind.EINVOICE_SPECIAL), chance.random_invoice(RNG, Kind.EINVOICE_SPECIAL)


def three(facts: InvoiceFacts, folder: str) -> dict[str, bytes]:
    name = f"{folder}/dzfp_{facts.number}"
    return {f"{name}.pdf": pdf.draw(facts), f"{name}.ofd": ofd.draw(facts), f"{name}.xml": xml.einvoice(facts)}


def test_xml_pdf_and_ofd_of_one_number_are_one_invoice(today: date) -> None:
    (found,) = reading.read(archive(three(ONE, "发票")), name="发票.zip", today=today)

    assert differences(found.reading, ONE.truth()) == {}
    assert found.reading.unsure == []
    assert {value.source for value in found.reading.values.values()} == {Source.XML}
    assert sorted(file.source_kind for file in found.files) == ["ofd", "pdf", "xml"]
    assert found.preview is not None


def test_several_invoices_in_a_zip_stay_apart(today: date) -> None:
    found = reading.read(archive(three(ONE, "a") | three(OTHER, "b")), name="a.zip", today=today, with_preview=False)

    assert [one.reading.text("number") for one in found] == [ONE.number, OTHER.number]
    assert [len(one.files) for one in found] == [3, 3]


def test_files_that_disagree_are_for_a_person_to_decide(today: date) -> None:
    """The PDF shows another total than the tax service's data: both are kept."""
    line = replace(ONE.lines[0], amount=ONE.lines[0].amount + 100)
    changed = replace(ONE, lines=[line, *ONE.lines[1:]])
    parts = {"a.xml": xml.einvoice(ONE), "a.pdf": pdf.draw(changed)}
    (found,) = reading.read(archive(parts), name="a.zip", today=today, with_preview=False)

    assert {"total", "amount_excl_tax"} <= set(found.reading.unsure)
    assert [value.value for value in found.reading.alternatives["total"]][:2] == [ONE.total, changed.total]
    assert found.reading.values["total"].source is Source.XML
    assert found.reading.values["total"].confidence == Decimal("0.50")
    assert "number" not in found.reading.unsure


def test_a_code_of_another_invoice_on_the_page_is_seen(today: date) -> None:
    """Somebody pasted the QR code of another invoice: number, date and total are in doubt."""
    from demo.drawing.forms import sheets
    from demo.drawing.sheet import Picture

    (page,) = sheets(ONE)
    (foreign,) = sheets(OTHER)[:1]
    codes = [mark for mark in foreign.marks if isinstance(mark, Picture) and not mark.over]
    page.marks = [*(mark for mark in page.marks if not isinstance(mark, Picture) or mark.over), *codes]
    (found,) = reading.read(pdf.of_sheets([page]), name="a.pdf", today=today, with_preview=False)

    assert "number" in found.reading.unsure
    assert found.reading.text("number") == ONE.number
