"""Private files: typed by content, kept once, sent so that they can do no harm."""

from __future__ import annotations

import io
import os
import threading
import zipfile
from pathlib import Path

import pytest

from common import files
from common.models import StoredFile

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"
)
XML = '\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<EInvoice/>'.encode()
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\x00" * 64


def zipped(*names: str) -> bytes:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), "x")  # of a fixed day
    return package.getvalue()


@pytest.fixture
def root(settings, tmp_path: Path) -> Path:
    settings.FILES_ROOT = tmp_path
    return tmp_path


@pytest.mark.parametrize(("content", "media_type"), [
    (PDF, files.PDF), (PNG, "image/png"), (XML, files.XML), (b"<?xml version='1.0'?><a/>", files.XML),
    (zipped("OFD.xml", "Doc_0/Document.xml"), files.OFD), (zipped("a.pdf"), files.ZIP),
    (zipped("OFD.xml", "Doc_0/Document.xml")[:60], files.OFD), (b"plain words", "text/plain"),
], ids=["pdf", "png", "xml-bom", "xml", "ofd", "zip", "ofd-cut-off", "text"])  # fmt: skip
def test_the_type_is_what_the_bytes_are(content: bytes, media_type: str) -> None:
    assert files.media_type_of(content) == media_type


def broken(place: int, byte: int) -> bytes:
    """A zip whose directory has another byte at a place."""
    content = bytearray(zipped("OFD.xml", "报.xml"))
    content[content.find(b"PK\x01\x02") + place] = byte
    return bytes(content)


@pytest.mark.parametrize("place", [6, 99], ids=["of a version to come", "with a name in no encoding"])
def test_a_zip_python_cannot_open_has_a_type_all_the_same(place: int) -> None:
    content = broken(place, 0xFF)
    with pytest.raises((NotImplementedError, UnicodeDecodeError)):
        zipfile.ZipFile(io.BytesIO(content))
    assert files.media_type_of(content) in (files.OFD, files.ZIP)


def test_a_program_under_the_name_of_an_invoice_is_refused_with_what_it_is_and_what_to_send() -> None:
    with pytest.raises(files.WrongType, match=r"发票\.pdf") as refused:
        files.check(PROGRAM, name="发票.pdf", allowed=files.INVOICE_TYPES)
    assert refused.value.status == 422
    assert files.check(PDF, name="发票.exe", allowed=files.INVOICE_TYPES) == files.PDF  # a name proves nothing


def test_an_empty_file_and_one_too_large_are_refused_by_name() -> None:
    with pytest.raises(files.EmptyFile, match=r"a\.pdf"):
        files.check(b"", name="a.pdf", allowed=files.INVOICE_TYPES)
    with pytest.raises(files.FileTooLarge, match="20"):
        files.check(PDF + bytes(files.MAX_SIZE), name="a.pdf", allowed=files.INVOICE_TYPES)


@pytest.mark.django_db
def test_the_same_bytes_are_kept_once_and_come_back(root: Path) -> None:
    first, second = (files.store(PDF, media_type=files.PDF) for _ in range(2))
    assert first == second
    assert files.read(first) == PDF
    assert [path for path in root.rglob("*") if path.is_file()] == [files.path_of(first.sha256)]


@pytest.mark.django_db
def test_a_failure_while_writing_leaves_neither_half_a_file_nor_a_row(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space left"):
        files.store(PDF, media_type=files.PDF)
    assert not [path for path in root.rglob("*") if path.is_file()]
    assert not StoredFile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_store_the_same_bytes_at_once_share_one_file(root: Path) -> None:
    from django.db import connection

    kept: list[int] = []

    def one() -> None:
        kept.append(files.store(PDF, media_type=files.PDF).pk)
        connection.close()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) == 4
    assert len(set(kept)) == 1


@pytest.mark.django_db
def test_a_picture_may_be_shown_and_a_document_of_markup_is_only_downloaded_in_a_sandbox(root: Path) -> None:
    shown = files.response(files.store(PNG, media_type="image/png"), name="票.png", inline=True)
    assert shown["Content-Disposition"].startswith("inline")
    xml = files.response(files.store(XML, media_type=files.XML), name="a.xml", inline=True)
    assert xml["Content-Disposition"].startswith("attachment")
    assert xml["Content-Security-Policy"].startswith("sandbox")
    for answer in (shown, xml):
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "private, no-store"
        answer.close()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ['a"; filename=b.exe', "a\r\nSet-Cookie: x=1", "../../etc/passwd"])
def test_a_name_cannot_add_to_the_headers_nor_name_a_folder(root: Path, name: str) -> None:
    answer = files.response(files.store(PDF, media_type=files.PDF), name=name)
    header = answer["Content-Disposition"]
    answer.close()
    assert header.startswith("attachment; filename*=UTF-8''")
    assert not set('"\r\n/;') & set(header.removeprefix("attachment; "))
