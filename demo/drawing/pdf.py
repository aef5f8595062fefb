"""Sheets drawn as a PDF with a text layer, and data files attached to it."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from random import Random

from pypdf import PdfReader, PdfWriter
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from demo.drawing import forms
from demo.drawing.facts import InvoiceFacts
from demo.drawing.sheet import Fill, Mark, Picture, Ring, Sheet, Stroke, Text
from demo.drawing.style import PLAIN, Style
from invoices.readers import fonts

POINT = 72 / 25.4


def draw(
    facts: InvoiceFacts, style: Style = PLAIN, *, rng: Random | None = None, attach: Mapping[str, bytes] | None = None
) -> bytes:
    """The invoice as a PDF. `rng` shuffles the order of writing where the style wants it; `attach` names data files."""
    return of_sheets(forms.sheets(facts, style), rng=rng, attach=attach)


def of_sheets(
    sheets: Sequence[Sheet], *, rng: Random | None = None, attach: Mapping[str, bytes] | None = None
) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.setProducer("Reimburse demo")
    for sheet in sheets:
        canvas.setPageSize((sheet.width * POINT, sheet.height * POINT))
        pen = Pen(canvas, sheet.height)
        for mark in sheet.ordered(rng or Random(0)):
            pen.mark(mark)
        canvas.showPage()
    canvas.save()
    return _with_attachments(out.getvalue(), attach) if attach else out.getvalue()


def _with_attachments(content: bytes, attach: Mapping[str, bytes]) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    for name, data in attach.items():
        writer.add_attachment(name, data)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


class Pen:
    def __init__(self, canvas: Canvas, height: float) -> None:
        self.canvas = canvas
        self.height = height
        self.font = fonts.chinese()

    def mark(self, mark: Mark) -> None:
        if isinstance(mark, Text):
            self._text(mark)
        elif isinstance(mark, Stroke):
            self._stroke(mark)
        elif isinstance(mark, Ring):
            self._ring(mark)
        elif isinstance(mark, Fill):
            self.canvas.setFillColorRGB(*(part / 255 for part in mark.colour))
            self.canvas.rect(
                mark.x * POINT, self._y(mark.y + mark.height), mark.width * POINT, mark.height * POINT, 0, 1
            )
        else:
            self._picture(mark)

    def _y(self, y: float) -> float:
        return (self.height - y) * POINT

    def _text(self, text: Text) -> None:
        """The font's own widths differ from the form's: what ends or is centred at a place is measured in the font."""
        size = text.size * POINT
        font = "Courier" if text.mono and text.text.isascii() else self.font
        self.canvas.setFont(font, size)
        self.canvas.setFillColorRGB(*(part / 255 for part in text.colour))
        width = pdfmetrics.stringWidth(text.text, font, size)
        share = {"left": 0.0, "right": 1.0, "middle": 0.5}[text.anchor]
        self.canvas.drawString(text.x * POINT - share * width, self._y(text.y), text.text)

    def _stroke(self, stroke: Stroke) -> None:
        self.canvas.setStrokeColorRGB(*(part / 255 for part in stroke.colour))
        self.canvas.setLineWidth(stroke.width * POINT)
        path = self.canvas.beginPath()
        path.moveTo(stroke.points[0][0] * POINT, self._y(stroke.points[0][1]))
        for x, y in stroke.points[1:]:
            path.lineTo(x * POINT, self._y(y))
        self.canvas.drawPath(path)

    def _ring(self, ring: Ring) -> None:
        self.canvas.setStrokeColorRGB(*(part / 255 for part in ring.colour))
        self.canvas.setLineWidth(0.225 * POINT)
        x, y, radius = ring.x * POINT, self._y(ring.y), ring.radius * POINT
        self.canvas.circle(x, y, radius)
        if ring.crossed:
            arm = radius * 0.707
            self.canvas.line(x - arm, y - arm, x + arm, y + arm)
            self.canvas.line(x - arm, y + arm, x + arm, y - arm)

    def _picture(self, picture: Picture) -> None:
        self.canvas.saveState()
        if picture.over:
            self.canvas.setBlendMode("Multiply")
        image = ImageReader(io.BytesIO(picture.png))
        y = self._y(picture.y + picture.height)
        self.canvas.drawImage(image, picture.x * POINT, y, picture.width * POINT, picture.height * POINT, mask="auto")
        self.canvas.restoreState()
