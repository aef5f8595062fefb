"""What a file is, by its content. What it is called proves nothing."""

from __future__ import annotations

from enum import StrEnum

import magic

from invoices.readers import errors, limits
from invoices.readers.limits import MEGABYTE, Archive

_LOOK = 64 * 1024
_PDF_LOOK = 1024  # some producers put a line of their own before %PDF
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class FileType(StrEnum):
    XML = "application/xml"
    PDF = "application/pdf"
    OFD = "application/ofd"
    ZIP = "application/zip"
    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"

    @property
    def is_picture(self) -> bool:
        return self in (FileType.JPEG, FileType.PNG, FileType.WEBP)


def identify(content: bytes) -> FileType:
    """The type of a file that can be read here. Raises EmptyFile, TooLarge, WrongType."""
    if not content:
        raise errors.EmptyFile()
    if len(content) > limits.MAX_FILE:
        raise errors.TooLarge(megabytes=f"{len(content) / MEGABYTE:.1f}", limit=limits.MAX_FILE // MEGABYTE)
    found = _by_signature(content)
    if found is None:
        raise errors.WrongType(media_type=str(magic.from_buffer(content[:_LOOK], mime=True)))
    return found


def _by_signature(content: bytes) -> FileType | None:
    if content.startswith(b"PK\x03\x04"):
        return _zip_type(content)
    if content.startswith(b"\xff\xd8\xff"):
        return FileType.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileType.PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return FileType.WEBP
    if b"%PDF-" in content[:_PDF_LOOK]:
        return FileType.PDF
    return FileType.XML if _looks_like_xml(content) else None


def _zip_type(content: bytes) -> FileType | None:
    """OFD is a zip with OFD.xml in it. A cut-off zip is told by the names near its beginning; office files are none."""
    try:
        names = {name.lower() for name in Archive(content).names()}
    except errors.DamagedArchive:
        return FileType.OFD if b"OFD.xml" in content[:_LOOK] or b"Doc_0/" in content[:_LOOK] else FileType.ZIP
    except errors.Unreadable:
        return FileType.ZIP  # the zip's own reader says what is wrong with it
    if "ofd.xml" in names:
        return FileType.OFD
    return None if "[content_types].xml" in names else FileType.ZIP


def _looks_like_xml(content: bytes) -> bool:
    head = content[:_LOOK]
    for mark in _BOMS:
        head = head.removeprefix(mark)
    head = head.replace(b"\x00", b"").lstrip()
    if not head.startswith(b"<"):
        return False
    html = head[:200].lower()
    return not (html.startswith((b"<!doctype html", b"<html")) or b"<svg" in html)
