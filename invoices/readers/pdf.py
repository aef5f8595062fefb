"""PDF: what is attached to it, the words of its pages by their place, and pictures of its pages."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pdfplumber
import pypdfium2
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfparser import PDFSyntaxError
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException
from PIL import Image

from invoices.readers import errors, limits, text
from invoices.readers.layout import Box, Glyph, Page, distinct

logger = logging.getLogger(__name__)

MAX_GLYPHS = 100_000  # all pages together
MAX_ATTACHMENTS = 20
READING_DPI = 200  # for QR codes
PREVIEW_DPI = 110
_POINTS_PER_INCH = 72
_HOLDS_NO_TEXT = "(cid:"  # pdfminer's word for a glyph whose character nothing tells


def open_pages(content: bytes) -> list[Page]:
    """The pages with their glyphs. Raises EncryptedPdf, DamagedPdf, TooManyPages."""
    try:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            if len(pdf.pages) > limits.MAX_PAGES:
                raise errors.TooManyPages(pages=len(pdf.pages), limit=limits.MAX_PAGES)
            if not pdf.pages:
                raise errors.DamagedPdf()
            return list(_pages(pdf))
    except errors.Unreadable:
        raise
    except (PdfminerException, MalformedPDFException) as error:
        cause = error.args[0] if error.args else None
        if isinstance(cause, PDFPasswordIncorrect):
            raise errors.EncryptedPdf() from error
        raise errors.DamagedPdf() from error
    except (PDFSyntaxError, RecursionError) as error:
        raise errors.DamagedPdf() from error
    except Exception as error:  # pdfminer raises KeyError, TypeError, struct.error… on broken files
        logger.info("pdf cannot be read: %s", type(error).__name__)
        raise errors.DamagedPdf() from error


def _pages(pdf: pdfplumber.PDF) -> Iterator[Page]:
    left = MAX_GLYPHS
    for number, page in enumerate(pdf.pages, start=1):
        chars = page.chars
        left -= len(chars)
        if left < 0:
            raise errors.DamagedPdf()
        glyphs = distinct(_glyphs(chars, float(page.width), float(page.height)))
        yield Page(number, float(page.width), float(page.height), glyphs)
        page.close()


def _glyphs(chars: list[dict[str, object]], width: float, height: float) -> Iterator[Glyph]:
    """Upright characters on the page that mean something."""
    for char in chars:
        said = text.clean(str(char["text"]))
        if not said or not char["upright"] or said.startswith(_HOLDS_NO_TEXT):
            continue
        x0, top, x1, bottom = (float(str(char[side])) for side in ("x0", "top", "x1", "bottom"))
        if bottom > top and x1 > 0 and x0 < width and bottom > 0 and top < height:
            yield Glyph(said, Box(x0, top, max(x1, x0 + 0.1), bottom))


def attachments(content: bytes) -> list[tuple[str, bytes]]:
    """Files embedded in the PDF, names and bytes, each within the limits."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        return []
    found: list[tuple[str, bytes]] = []
    left = limits.MAX_PART
    with document:
        for index in range(min(document.count_attachments(), MAX_ATTACHMENTS)):
            attachment = document.get_attachment(index)
            data = bytes(attachment.get_data())
            left -= len(data)
            if left < 0:
                raise errors.ArchiveTooLarge(limit=f"{limits.MAX_PART // limits.MEGABYTE} MB")
            found.append((attachment.get_name(), data))
    return found


def picture(content: bytes, page: int = 1, dpi: int = READING_DPI) -> Image.Image:
    """One page as a picture. Raises EncryptedPdf, DamagedPdf, PictureTooLarge."""
    try:
        with pypdfium2.PdfDocument(content) as document:
            leaf = document[page - 1]
            scale = dpi / _POINTS_PER_INCH
            width, height = leaf.get_size()
            limits.check_pixels(int(width * scale), int(height * scale))
            image: Image.Image = leaf.render(scale=scale).to_pil()
            return image.convert("RGB")
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise errors.EncryptedPdf() from error
        raise errors.DamagedPdf() from error
