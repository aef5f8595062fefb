"""From the bytes of one file to the invoices in it. No database, no network, no clock of its own.

One file holds one invoice as a rule. The tax service's zip holds the same invoice as XML, PDF and OFD; a PDF may hold
several invoices one after the other. Run by the reader process (`readers.process`), not inside a web request.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from invoices.readers import checks, errors, faces, limits, merge, ofd, pdf, picture, preview, qr, xbrl, xml
from invoices.readers.base import Reading
from invoices.readers.faces import vat
from invoices.readers.identify import FileType, identify
from invoices.readers.layout import Page
from invoices.readers.limits import Archive
from invoices.readers.ofd import draw
from invoices.readers.preview import Preview

MAX_QR_PAGES = 10  # of one PDF are rendered to look for QR codes


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file an invoice came as. `content` is None for the file that was handed in itself."""

    name: str
    file_type: FileType
    source_kind: str  # xml, xbrl, ofd, pdf, picture
    content: bytes | None = None


@dataclass(slots=True)
class FoundInvoice:
    reading: Reading
    files: list[SourceFile]
    preview: Preview | None = None
    part: str = ""  # where in the file: the name inside a zip, or the first page in a PDF of several


@dataclass(slots=True)
class _Part:
    """What one file says before the sources of the same invoice are laid over each other."""

    readings: list[Reading]
    file: SourceFile
    preview: Preview | None = None
    part: str = ""

    @property
    def number(self) -> str:
        return next((reading.text("number") for reading in self.readings if reading.text("number")), "")


@dataclass(slots=True)
class _Group:
    parts: list[_Part] = field(default_factory=list)


def read(content: bytes, *, name: str, today: date, with_preview: bool = True) -> list[FoundInvoice]:
    """The invoices of a file, at least one. Raises Unreadable, whose message names the file."""
    try:
        parts = list(_parts(content, name, with_preview=with_preview))
    except errors.Unreadable as error:
        error.params["name"] = error.params.get("name") or name
        raise
    return [_invoice(group.parts, today) for group in _grouped(parts)]


def _parts(content: bytes, name: str, *, with_preview: bool, depth: int = 0) -> Iterator[_Part]:
    file_type = identify(content)
    if file_type is FileType.ZIP:
        if depth >= limits.MAX_NESTING:
            raise errors.ArchiveTooLarge(limit="1 ZIP")
        yield from _members(content, with_preview=with_preview, depth=depth)
    elif file_type is FileType.XML:
        yield _xml(content, name)
    elif file_type is FileType.OFD:
        yield _ofd(content, name, with_preview=with_preview)
    elif file_type is FileType.PDF:
        yield from _pdf(content, name, with_preview=with_preview)
    else:
        yield _picture(content, name, file_type, with_preview=with_preview)


def _members(content: bytes, *, with_preview: bool, depth: int) -> Iterator[_Part]:
    """The invoice files inside a zip. One that is no invoice is passed over as long as another is."""
    archive = Archive(content)
    refusal: errors.Unreadable = errors.NoInvoiceInside()
    found = False
    for member in archive.names():
        if member.startswith("__MACOSX/") or posixpath.basename(member).startswith("."):
            continue
        inner = archive.read(member)
        try:
            for part in _parts(inner, posixpath.basename(member), with_preview=with_preview, depth=depth + 1):
                file = SourceFile(part.file.name, part.file.file_type, part.file.source_kind, inner)
                yield _Part(part.readings, file, part.preview, part.part or member)
                found = True
        except errors.ArchiveTooLarge:
            raise
        except errors.Unreadable as error:
            if not isinstance(error, errors.WrongType | errors.UnknownXml | errors.EmptyFile):
                refusal = error
    if not found:
        raise refusal


