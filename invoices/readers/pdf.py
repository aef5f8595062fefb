"""PDF: what is attached to it, the words of its pages by their place, and pictures of its pages."""

from __future__ import annotations

import io
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pdfplumber
import pypdfium2
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfparser import PDFSyntaxError
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException
from PIL import Image

from invoices.readers import errors, limits, text
from invoices.readers.layout import Box, Glyph, Page, distinct

logger = logging.getLogger(__name__)
logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of every oddity of every font

MAX_GLYPHS = 100_000  # all pages together
MAX_ATTACHMENTS = 20
READING_DPI = 200  # for QR codes
PREVIEW_DPI = 110
LONGEST_SIDE = 5000  # pixels a page is drawn with at most
SCAN_SHARE = 0.8
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
    except (errors.Unreadable, MemoryError):
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


def _pages(pdf: pdfplumber.pdf.PDF) -> Iterator[Page]:
    left = MAX_GLYPHS
    for number, page in enumerate(pdf.pages, start=1):
        chars = page.chars
        left -= len(chars)
        if left < 0:
            raise errors.DamagedPdf()
        glyphs, turn = _upright(list(_placed(chars, float(page.bbox[0]), float(page.bbox[1]))), page.width, page.height)
        width, height = (page.height, page.width) if turn in (90, 270) else (page.width, page.height)
        shown = [g for g in glyphs if g.box.x1 > 0 and g.box.x0 < width and g.box.bottom > 0 and g.box.top < height]
        yield Page(number, float(width), float(height), distinct(shown), scanned=_is_scan(page), turn=turn)
        page.close()


def _placed(chars: list[dict[str, Any]], left_edge: float, upper_edge: float) -> Iterator[tuple[int, Glyph]]:
    """Characters that mean something, with the way they run, placed from the visible page's upper left corner."""
    spaced = False
    for char in chars:
        raw = str(char["text"])
        said = text.clean(raw)
        turn = _direction(char["matrix"])
        if not said or turn is None or said.startswith(_HOLDS_NO_TEXT):
            spaced = raw.isspace()
            continue
        x0, x1 = (float(char[side]) - left_edge for side in ("x0", "x1"))
        top, bottom = (float(char[side]) - upper_edge for side in ("top", "bottom"))
        if bottom > top and x1 >= x0:
            yield turn, Glyph(said, Box(x0, top, max(x1, x0 + 0.1), bottom), spaced)
        spaced = False


def _direction(matrix: Sequence[float]) -> int | None:
    """By how many degrees, clockwise, the page must be turned for this text to stand upright; None when it slants."""
    a, b = float(matrix[0]), float(matrix[1])
    size = abs(a) + abs(b)
    if not size or min(abs(a), abs(b)) > 0.05 * size:
        return None
    if abs(a) > abs(b):
        return 0 if a > 0 else 180
    return 90 if b > 0 else 270


def _upright(placed: list[tuple[int, Glyph]], width: float, height: float) -> tuple[list[Glyph], int]:
    """The text that runs as most of the page does, with its places as if the page were turned upright."""
    counts = Counter(turn for turn, _glyph in placed)
    turn = counts.most_common(1)[0][0] if counts else 0
    return [
        replace(glyph, box=_turned(glyph.box, turn, float(width), float(height)))
        for own, glyph in placed
        if own == turn
    ], turn


def _turned(box: Box, turn: int, width: float, height: float) -> Box:
    if turn == 90:
        return Box(height - box.bottom, box.x0, height - box.top, box.x1)
    if turn == 180:
        return Box(width - box.x1, height - box.bottom, width - box.x0, height - box.top)
    if turn == 270:
        return Box(box.top, width - box.x1, box.bottom, width - box.x0)
    return box


def _is_scan(page: pdfplumber.page.Page) -> bool:
    """One picture covers the page."""
    whole = float(page.width) * float(page.height)
    return any(
        (float(image["x1"]) - float(image["x0"])) * (float(image["bottom"]) - float(image["top"])) > SCAN_SHARE * whole
        for image in page.images
    )


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


def picture(content: bytes, page: int = 1, dpi: int = READING_DPI, *, turn: int = 0) -> Image.Image:
    """One page as a picture, turned clockwise by `turn` degrees; coarser where the page is huge.

    Raises EncryptedPdf, DamagedPdf.
    """
    try:
        with pypdfium2.PdfDocument(content) as document:
            leaf = document[page - 1]
            scale = min(dpi / _POINTS_PER_INCH, LONGEST_SIDE / max(*leaf.get_size(), 1))
            image: Image.Image = leaf.render(scale=scale, rotation=turn).to_pil()
            return image.convert("RGB")
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise errors.EncryptedPdf() from error
        raise errors.DamagedPdf() from error
