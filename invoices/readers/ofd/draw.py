"""An OFD page drawn as a PDF, from which previews are made the same way as from an uploaded PDF.

Every glyph is placed by itself, so positions are the file's own whatever font is at hand.
"""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image, UnidentifiedImageError
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from invoices.readers import errors, fonts, limits
from invoices.readers.ofd import jbig2, seals
from invoices.readers.ofd.content import Drawn, Glyph, Matrix, PageContent, Path, Picture, moved, times
from invoices.readers.ofd.package import Document

POINT = 72 / 25.4
MAX_SIDE = 3000.0  # millimetres
_PRINTABLE = range(0x21, 0x7F)

Load = Callable[[str], bytes]


def page_as_pdf(document: Document, number: int = 1, *, with_seals: bool = True) -> bytes:
    """One page as a PDF of its size."""
    content = PageContent(document, document.pages[number - 1])
    _x, _y, width, height = content.box
    if max(width, height) > MAX_SIDE:
        raise errors.BadOfd(part="PhysicalBox")
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width * POINT, height * POINT), invariant=1, pageCompression=0)
    painter = Painter(canvas, (POINT, 0.0, 0.0, -POINT, 0.0, height * POINT))
    for drawn in content.drawn():
        painter.draw(drawn, document.archive.read)
    if with_seals:
        for seal in seals.of_page(document, content.page.page_id):
            painter.seal(seal)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


class Painter:
    """Draws in millimetres, y downwards, on a PDF page."""

    def __init__(self, canvas: Canvas, base: Matrix) -> None:
        self.canvas = canvas
        self.base = base
        self.chinese = fonts.chinese()

    def draw(self, drawn: Drawn, load: Load) -> None:
        if isinstance(drawn, Glyph):
            self._glyph(drawn)
        elif isinstance(drawn, Path):
            self._path(drawn)
        else:
            self._picture(drawn, load)

    def _glyph(self, glyph: Glyph) -> None:
        if glyph.char.isspace():
            return
        font = (fonts.latin(glyph.font) if ord(glyph.char) in _PRINTABLE else "") or self.chinese
        text = self.canvas.beginText()
        text.setTextTransform(*times(times(self.base, glyph.matrix), (1.0, 0.0, 0.0, -1.0, 0.0, 0.0)))
        text.setFont(font, glyph.size)
        text.setFillColorRGB(*glyph.fill, alpha=glyph.alpha)
        text.textOut(glyph.char)
        self.canvas.drawText(text)

    def _path(self, path: Path) -> None:
        if path.stroke is None and path.fill is None:
            return
        self.canvas.saveState()
        self.canvas.transform(*times(self.base, path.matrix))
        self.canvas.setLineWidth(path.line_width)
        if path.stroke is not None:
            self.canvas.setStrokeColorRGB(*path.stroke, alpha=path.stroke_alpha)
        if path.fill is not None:
            self.canvas.setFillColorRGB(*path.fill, alpha=path.fill_alpha)
        self.canvas.drawPath(self._outline(path), stroke=path.stroke is not None, fill=path.fill is not None)
        self.canvas.restoreState()

    def _outline(self, path: Path):  # type: ignore[no-untyped-def]
        outline = self.canvas.beginPath()
        x = y = 0.0
        outline.moveTo(0, 0)
        for name, values in path.commands:
            if name in "MS":
                outline.moveTo(*values)
            elif name == "L":
                outline.lineTo(*values)
            elif name == "B":
                outline.curveTo(*values)
            elif name == "Q":
                qx, qy, ex, ey = values
                outline.curveTo(
                    x + (qx - x) * 2 / 3, y + (qy - y) * 2 / 3, ex + (qx - ex) * 2 / 3, ey + (qy - ey) * 2 / 3, ex, ey
                )
            elif name == "A":  # arcs are not used by invoices; their chord keeps the outline closed
                outline.lineTo(*values[5:7])
            else:
                outline.close()
            if values:
                x, y = values[-2], values[-1]
        return outline

    def _picture(self, picture: Picture, load: Load) -> None:
        try:
            image = open_picture(load(picture.media))
        except errors.Unreadable:
            return
        if image is not None:
            self._image(image, picture.matrix, multiply=picture.multiply, alpha=picture.alpha)

    def _image(self, image: Image.Image, matrix: Matrix, *, multiply: bool, alpha: float) -> None:
        self.canvas.saveState()
        self.canvas.transform(*times(times(self.base, matrix), (1.0, 0.0, 0.0, -1.0, 0.0, 1.0)))
        self.canvas.setFillAlpha(alpha)
        if multiply:
            self.canvas.setBlendMode("Multiply")
        self.canvas.drawImage(ImageReader(image), 0, 0, 1, 1, mask="auto")
        self.canvas.restoreState()

    def seal(self, seal: seals.Seal) -> None:
        """A seal's picture is a picture or a small OFD; its own size is stretched to the place it is stamped on.

        A small OFD that cannot be read is left out, as any such seal is.
        """
        x, y, width, height = seal.box
        if isinstance(seal.picture, Image.Image):
            self._image(seal.picture, (width, 0.0, 0.0, height, x, y), multiply=True, alpha=1.0)
            return
        try:
            content = PageContent(seal.picture, seal.picture.pages[0])
            marks = list(content.drawn())
        except errors.Unreadable:
            return
        inner = content.box
        place = times(moved(x, y), (width / inner[2], 0.0, 0.0, height / inner[3], 0.0, 0.0))
        painter = Painter(self.canvas, times(self.base, place))
        self.canvas.saveState()
        self.canvas.setBlendMode("Multiply")
        for drawn in marks:
            painter.draw(drawn, seal.picture.archive.read)
        self.canvas.restoreState()


def open_picture(content: bytes) -> Image.Image | None:
    """A picture by its content; what it is called means nothing (`GBIG2`, `JB2`, no format at all)."""
    if content.startswith(jbig2.SIGNATURE):
        return jbig2.decode(content)
    try:
        image = Image.open(io.BytesIO(content), formats=["PNG", "JPEG", "BMP", "GIF", "TIFF"])
        limits.check_pixels(*image.size)
        return image.convert("RGBA" if "A" in image.mode or "transparency" in image.info else "RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
