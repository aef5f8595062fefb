"""An OFD page drawn for people: what stands on it is where the file says, and the seal lies over it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from random import Random

import pytest
from PIL import Image

from demo.drawing import chance, ofd, pdf, stamps
from demo.drawing.forms.parts import qr_content
from invoices import reading
from invoices.readers import pdf as pages
from invoices.readers import qr
from invoices.readers.base import Kind
from invoices.readers.ofd import Document, draw, jbig2
from invoices.readers.ofd.content import commands, steps
from tests.invoices.readers.test_refuse_hostile_files import archive, unpacked

FACTS = chance.random_invoice(Random(8), Kind.VAT)
DPI = 127  # five pixels a millimetre
PAGE = "Doc_0/Pages/Page_0/Content.xml"


def drawn(content: bytes) -> Image.Image:
    return pages.picture(draw.page_as_pdf(Document(content)), dpi=DPI)


def changed(part: str, change: Callable[[bytes], bytes]) -> bytes:
    parts = unpacked(ofd.draw(FACTS))
    return archive({**parts, part: change(parts[part])})


def ink(image: Image.Image, box: tuple[float, float, float, float]) -> int:
    """How many dark pixels a box in millimetres has."""
    region = image.convert("L").crop(pixels(box))
    return sum(region.histogram()[:128])


@pytest.mark.parametrize("kind", chance.KINDS, ids=lambda kind: kind.name)
def test_the_code_on_a_drawn_page_can_be_read(kind: Kind) -> None:
    facts = chance.random_invoice(Random(9), kind)
    image = pages.picture(draw.page_as_pdf(Document(ofd.draw(facts))))
    assert qr.texts(image) == [qr_content(facts)]


def test_the_picture_is_that_of_the_pdf_of_the_same_invoice() -> None:
    """Lines and blocks of text at the same places; the fonts' widths differ."""
    one, other = drawn(ofd.draw(FACTS)), pages.picture(pdf.draw(FACTS), dpi=DPI)
    assert one.size == other.size
    small = [image.convert("L").resize((42, 28)) for image in (one, other)]
    pairs = zip(small[0].tobytes(), small[1].tobytes(), strict=True)
    assert sum(abs(a - b) for a, b in pairs) / (42 * 28) < 12


def test_text_whose_outline_is_transparent_is_still_shown() -> None:
    """Some issuers give every text a stroke of alpha 0; it is the fill that is seen."""
    stroke = b'<ofd:StrokeColor Value="0 0 0" Alpha="0"/><ofd:FillColor'
    content = changed(PAGE, lambda part: part.replace(b"<ofd:FillColor", stroke))
    number = (164.0, 12.0, 185.0, 16.0)
    assert ink(drawn(content), number) == ink(drawn(ofd.draw(FACTS)), number) > 50


def test_a_path_that_is_filled_without_a_colour_stays_hollow() -> None:
    """The ⊗ before the capitals would else become a black disc."""
    content = changed(
        PAGE, lambda part: part.replace(b'LineWidth="0.225" Fill="false"', b'LineWidth="0.225" Fill="true"')
    )
    ring = (58.0, 98.0, 62.0, 102.0)
    assert ink(drawn(content), ring) == ink(drawn(ofd.draw(FACTS)), ring)


STAMP = (150.0, 84.0, 36.0, 24.0)


def sealed(picture: bytes) -> bytes:
    """The invoice with a seal whose picture lies in the signature's bytes."""
    parts = unpacked(ofd.draw(FACTS))
    parts["OFD.xml"] = parts["OFD.xml"].replace(
        b"</ofd:DocBody>", b"<ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures></ofd:DocBody>"
    )
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    stamp = f'<ofd:StampAnnot ID="1" PageRef="1" Boundary="{" ".join(map(str, STAMP))}"/>'
    parts["Doc_0/Signs/Signatures.xml"] = (
        f'<ofd:Signatures {space}><ofd:Signature ID="1" BaseLoc="Sign_0/Signature.xml"/></ofd:Signatures>'.encode()
    )
    parts["Doc_0/Signs/Sign_0/Signature.xml"] = (
        f"<ofd:Signature {space}><ofd:SignedInfo>{stamp}</ofd:SignedInfo>"
        "<ofd:SignedValue>SignedValue.dat</ofd:SignedValue></ofd:Signature>"
    ).encode()
    parts["Doc_0/Signs/Sign_0/SignedValue.dat"] = b"\x30\x82\x10\x00der" + picture + b"more der"
    return archive(parts)


