"""The pictures of electronic seals, for the preview. Whether a seal is valid is not looked at here."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from invoices.readers import errors, limits
from invoices.readers.limits import local
from invoices.readers.ofd.package import Document, Rectangle, child_text, rectangle

MAX_SEALS = 10
_ZIP, _PNG, _JPEG, _GIF = b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8"


@dataclass(frozen=True, slots=True)
class Seal:
    box: Rectangle
    picture: Document | Image.Image


def of_page(document: Document, page_id: str) -> Iterator[Seal]:
    """Seals stamped on a page. A seal that cannot be read is left out: the invoice can be read without it."""
    location = child_text(document.body, "Signatures")
    path = document.resolve("", location) if location else ""
    listed = document.optional_part(path) if path else None
    count = 0
    for element in listed if listed is not None else ():
        if local(element) != "Signature" or count >= MAX_SEALS:
            continue
        count += 1
        yield from _stamps(document, document.resolve(path, element.get("BaseLoc", "")), page_id)


def _stamps(document: Document, path: str, page_id: str) -> Iterator[Seal]:
    root = document.optional_part(path)
    if root is None:
        return
    stamps = [
        element for element in root.iter() if local(element) == "StampAnnot" and element.get("PageRef") == page_id
    ]
    value = child_text(root, "SignedValue")
    if not stamps or not value:
        return
    try:
        picture = _picture(document.archive.read(document.resolve(path, value)))
    except errors.Unreadable:
        return
    for stamp in stamps:
        box = rectangle(stamp.get("Boundary"))
        if box and picture is not None:
            yield Seal(box, picture)


def _picture(signed_value: bytes) -> Document | Image.Image | None:
    """The picture inside the DER of a seal: an OFD in all invoices seen, else a picture file."""
    start = signed_value.find(_ZIP)
    if start >= 0:
        return Document(signed_value[start:])
    starts = [place for mark in (_PNG, _JPEG, _GIF) if (place := signed_value.find(mark)) >= 0]
    if not starts:
        return None
    try:
        image = Image.open(io.BytesIO(signed_value[min(starts) :]), formats=["PNG", "JPEG", "GIF"])
        limits.check_pixels(*image.size)
        return image.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None
