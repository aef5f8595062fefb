"""A printed page as a list of marks: texts, lines, pictures. Drawn as PDF or written as OFD from the same list.

Lengths are millimetres, y grows downwards, a text stands on its baseline.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from demo.drawing.style import Style
from invoices.readers.ofd.content import is_wide

Anchor = Literal["left", "right", "middle"]
Colour = tuple[int, int, int]
BLACK: Colour = (0, 0, 0)
WINE: Colour = (128, 0, 0)  # forms of 数电票
BROWN: Colour = (156, 82, 35)  # forms of the older e-invoices
RED: Colour = (220, 20, 30)
NINE_POINT = 3.175  # millimetres


@dataclass(frozen=True, slots=True)
class Text:
    x: float
    y: float
    text: str
    size: float = NINE_POINT
    colour: Colour = BLACK
    anchor: Anchor = "left"
    tag: str = ""  # the field it is the value of, for OFD tags
    form: bool = False  # part of the form, not of what is filled in
    mono: bool = False  # in a typewriter face, as tax ids and ciphers are

    def width(self) -> float:
        return sum(self.steps()) + glyph_width(self.text[-1], self.size, mono=self.mono)

    def start(self) -> float:
        return self.x - {"left": 0.0, "right": 1.0, "middle": 0.5}[self.anchor] * self.width()

    def steps(self) -> list[float]:
        return [glyph_width(char, self.size, mono=self.mono) for char in self.text[:-1]]


@dataclass(frozen=True, slots=True)
class Stroke:
    points: tuple[tuple[float, float], ...]
    width: float = 0.25
    colour: Colour = WINE


@dataclass(frozen=True, slots=True)
class Ring:
    """A circle with a cross in it when `crossed`: the ⊗ before an amount in capitals."""

    x: float
    y: float
    radius: float
    crossed: bool = True
    colour: Colour = BLACK


@dataclass(frozen=True, slots=True)
class Fill:
    x: float
    y: float
    width: float
    height: float
    colour: Colour


@dataclass(frozen=True, slots=True)
class Picture:
    x: float
    y: float
    width: float
    height: float
    png: bytes
    over: bool = False  # a seal: printed over the text, which shows through


Mark = Text | Stroke | Ring | Fill | Picture


def glyph_width(char: str, size: float, *, mono: bool = False) -> float:
    return size if is_wide(char) else size * (0.6 if mono else 0.5)


@dataclass
class Sheet:
    """One page and the pen that draws on it."""

    width: float
    height: float
    style: Style
    colour: Colour = WINE
    marks: list[Mark] = field(default_factory=list)

    def line(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.25) -> None:
        self.marks.append(Stroke(((x0, y0), (x1, y1)), width, self.colour))

    def frame(self, x: float, y: float, width: float, height: float) -> None:
        for x0, y0, x1, y1 in (
            (x, y, x + width, y),
            (x, y + height, x + width, y + height),
            (x, y, x, y + height),
            (x + width, y, x + width, y + height),
        ):
            self.line(x0, y0, x1, y1)

    def form(self, x: float, y: float, text: str, *, size: float = NINE_POINT, anchor: Anchor = "left") -> None:
        """A word of the form, in its colour."""
        self.marks.append(Text(x, y, text, size, self.colour, anchor, form=True))

    def spread(self, x: float, y: float, text: str, *, step: float) -> None:
        """A word of the form with its characters far apart: 合        计."""
        for index, char in enumerate(text):
            self.form(x + index * step, y, char)

    def value(
        self,
        x: float,
        y: float,
        text: str,
        *,
        tag: str = "",
        size: float = NINE_POINT,
        anchor: Anchor = "left",
        mono: bool = False,
    ) -> None:
        if text:
            self.marks.append(Text(x, y + self.style.value_down, text, size, BLACK, anchor, tag, mono=mono))

    def labelled(
        self, x: float, y: float, label: str, text: str, *, tag: str = "", size: float = NINE_POINT, mono: bool = False
    ) -> None:
        """A label with its value to the right, as one text where the issuer joins them."""
        label += self.style.colon
        if self.style.joined_values and text:
            self.marks.append(Text(x, y, label + text, size, BLACK))
            return
        self.form(x, y, label, size=size)
        self.value(x + Text(x, y, label, size).width() + 0.5, y, text, tag=tag, size=size, mono=mono)

    def downwards(self, x: float, y: float, text: str, *, step: float, size: float = NINE_POINT) -> None:
        for index, char in enumerate(text):
            self.form(x, y + index * step, char, size=size, anchor="middle")

    def picture(self, x: float, y: float, width: float, height: float, png: bytes, *, over: bool = False) -> None:
        self.marks.append(Picture(x, y, width, height, png, over))

    def ordered(self, rng: Random) -> list[Mark]:
        """The marks in the order the issuer writes them; the order must not matter to a reader."""
        texts = [mark for mark in self.marks if isinstance(mark, Text)]
        others = [mark for mark in self.marks if not isinstance(mark, Text)]
        under = [mark for mark in others if not (isinstance(mark, Picture) and mark.over)]
        over = [mark for mark in others if isinstance(mark, Picture) and mark.over]
        if self.style.order == "labels_first":
            texts = [t for t in texts if t.form] + [t for t in texts if not t.form]
        elif self.style.order == "shuffled":
            rng.shuffle(texts)
        if self.style.single_glyphs:
            texts = [glyph for text in texts for glyph in split(text)]
        return [*under, *texts, *over]


def split(text: Text) -> Iterator[Text]:
    """A text as single glyphs at the same places."""
    x = text.start()
    for char, step in zip(text.text, [*text.steps(), 0.0], strict=True):
        if not char.isspace():
            yield Text(x, text.y, char, text.size, text.colour, "left", text.tag, text.form, mono=text.mono)
        x += step


def wrapped(text: str, width: float, size: float = NINE_POINT) -> list[str]:
    """Text in lines no wider than `width`, broken anywhere, as the tax service's form does."""
    lines, current, used = [], "", 0.0
    for char in text:
        step = glyph_width(char, size)
        if current and used + step > width + 0.01:
            lines.append(current)
            current, used = "", 0.0
        current += char
        used += step
    return [*lines, current] if current else lines or [""]