def _xml(content: bytes, name: str) -> _Part:
    root = limits.parse_xml(content)
    if xbrl.is_xbrl(root):
        return _Part([xbrl.from_root(root)], SourceFile(name, FileType.XML, "xbrl"))
    return _Part([xml.from_root(root)], SourceFile(name, FileType.XML, "xml"))


def _ofd(content: bytes, name: str, *, with_preview: bool) -> _Part:
    document = ofd.Document(content)
    readings = ofd.readings(document)
    drawn = draw.page_as_pdf(document)
    readings += _agreeing(qr.readings(qr.texts(pdf.picture(drawn))), readings)
    shown = preview.of_page(pdf.picture(drawn, dpi=pdf.PREVIEW_DPI)) if with_preview else None
    return _Part(readings, SourceFile(name, FileType.OFD, "ofd"), shown)


def _pdf(content: bytes, name: str, *, with_preview: bool) -> Iterator[_Part]:
    """Attached data, the face, and the QR code, for each of the invoices that stand one after the other."""
    pages = pdf.open_pages(content)
    attached = list(ofd.fields.attached(_xml_among(pdf.attachments(content))))
    groups = _by_number([sheet for page in pages for sheet in vat.sheets_of(page)])
    file = SourceFile(name, FileType.PDF, "pdf")
    for group in groups:
        first = group[0].number
        readings = [*attached, faces.read(group)] if len(groups) == 1 else [faces.read(group)]
        readings = [reading for reading in readings if reading.values]
        readings += _agreeing(_codes(content, group), readings)
        shown = None
        if with_preview:
            shown = preview.of_page(pdf.picture(content, first, pdf.PREVIEW_DPI, turn=group[0].turn))
        yield _Part(readings, file, shown, f"p. {first}" if len(groups) > 1 else "")


def _xml_among(files: Sequence[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    for name, data in files:
        try:
            if identify(data) is FileType.XML:
                yield name, data
        except errors.Unreadable:
            continue


def _by_number(pages: Sequence[Page]) -> list[list[Page]]:
    """Pages of one invoice stay together; a sheet with another number begins another invoice."""
    groups: list[list[Page]] = []
    current = ""
    for page in pages:
        number = vat.number_of(page)
        if groups and (not number or number == current or not current):
            groups[-1].append(page)
        else:
            groups.append([page])
        current = number or current
    return groups


def _codes(content: bytes, pages: Sequence[Page]) -> list[Reading]:
    """The invoice's codes, from the first page that has one."""
    for page in pages[:MAX_QR_PAGES]:
        if found := qr.readings(qr.texts(pdf.picture(content, page.number))):
            return found
    return []


def _agreeing(codes: list[Reading], others: Sequence[Reading]) -> list[Reading]:
    """The invoice's own QR code among several: the one with its number, else the only one there is."""
    numbers = {reading.text("number") for reading in others} - {""}
    same = [code for code in codes if code.text("number") in numbers]
    if same:
        return same[:1]
    return codes[:1] if len(codes) == 1 or not numbers else []


def _picture(content: bytes, name: str, file_type: FileType, *, with_preview: bool) -> _Part:
    image = picture.open_picture(content)
    shown = None
    if with_preview:
        shown = preview.of_page(image) if file_type is FileType.PNG else preview.of_photo(image)
    return _Part([picture.read(image)], SourceFile(name, file_type, "picture"), shown)


def _grouped(parts: Sequence[_Part]) -> list[_Group]:
    """Files of one number are one invoice; a file without a number stands alone."""
    groups: dict[str, _Group] = {}
    for index, part in enumerate(parts):
        groups.setdefault(part.number or f"#{index}", _Group()).parts.append(part)
    return list(groups.values())


def _invoice(parts: Sequence[_Part], today: date) -> FoundInvoice:
    merged = merge.merge([reading for part in parts for reading in part.readings])
    reading = checks.check(merged, today=today)
    shown = next((part.preview for part in parts if part.preview), None)
    return FoundInvoice(reading, [part.file for part in parts], shown, parts[0].part)
