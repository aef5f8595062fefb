"""A page as glyphs with places, brought into printed lines, and labels found in them.

PDF and OFD pages become the same thing here, so one set of rules reads both. Lengths are points, y grows downwards.
Reading order inside the file means nothing: some issuers write all labels first, others mix two columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from statistics import median

WORD_GAP = 0.3  # of the glyph's height: a gap this wide is shown as a space
SAME_LINE = 0.42  # of the smaller height: how far apart the middles of one line's glyphs may be
SIMILAR_SIZE = 2.0  # a heading and the small print of a seal over it are two lines


@dataclass(frozen=True, slots=True)
class Box:
    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def centre(self) -> float:
        return (self.x0 + self.x1) / 2

    def shares_height(self, other: Box) -> float:
        """How much of the lower of the two heights both cover, 0 to 1."""
        shared = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, shared) / (min(self.height, other.height) or 1.0)


@dataclass(frozen=True, slots=True)
class Glyph:
    char: str
    box: Box
    spaced: bool = False  # the file itself puts a space before it


def around(boxes: Iterable[Box]) -> Box:
    all_boxes = list(boxes)
    return Box(
        min(box.x0 for box in all_boxes),
        min(box.top for box in all_boxes),
        max(box.x1 for box in all_boxes),
        max(box.bottom for box in all_boxes),
    )


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of a line that a pattern matched, with its place in the line's text."""

    line: Line
    start: int
    end: int
    match: re.Match[str]

    @property
    def box(self) -> Box:
        return self.line.box_of(self.start, self.end)


def _apart(left: Glyph, right: Glyph) -> bool:
    """A wide gap shows as a space, and so does a space the file has between Latin words (ABC Trading)."""
    written = right.spaced and left.char.isascii() and right.char.isascii()
    return written or right.box.x0 - left.box.x1 > WORD_GAP * right.box.height


@dataclass(eq=False)
class Line:
    """Glyphs of one printed line from left to right."""

    glyphs: list[Glyph]

    @cached_property
    def _built(self) -> tuple[str, list[int]]:
        """The text, with a space at each wide gap, and for each character the glyph it came from (-1: a space)."""
        chars: list[str] = []
        origin: list[int] = []
        for index, glyph in enumerate(self.glyphs):
            if index and _apart(self.glyphs[index - 1], glyph):
                chars.append(" ")
                origin.append(-1)
            chars.extend(glyph.char)
            origin.extend([index] * len(glyph.char))
        return "".join(chars), origin

    @property
    def text(self) -> str:
        return self._built[0]

    @cached_property
    def box(self) -> Box:
        return around(glyph.box for glyph in self.glyphs)

    @cached_property
    def middle(self) -> float:
        return median(glyph.box.middle for glyph in self.glyphs)

    def box_of(self, start: int, end: int) -> Box:
        return around(self.glyphs[index].box for index in self._built[1][start:end] if index >= 0)

    def find(self, pattern: re.Pattern[str]) -> list[Found]:
        return [
            Found(self, match.start(), match.end(), match) for match in pattern.finditer(self.text) if match.group()
        ]

    def words(self, start: int = 0, end: int | None = None) -> list[Word]:
        """Pieces of the text between spaces."""
        piece = self.text[start:end]
        return [
            Word(match.group(), self.box_of(start + match.start(), start + match.end()))
            for match in re.finditer(r"\S+", piece)
        ]


def label(words: str) -> re.Pattern[str]:
    """A pattern for a printed label: white space may stand between any two of its characters (`校 验 码`).

    `|` separates spellings; brackets match in both widths.
    """
    widths = {"（": "[（(]", "）": "[）)]", "(": "[（(]", ")": "[）)]"}
    spellings = (r"\s*".join(widths.get(char) or re.escape(char) for char in spelling) for spelling in words.split("|"))
    return re.compile("|".join(spellings))


@dataclass
class Page:
    number: int
    width: float
    height: float
    glyphs: list[Glyph]
    scanned: bool = False  # a picture covers the page: its text was read off it by some program
    turn: int = 0  # degrees, clockwise, by which the file's page was turned to stand upright
    columns: list[Column] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.columns, rest = take_columns(self.glyphs)
        self._rest = rest

    def parts(self, tops: Sequence[float]) -> list[Page]:
        """The page cut at these heights: two invoices printed on one sheet."""
        bounds = [0.0, *sorted(tops)[1:], self.height]
        return [
            Page(
                self.number,
                self.width,
                self.height,
                [g for g in self.glyphs if top <= g.box.middle < bottom],
                self.scanned,
                self.turn,
            )
            for top, bottom in pairwise(bounds)
        ]

    @cached_property
    def lines(self) -> list[Line]:
        return lines_of(self._rest)

    @cached_property
    def even_lines(self) -> list[Line]:
        """Lines of glyphs of nearly one size: for headings with a seal printed over them."""
        return lines_of(self._rest, similar=1.3)

    def find(self, pattern: re.Pattern[str]) -> list[Found]:
        return [found for line in self.lines for found in line.find(pattern)]

    def first(self, pattern: re.Pattern[str]) -> Found | None:
        return next(iter(self.find(pattern)), None)


