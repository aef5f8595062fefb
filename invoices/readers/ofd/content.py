"""What stands on an OFD page: texts glyph by glyph, paths and pictures, each with its place in millimetres.

Rules found with real files: a text's X and Y are its baseline; where there are fewer steps than characters the last one
is repeated; a path is stroked and not filled unless it says so, and `Fill` without a colour is transparent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from invoices.readers import errors
from invoices.readers.limits import local
from invoices.readers.ofd.package import Document, PagePart, child, children, numbers, rectangle

MAX_GLYPHS = 50_000  # all pages together
MAX_DEPTH = 16
MAX_RUN = 10_000
DEFAULT_LINE = 0.353  # millimetres
ASCENT, DESCENT = 0.86, 0.14  # of the size, above and below the baseline

Matrix = tuple[float, float, float, float, float, float]
Colour = tuple[float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
BLACK: Colour = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Glyph:
    char: str
    matrix: Matrix  # from the glyph's own baseline origin to the page
    size: float
    width: float
    font: str
    fill: Colour
    alpha: float
    object_id: str


@dataclass(frozen=True, slots=True)
class Path:
    commands: tuple[tuple[str, tuple[float, ...]], ...]
    matrix: Matrix
    line_width: float
    stroke: Colour | None
    fill: Colour | None
    stroke_alpha: float
    fill_alpha: float


@dataclass(frozen=True, slots=True)
class Picture:
    media: str  # path of the part
    matrix: Matrix  # from the unit square to the page
    multiply: bool
    alpha: float


Drawn = Glyph | Path | Picture


def times(outer: Matrix, inner: Matrix) -> Matrix:
    """First `inner`, then `outer`."""
    a, b, c, d, e, f = inner
    oa, ob, oc, od, oe, of = outer
    return (
        oa * a + oc * b,
        ob * a + od * b,
        oa * c + oc * d,
        ob * c + od * d,
        oa * e + oc * f + oe,
        ob * e + od * f + of,
    )


def moved(x: float, y: float) -> Matrix:
    return (1.0, 0.0, 0.0, 1.0, x, y)


class PageContent:
    """Everything on one page as it is drawn: background templates, page, foreground templates, annotations."""

    def __init__(self, document: Document, page: PagePart) -> None:
        self.document = document
        self.page = page
        self.box = document.page_box(page)
        self._left = MAX_GLYPHS

    def drawn(self) -> Iterator[Drawn]:
        parts = [
            *self.document.templates_of(self.page, "Background"),
            self.page,
            *self.document.templates_of(self.page, "Foreground"),
        ]
        origin = moved(-self.box[0], -self.box[1])
        for part in parts:
            for layer in children(child(part.root, "Content"), "Layer"):
                yield from self._objects(layer, origin, layer.get("DrawParam", ""), 0)
        yield from self._annotations(origin)

    def _objects(self, parent: etree._Element, base: Matrix, params: str, depth: int) -> Iterator[Drawn]:
        if depth > MAX_DEPTH:
            return
        for element in parent:
            kind = local(element)
            if element.get("Visible") == "false":
                continue
            if kind in ("PageBlock", "Layer"):
                yield from self._objects(element, base, element.get("DrawParam", params), depth + 1)
            elif kind in ("TextObject", "PathObject", "ImageObject"):
                style = Style(self.document, element, element.get("DrawParam", params))
                matrix = times(base, placed(element))
                if kind == "TextObject":
                    yield from self._text(element, matrix, style)
                elif kind == "PathObject":
                    yield _path(element, matrix, style)
                elif media := self.document.resources.media.get(element.get("ResourceID", "")):
                    yield Picture(media, matrix, element.get("BlendMode") in ("Darken", "Multiply"), style.alpha)

    def _annotations(self, origin: Matrix) -> Iterator[Drawn]:
        document = self.document
        location = child(document.root, "Annotations")
        path = document.resolve(document.path, (location.text or "").strip()) if location is not None else ""
        listed = document.optional_part(path) if path else None
        for entry in children(listed, "Page"):
            file = child(entry, "FileLoc")
            if entry.get("PageID") != self.page.page_id or file is None:
                continue
            root = document.optional_part(document.resolve(path, (file.text or "").strip()))
            for annotation in children(root, "Annot"):
                for appearance in children(annotation, "Appearance"):
                    box = rectangle(appearance.get("Boundary")) or (0.0, 0.0, 1.0, 1.0)
                    yield from self._objects(appearance, times(origin, moved(box[0], box[1])), "", 0)

    def _text(self, element: etree._Element, matrix: Matrix, style: Style) -> Iterator[Glyph]:
        size = (numbers(element.get("Size")) or [3.5])[0]
        squeeze = (numbers(element.get("HScale")) or [1.0])[0]
        font = self.document.resources.fonts.get(element.get("Font", ""), "")
        x = y = 0.0
        for code in children(element, "TextCode"):
            said = code.text or ""
            x, y = (numbers(code.get("X")) or [x])[0], (numbers(code.get("Y")) or [y])[0]
            across, down = steps(code.get("DeltaX")), steps(code.get("DeltaY"))
            self._left -= len(said)
            if self._left < 0:
                raise errors.BadOfd(part="TextCode")
            place_x, place_y = x, y
            for index, char in enumerate(said):
                advance = size * squeeze * (1.0 if is_wide(char) else 0.5)
                place = times(matrix, (squeeze, 0.0, 0.0, 1.0, place_x, place_y))
                yield Glyph(
                    char, place, size, advance, font, style.fill or BLACK, style.fill_alpha, element.get("ID", "")
                )
                place_x += step(across, index, 0.0 if down else advance)
                place_y += step(down, index, 0.0)


class Style:
    """Colours and line width of an object: its own, else those of the drawing parameters it refers to."""

    def __init__(self, document: Document, element: etree._Element, params: str) -> None:
        chain = [element]
        seen: set[str] = set()
        while params in document.resources.draw_params and params not in seen:
            seen.add(params)
            chain.append(document.resources.draw_params[params])
            params = chain[-1].get("Relative", "")
        self.alpha = (numbers(element.get("Alpha")) or [255.0])[0] / 255
        self.fill, fill_alpha = _colour(chain, "FillColor")
        self.stroke, stroke_alpha = _colour(chain, "StrokeColor")
        self.fill_alpha, self.stroke_alpha = self.alpha * fill_alpha, self.alpha * stroke_alpha
        widths = [found[0] for link in chain if (found := numbers(link.get("LineWidth")))]
        self.line_width = widths[0] if widths else DEFAULT_LINE


def _colour(chain: list[etree._Element], name: str) -> tuple[Colour | None, float]:
    """RGB parts from 0 to 1, from gray, RGB or CMYK values."""
    for link in chain:
        element = child(link, name)
        if element is None:
            continue
        alpha = (numbers(element.get("Alpha")) or [255.0])[0] / 255
        parts = [min(max(part, 0.0), 255.0) / 255 for part in numbers(element.get("Value"))]
        if len(parts) == 3:
            return (parts[0], parts[1], parts[2]), alpha
        if len(parts) == 1:
            return (parts[0],) * 3, alpha
        if len(parts) == 4:
            cyan, magenta, yellow, black = parts
            return ((1 - cyan) * (1 - black), (1 - magenta) * (1 - black), (1 - yellow) * (1 - black)), alpha
        return BLACK, alpha
    return None, 1.0


def placed(element: etree._Element) -> Matrix:
    """Local coordinates → the object's CTM → moved to its boundary."""
    box = numbers(element.get("Boundary"))
    own = numbers(element.get("CTM"))
    x, y = (box[0], box[1]) if len(box) == 4 else (0.0, 0.0)
    matrix = (own[0], own[1], own[2], own[3], own[4], own[5]) if len(own) == 6 else IDENTITY
    return times(moved(x, y), matrix)


