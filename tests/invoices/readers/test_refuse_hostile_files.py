"""Files that are broken or mean harm: each is refused with a sentence of its own, before it costs much."""

from __future__ import annotations

import contextlib
import io
import resource
import struct
import zipfile
import zlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from demo.drawing import chance, ofd, pdf, xml
from invoices import reading
from invoices.readers import errors, limits
from invoices.readers.base import Kind
from tests.invoices.readers.truth import differences

FACTS = chance.random_invoice(Random(1), Kind.EINVOICE_SPECIAL)
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DTD = '<?xml version="1.0"?><!DOCTYPE EInvoice [<!ENTITY l0 "ha">%s]><EInvoice>&l9;</EInvoice>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE EInvoice SYSTEM "file:///etc/passwd"><EInvoice/>'


def archive(parts: dict[str, bytes], *, stored: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def unpacked(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def changed_ofd(path: str, content: bytes | None) -> bytes:
    """A good OFD with one part replaced, or missing."""
    parts = unpacked(ofd.draw(FACTS))
    parts.pop(path)
    return archive(parts if content is None else {**parts, path: content})


def encrypted_pdf(algorithm: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf.draw(FACTS))))
    writer.encrypt("secret", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def long_pdf() -> bytes:
    writer = PdfWriter()
    for _ in range(limits.MAX_PAGES + 1):
        writer.add_blank_page(595, 842)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """A true picture of one colour: small as a file, gigabytes when decoded."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    squeezer = zlib.compressobj(9)
    rows = b"".join(squeezer.compress(b"\x00" * (1 + width // 8)) for _ in range(height)) + squeezer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def encrypted_zip() -> bytes:
    """The flag of encryption set in the directory, as zip programs do."""
    content = bytearray(archive({"invoice.xml": xml.einvoice(FACTS)}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    return bytes(content)


def lying_zip() -> bytes:
    """A part that says it has 100 bytes and has 30 MB."""
    content = bytearray(archive({"invoice.xml": b" " * (30 * limits.MEGABYTE)}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = content.index(mark) + offset
        content[place : place + 4] = struct.pack("<I", 100)
    return bytes(content)


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((900, 600), 80).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def nested_zip() -> bytes:
    inner = archive({"invoice.xml": xml.einvoice(FACTS)})
    return archive({"inner.zip": inner})


def nameless_zip() -> bytes:
    """Its directory begins a name with a NUL, where names end."""
    content = bytearray(archive({"a.xml": xml.einvoice(FACTS)}))
    content[content.find(b"PK\x01\x02") + 46] = 0
    return bytes(content)


HOSTILE: dict[str, tuple[Callable[[], bytes], type[errors.Unreadable]]] = {
    "nothing in it": (lambda: b"", errors.EmptyFile),
    "40 MB": (lambda: b"%PDF-1.7" + bytes(40 * limits.MEGABYTE), errors.TooLarge),
    "a program called .pdf": (lambda: Path("/bin/true").read_bytes(), errors.WrongType),
    "a web page called .xml": (lambda: b"<!DOCTYPE html><html><body>invoice</body></html>", errors.WrongType),
    "a Word document": (
        lambda: archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}),
        errors.WrongType,
    ),
    "a picture with scripts (SVG)": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', errors.WrongType),
    "a PDF with a password (AES)": (lambda: encrypted_pdf("AES-256"), errors.EncryptedPdf),
    "a PDF with a password (RC4)": (lambda: encrypted_pdf("RC4-128"), errors.EncryptedPdf),
    "a PDF that only begins like one": (lambda: b"%PDF-1.7\n" + b"\xff" * 5000, errors.DamagedPdf),
    "a cut-off PDF": (lambda: pdf.draw(FACTS)[:9000], errors.DamagedPdf),
    "a PDF of too many pages": (long_pdf, errors.TooManyPages),
    "a cut-off OFD": (lambda: ofd.draw(FACTS)[:-2000], errors.DamagedArchive),
    "an OFD without a document": (lambda: changed_ofd("Doc_0/Document.xml", None), errors.BadOfd),
    "an OFD with a broken page": (lambda: changed_ofd("Doc_0/Pages/Page_0/Content.xml", b"<ofd:Page"), errors.BadOfd),
    "an OFD with a DTD inside": (lambda: changed_ofd("OFD.xml", (DTD % LAUGHS).encode()), errors.XmlWithDtd),
    "a cut-off zip": (lambda: archive({"a.xml": xml.einvoice(FACTS)})[:-30], errors.DamagedArchive),
    "a zip with a password": (encrypted_zip, errors.EncryptedArchive),
    "a zip that leaves its folder": (lambda: archive({"../../etc/cron.d/x": b"x"}), errors.UnsafeArchive),
    "a zip of too many files": (lambda: archive({f"{n}.xml": b"" for n in range(600)}), errors.ArchiveTooLarge),
    "a zip bomb": (
        lambda: archive({f"{n}.xml": bytes(15 * limits.MEGABYTE) for n in range(8)}),
        errors.ArchiveTooLarge,
    ),
    "a zip bomb of one part": (lambda: archive({"0.xml": bytes(19 * limits.MEGABYTE)}), errors.ArchiveTooLarge),
    "a zip that lies about its size": (lying_zip, errors.DamagedArchive),
    "a zip with a part without a name": (nameless_zip, errors.UnsafeArchive),
    "a zip in a zip": (nested_zip, errors.ArchiveTooLarge),
    "a zip without an invoice": (lambda: archive({"readme.txt": b"hello"}), errors.NoInvoiceInside),
    "XML with entities in entities": ((DTD % LAUGHS).encode, errors.XmlWithDtd),
    "XML that reads a file": (OUTSIDE.encode, errors.XmlWithDtd),
    "the same in UTF-16": (lambda: (DTD % LAUGHS).encode("utf-16"), errors.XmlWithDtd),
    "XML of a million elements": (lambda: b"<EInvoice>" + b"<a/>" * 1_000_000 + b"</EInvoice>", errors.XmlTooLarge),
    "XML nested a thousand deep": (lambda: b"<a>" * 1000 + b"</a>" * 1000, errors.BadXml),
    "XML that ends too early": (lambda: xml.einvoice(FACTS)[:800], errors.BadXml),
    "XML of something else": (lambda: b'<?xml version="1.0"?><Order><No>1</No></Order>', errors.UnknownXml),
    "a PNG of 20,000 × 20,000": (lambda: huge_png(20_000, 20_000), errors.PictureTooLarge),
    "a PNG of 9,000 × 9,000": (lambda: huge_png(9_000, 9_000), errors.PictureTooLarge),
    "a cut-off photo": (lambda: jpeg()[:2000], errors.BadPicture),
    "a PNG of noise": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), errors.BadPicture),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_it_is_refused_for_its_own_reason(what: str, today: date) -> None:
    build, reason = HOSTILE[what]
    content = build()

    with pytest.raises(errors.Unreadable) as refusal:
        reading.read(content, name="发票.pdf", today=today)

    assert type(refusal.value) is reason
    assert "发票.pdf" in refusal.value.message
    assert "%(" not in refusal.value.message


def damaged(content: bytes, rng: Random) -> bytes:
    """Some bytes changed, lost, or put in."""
    result = bytearray(content)
    for _ in range(rng.choice([1, 3, 20])):
        place = rng.randrange(len(result) + 1)
        result[place : place + rng.randrange(0, 60)] = rng.choice([b"", b"\x00", b"nan", b"<", b'"', b"1e308", b"-1"])
    return bytes(result)


def test_a_damaged_file_is_read_or_refused_and_nothing_else(seed: int, today: date) -> None:
    rng = Random(seed)
    files = [pdf.draw(FACTS), xml.einvoice(FACTS), jpeg(), archive({"a.xml": xml.einvoice(FACTS)})]
    for _ in range(10):
        parts = unpacked(ofd.draw(FACTS))
        part = rng.choice([name for name in parts if name.endswith(".xml")])
        broken_ofd = archive({**parts, part: damaged(parts[part], rng)})
        for content in (broken_ofd, *(damaged(file, rng) for file in files)):
            with contextlib.suppress(errors.Unreadable):
                assert reading.read(content, name="damaged", today=today)


def test_refusing_costs_little_memory(today: date) -> None:
    """The bombs would unpack to hundreds of megabytes; the most this process ever held hardly moves."""
    bombs = [HOSTILE[what] for what in ("a zip bomb", "a zip that lies about its size", "a PNG of 20,000 × 20,000")]
    contents = [build() for build, _reason in bombs]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for content in contents:
        with pytest.raises(errors.Unreadable):
            reading.read(content, name="bomb", today=today)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000  # kilobytes


def test_a_decoded_bomb_would_have_been_large(monkeypatch: pytest.MonkeyPatch, today: date) -> None:
    """Without the limit the picture is decoded: the check before it is what refuses it."""
    monkeypatch.setattr(limits, "MAX_PIXELS", 10**9)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10**9)

    (found,) = reading.read(huge_png(9_000, 9_000), name="large.png", today=today, with_preview=False)
    assert found.reading.values == {}


def test_a_bad_file_in_a_zip_does_not_keep_the_good_one_from_being_read(today: date) -> None:
    content = archive({"notes.txt": b"hello", "empty.pdf": b"", "__MACOSX/._a.xml": b"x", "a.xml": xml.einvoice(FACTS)})

    (found,) = reading.read(content, name="a.zip", today=today)
    assert differences(found.reading, FACTS.truth()) == {}


def test_control_characters_do_not_reach_a_field(today: date) -> None:
    content = (
        xml.einvoice(FACTS)
        .decode()
        .replace(FACTS.seller.name, f"\u200b{FACTS.seller.name[:2]}\ufeff\u0085{FACTS.seller.name[2:]}")
    )

    (found,) = reading.read(content.encode(), name="a.xml", today=today)
    assert found.reading.text("seller_name") == FACTS.seller.name


def test_a_page_of_any_size_is_drawn_with_few_pixels(today: date) -> None:
    writer = PdfWriter()
    writer.add_blank_page(14_000, 14_000)
    out = io.BytesIO()
    writer.write(out)

    (found,) = reading.read(out.getvalue(), name="poster.pdf", today=today)
    assert found.preview is not None
    assert max(Image.open(io.BytesIO(found.preview.content)).size) <= 1600


def test_runs_of_glyphs_beyond_all_measure_are_cut(today: date) -> None:
    parts = unpacked(ofd.draw(FACTS))
    path = "Doc_0/Pages/Page_0/Content.xml"
    parts[path] = parts[path].replace(b'DeltaX="', b'DeltaX="g 999999999999 1 ')

    (found,) = reading.read(archive(parts), name="a.ofd", today=today)
    assert found.reading.text("number") == FACTS.number  # from the document's data


def test_what_is_refused_is_worded_in_both_languages() -> None:
    from django.utils import translation

    error = errors.EncryptedPdf(name="a.pdf")
    with translation.override("en"):
        english = error.message
    with translation.override("zh-hans"):
        chinese = error.message

    assert english != chinese
    assert "密码" in chinese