@dataclass(frozen=True, slots=True)
class Column:
    """A label printed downwards at the side of a block, such as 购买方信息: it says what stands to its right."""

    text: str
    box: Box


COLUMN_TITLES = ("购买方信息", "销售方信息", "购买方", "销售方", "购货单位", "销货单位", "密码区", "备注", "其他信息")


def take_columns(glyphs: list[Glyph]) -> tuple[list[Column], list[Glyph]]:
    """Find the labels printed downwards and take their glyphs out, so that they do not disturb the lines."""
    columns: list[Column] = []
    used: set[int] = set()
    starts: dict[str, list[int]] = {}
    for index, glyph in enumerate(glyphs):
        starts.setdefault(glyph.char, []).append(index)
    for title in COLUMN_TITLES:
        for index in starts.get(title[0], ()):
            chain = _chain(glyphs, starts, index, title) if index not in used else None
            if chain and not used.intersection(chain):
                used.update(chain)
                columns.append(Column(title, around(glyphs[i].box for i in chain)))
    return columns, [glyph for index, glyph in enumerate(glyphs) if index not in used]


def _chain(glyphs: list[Glyph], starts: dict[str, list[int]], first: int, title: str) -> list[int] | None:
    """The glyphs of a title, each below the one before."""
    chain = [first]
    for char in title[1:]:
        above = glyphs[chain[-1]].box
        below = [
            index
            for index in starts.get(char, ())
            if abs(glyphs[index].box.centre - above.centre) < 0.4 * above.height
            and above.height * 0.6 < glyphs[index].box.middle - above.middle < above.height * 4.5
        ]
        if not below:
            return None
        chain.append(min(below, key=lambda index: glyphs[index].box.top))
    return chain


def lines_of(glyphs: Sequence[Glyph], *, similar: float = SIMILAR_SIZE) -> list[Line]:
    """Gather glyphs into printed lines, top to bottom, by the middles of their boxes."""
    open_lines: list[_Gathering] = []
    done: list[_Gathering] = []
    for glyph in sorted(glyphs, key=lambda g: (g.box.middle, g.box.x0)):
        while open_lines and glyph.box.middle - open_lines[0].middle > 3 * max(glyph.box.height, open_lines[0].height):
            done.append(open_lines.pop(0))
        fitting = [line for line in open_lines if line.takes(glyph, similar)]
        if fitting:
            min(fitting, key=lambda line: abs(line.middle - glyph.box.middle)).add(glyph)
        else:
            open_lines.append(_Gathering(glyph))
    gathered = sorted(done + open_lines, key=lambda line: line.middle)
    return [Line(sorted(line.glyphs, key=lambda g: g.box.x0)) for line in gathered]


class _Gathering:
    """A line being filled; its middle and height follow its glyphs."""

    def __init__(self, glyph: Glyph) -> None:
        self.glyphs = [glyph]
        self.middle = glyph.box.middle
        self.height = glyph.box.height

    def takes(self, glyph: Glyph, similar: float) -> bool:
        smaller, larger = sorted((glyph.box.height, self.height))
        return larger <= similar * smaller and abs(glyph.box.middle - self.middle) <= SAME_LINE * smaller

    def add(self, glyph: Glyph) -> None:
        count = len(self.glyphs)
        self.middle = (self.middle * count + glyph.box.middle) / (count + 1)
        self.height = (self.height * count + glyph.box.height) / (count + 1)
        self.glyphs.append(glyph)


def distinct(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """Without glyphs printed twice over each other, as bold type is made by some issuers."""
    kept: list[Glyph] = []
    seen: dict[tuple[str, int, int], Box] = {}
    for glyph in glyphs:
        place = (round(glyph.box.x0 / 2), round(glyph.box.top / 2))
        near = ((glyph.char, place[0] + dx, place[1] + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        if any(_covers(seen.get(key), glyph.box) for key in near):
            continue
        seen[(glyph.char, *place)] = glyph.box
        kept.append(glyph)
    return kept


def _covers(one: Box | None, other: Box) -> bool:
    return (
        one is not None
        and abs(one.x0 - other.x0) < 0.25 * other.height
        and abs(one.top - other.top) < 0.25 * other.height
    )