def _path(element: etree._Element, matrix: Matrix, style: Style) -> Path:
    stroked = element.get("Stroke", "true") != "false"
    filled = element.get("Fill", "false") == "true"
    data = child(element, "AbbreviatedData")
    return Path(
        commands=tuple(commands(data.text if data is not None else "")),
        matrix=matrix,
        line_width=style.line_width,
        stroke=(style.stroke or BLACK) if stroked else None,
        fill=style.fill if filled else None,
        stroke_alpha=style.stroke_alpha,
        fill_alpha=style.fill_alpha,
    )


_ARGUMENTS = {"M": 2, "S": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}


def commands(raw: str | None) -> Iterator[tuple[str, tuple[float, ...]]]:
    """M 0 0 L 5 0 C … as (command, arguments); reading ends at the first fault."""
    parts = (raw or "").split()
    index = 0
    while index < len(parts):
        name = parts[index]
        count = _ARGUMENTS.get(name)
        values = numbers(" ".join(parts[index + 1 : index + 1 + (count or 0)]))
        if count is None or len(values) != count:
            return
        yield name, tuple(values)
        index += 1 + count


def steps(raw: str | None) -> list[float]:
    """`g 4 1.5 3` → 1.5 four times, then 3."""
    parts = (raw or "").split()
    found: list[float] = []
    index = 0
    while index < len(parts) and len(found) < MAX_RUN:
        if parts[index] == "g" and index + 2 < len(parts) and parts[index + 1].isdigit():
            value = numbers(parts[index + 2])
            found.extend(value * min(int(parts[index + 1]), MAX_RUN))
            index += 3
        else:
            found.extend(numbers(parts[index]))
            index += 1
    return found


def step(given: list[float], index: int, otherwise: float) -> float:
    if not given:
        return otherwise
    return given[index] if index < len(given) else given[-1]


def is_wide(char: str) -> bool:
    return ord(char) >= 0x2E80 or char in "“”‘’…—⊗①②③"