def test_a_seal_in_its_signature_is_stamped_where_it_says(today: date) -> None:
    """The picture is a picture or a small OFD."""
    small_ofd = ofd.draw(chance.random_invoice(Random(1), Kind.FISCAL))
    bare = drawn(ofd.draw(FACTS))
    box = (STAMP[0], STAMP[1], STAMP[0] + STAMP[2], STAMP[1] + STAMP[3])
    for picture in (stamps.seal("北京市"), small_ofd):
        content = sealed(picture)
        assert drawn(content).crop(pixels(box)).tobytes() != bare.crop(pixels(box)).tobytes()
        (found,) = reading.read(content, name="a.ofd", today=today)
        assert found.reading.unsure == []


def test_an_invoice_is_read_though_its_seal_is_broken(today: date) -> None:
    broken = unpacked(ofd.draw(chance.random_invoice(Random(1), Kind.FISCAL)))
    broken[PAGE] = b"<ofd:Page"
    for picture in (archive(broken), archive(broken)[:400], b"\x89PNG\r\n\x1a\n"):
        (found,) = reading.read(sealed(picture), name="a.ofd", today=today)
        assert found.reading.unsure == []


def pixels(box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = (round(side * DPI / 25.4) for side in box)
    return x0, y0, x1, y1


def test_tags_with_an_impossible_prefix_are_read(today: date) -> None:
    """Producers of 2020 wrote `<:eInvoice xmlns:="">`, which is no XML."""
    content = changed(
        "Doc_0/Tags/CustomTag.xml",
        lambda part: part.replace(b"<ofd:root ", b'<:eInvoice xmlns:="" ').replace(b"</ofd:root>", b"</:eInvoice>"),
    )
    (found,) = reading.read(content, name="a.ofd", today=today)
    assert found.reading.unsure == []


@pytest.mark.parametrize(
    "part", ["Doc_0/PublicRes.xml", "Doc_0/DocumentRes.xml", "Doc_0/Tags/CustomTag.xml", "Doc_0/Tpls/Tpl_0/Content.xml"]
)
def test_a_broken_part_beside_the_page_does_not_make_it_unreadable(part: str, today: date) -> None:
    for broken in (b"", b"<broken", b"\x00\xff"):
        (found,) = reading.read(changed(part, lambda _old, new=broken: new), name="a.ofd", today=today)  # type: ignore[misc]
        assert found.reading.text("number") == FACTS.number
        assert found.preview is not None


def test_steps_between_glyphs_come_in_runs() -> None:
    assert steps("g 3 1.5 3 g 2 2") == [1.5, 1.5, 1.5, 3.0, 2.0, 2.0]
    assert steps("") == steps(None) == []
    assert steps("g 2") == [2.0]  # broken: what can be understood is kept


def test_a_path_is_read_up_to_its_first_fault() -> None:
    assert list(commands("M 0 0 L 1 2 C Z 3")) == [("M", (0.0, 0.0)), ("L", (1.0, 2.0)), ("C", ())]
    assert list(commands("M 0")) == []


@pytest.mark.parametrize("content", [b"", jbig2.SIGNATURE, jbig2.SIGNATURE + b"\x01" * 200, b"\x00" * 50])
def test_a_broken_jbig2_picture_is_left_out(content: bytes) -> None:
    assert jbig2.decode(content) is None


def test_a_picture_of_unknown_form_is_left_out() -> None:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    assert draw.open_picture(out.getvalue()) is not None
    assert draw.open_picture(b"GBIG2 something") is None
