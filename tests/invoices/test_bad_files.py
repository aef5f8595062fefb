"""What should not have been dropped: each gets a sentence under its name and leaves nothing half done."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from common.models import StoredFile
from directory.models import Employee
from invoices.models import Holding, Invoice, InvoiceFile, Upload
from tests.builders import World
from tests.invoices.build import signed_in
from tests.invoices.papers import paper

pytestmark = pytest.mark.usefixtures("english", "reader")


def locked_pdf() -> bytes:
    out = io.BytesIO()
    page = Canvas(out, encrypt=StandardEncryption("secret", "owner"))
    page.drawString(72, 720, "invoice")
    page.save()
    return out.getvalue()


def send(person: Employee, *dropped: tuple[str, bytes]) -> list[Any]:
    client = signed_in(person, accept="application/json")
    files = [SimpleUploadedFile(name, content) for name, content in dropped]
    answer = client.post(reverse("invoices:upload"), {"files": files})
    assert answer.status_code == 200, answer.content
    return list(json.loads(answer.content)["uploads"])


def truncated_ofd() -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("OFD.xml", "<ofd:OFD xmlns:ofd='http://www.ofdspec.org/2016'/>" * 50)
        package.writestr("Doc_0/Document.xml", "x" * 5000)
    return whole.getvalue()[: len(whole.getvalue()) // 2]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(8):
            archive.writestr(f"{n}.xml", b"0" * (15 * 1024 * 1024))
    return out.getvalue()


def huge_picture() -> bytes:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    return out.getvalue()


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><EInvoice>&b;</EInvoice>'

BAD = {
    "wrong type under a right name": (
        "invoice.pdf",
        b"MZ\x90\x00" + b"\x00" * 200,
        "invoice.pdf",
        "in truth of the type",
    ),
    "nothing in it": ("leer.pdf", b"", "leer.pdf", "is empty (0 bytes)"),
    "40 MB": ("gross.pdf", b"%PDF-1.7" + b"0" * (40 * 1024 * 1024), "gross.pdf", "has 40.0 MB; at most 20 MB"),
    "encrypted PDF": ("geheim.pdf", locked_pdf(), "geheim.pdf", "password"),
    "truncated OFD": ("halb.ofd", truncated_ofd(), "halb.ofd", "damaged"),
    "XML with DTD": ("dtd.xml", LAUGHS, "dtd.xml", "declares a document type (DTD)"),
    "zip bomb": ("bombe.zip", bomb(), "bombe.zip", "more than is allowed"),
    "20,000 × 20,000 PNG": ("riese.png", huge_picture(), "riese.png", "20000 × 20000 pixels"),
    "XML that is no invoice": ("fremd.xml", b"<?xml version='1.0'?><letter/>", "fremd.xml", "begins with <letter>"),
    "zip without an invoice": ("leer.zip", b"PK\x05\x06" + b"\x00" * 18, "leer.zip", ""),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_told_by_name_and_leaves_nothing_behind(world: World, case: str) -> None:
    name, content, where, words = BAD[case]
    good = paper(world.company)
    bad_one, good_one = send(world.alice, (name, content), ("gut.xml", good.xml()))
    assert bad_one["state"] == Upload.State.REFUSED
    assert where in bad_one["outcome"]
    assert words in bad_one["outcome"]
    assert bad_one["outcome"].rstrip().endswith(".")  # a sentence, that ends with what to do
    assert bad_one["invoice"] is None
    assert good_one["outcome"] == "Read, ¥1,360.00"
    assert (Invoice.objects.count(), InvoiceFile.objects.count(), Holding.objects.count()) == (1, 1, 1)
    assert not Upload.objects.filter(finished_at=None).exists()


def test_a_file_that_was_refused_before_it_was_kept_leaves_no_bytes(world: World) -> None:
    send(world.alice, ("leer.pdf", b""), ("programm.pdf", b"MZ\x90\x00" + b"\x00" * 200))
    assert not StoredFile.objects.exists()


def test_fifty_one_files_at_once_are_refused_and_none_is_kept(world: World) -> None:
    client = signed_in(world.alice, accept="application/json")
    files = [SimpleUploadedFile(f"{n}.xml", b"<a/>") for n in range(51)]
    answer = client.post(reverse("invoices:upload"), {"files": files})
    assert answer.status_code == 422
    assert "at most 50" in json.loads(answer.content)["detail"]
    assert not Upload.objects.exists()


def test_somebody_without_a_post_has_no_wallet(world: World) -> None:
    world.alice.posts.all().delete()
    client = signed_in(world.alice, accept="application/json")
    answer = client.post(reverse("invoices:upload"), {"files": [SimpleUploadedFile("a.xml", b"<a/>")]})
    assert (answer.status_code, Upload.objects.count()) == (403, 0)


def test_uploads_are_shown_to_who_dropped_them_only(world: World) -> None:
    send(world.alice, ("geheimes.xml", paper(world.company).xml()))
    for person, seen in ((world.alice, True), (world.bob, False), (world.carol, False), (world.dan, False)):
        client = signed_in(person)
        assert ("geheimes.xml" in client.get(reverse("invoices:uploads")).content.decode()) is seen


def test_a_plain_form_without_script_ends_on_the_wallet(world: World) -> None:
    client = signed_in(world.alice)
    dropped = SimpleUploadedFile("gut.xml", paper(world.company).xml())
    answer = client.post(reverse("invoices:upload"), {"files": [dropped]}, follow=True)
    assert answer.redirect_chain == [(reverse("invoices:wallet"), 302)]
    assert "Read, ¥1,360.00" in answer.content.decode()
