"""How much of a stranger's file is opened, and the only ways a zip or an XML is opened here.

Sizes are bytes. The limits leave real invoices far behind: the largest seen has 0.4 MB, five pages and 900 elements.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from invoices.readers import errors

MEGABYTE = 1024 * 1024
MAX_FILE = 20 * MEGABYTE
MAX_UNPACKED = 100 * MEGABYTE
MAX_PART = 20 * MEGABYTE
MAX_PARTS = 500
MAX_RATIO = 200  # unpacked over packed; text of real OFDs stays under 30
RATIO_FREE = 2 * MEGABYTE  # small parts may shrink as much as they like
MAX_NESTING = 1  # an OFD inside the tax service's zip
MAX_ELEMENTS = 200_000
MAX_PAGES = 50
MAX_PIXELS = 64_000_000  # photos of today's phones have 50

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
_CHUNK = 64 * 1024
_ENCRYPTED = 0x1
_DTD = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_XML_SPACE = b" \t\r\n"


class Archive:
    """A zip opened with limits. Names are looked up without regard to case and to the slash they begin with."""

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(BytesIO(content))
            entries = [entry for entry in self._zip.infolist() if not entry.filename.endswith("/")]
        except _BROKEN as error:
            raise errors.DamagedArchive(part="ZIP") from error
        self._left = MAX_UNPACKED
        self._entries = self._checked(entries)

    def _checked(self, entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        """Refuse, before anything is unpacked, what no honest archive holds."""
        if len(entries) > MAX_PARTS:
            raise errors.ArchiveTooLarge(limit=f"{MAX_PARTS} files")
        if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
            raise errors.ArchiveTooLarge(limit=f"{MAX_UNPACKED // MEGABYTE} MB")
        found: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            name = normal(entry.filename)
            if entry.flag_bits & _ENCRYPTED:
                raise errors.EncryptedArchive()
            if name.startswith("../") or name in ("", "..") or ":" in name or name.lower() in found:
                raise errors.UnsafeArchive(part=entry.filename[:80])
            if entry.compress_type not in _METHODS:
                raise errors.DamagedArchive(part=entry.filename[:80])
            large = entry.file_size > RATIO_FREE
            if entry.file_size > MAX_PART or (large and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)):
                raise errors.ArchiveTooLarge(limit=f"{MAX_PART // MEGABYTE} MB")
            found[name.lower()] = entry
        return found

    def __contains__(self, name: str) -> bool:
        return normal(name).lower() in self._entries

    def names(self) -> list[str]:
        return [normal(entry.filename) for entry in self._entries.values()]

    def read(self, name: str) -> bytes:
        """One part, counted as it comes out: what the directory says about sizes is not believed."""
        entry = self._entries.get(normal(name).lower())
        if entry is None:
            raise errors.DamagedArchive(part=name[:80])
        try:
            return b"".join(self._unpack(entry))
        except _BROKEN as error:
            raise errors.DamagedArchive(part=entry.filename[:80]) from error

    def _unpack(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        part = MAX_PART
        with self._zip.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                part -= len(chunk)
                self._left -= len(chunk)
                if part < 0 or self._left < 0:
                    raise errors.ArchiveTooLarge(limit=f"{MAX_UNPACKED // MEGABYTE} MB")
                yield chunk


def normal(name: str) -> str:
    """The path of a part inside an archive: forward slashes, no root, no detours."""
    return posixpath.normpath("/" + name.replace("\\", "/")).lstrip("/") if ".." not in name else f"../{name}"


def parse_xml(content: bytes, *, lenient: bool = False) -> etree._Element:
    """The root element, with DTDs refused, entities and network off, and the number of elements limited.

    `lenient` mends small faults, as the tags of some old OFDs need (`<:eInvoice xmlns:="">`).
    Raises XmlWithDtd, XmlTooLarge, BadXml.
    """
    if content.count(b"<") > MAX_ELEMENTS * 2:
        raise errors.XmlTooLarge(limit=MAX_ELEMENTS)
    if _DTD.search(content[: 64 * 1024].replace(b"\x00", b"")):  # NULs: the same in UTF-16
        raise errors.XmlWithDtd()
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, recover=lenient, remove_comments=True
    )
    try:
        root = etree.fromstring(content.lstrip(_XML_SPACE), parser)
    except etree.XMLSyntaxError as error:
        raise errors.BadXml(line=error.lineno or 1) from error
    except ValueError as error:
        raise errors.BadXml(line=1) from error
    if root is None:
        raise errors.BadXml(line=1)
    if root.getroottree().docinfo.internalDTD is not None:
        raise errors.XmlWithDtd()
    return root


def check_pixels(width: int, height: int) -> None:
    """Before a picture is decoded: its header says how large it would become."""
    if width * height > MAX_PIXELS:
        raise errors.PictureTooLarge(width=width, height=height, limit=MAX_PIXELS // 1_000_000)


def local(element: etree._Element) -> str:
    """An element's name without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""
