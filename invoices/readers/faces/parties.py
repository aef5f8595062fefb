"""Who bought and who sold: the two blocks of an invoice's face, told apart by the labels printed downwards beside them.

Without those, the left block is the buyer's when both stand side by side (数电票), else the upper one (older invoices).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from invoices.readers import text
from invoices.readers.faces.parts import party_name
from invoices.readers.layout import WORD_GAP, Box, Column, Found, Glyph, Line, Page, around, label

NAME = re.compile(r"名\s*称\s*[:：]")
TAX_ID = label("统一社会信用代码/纳税人识别号|纳税人识别号|统一社会信用代码")
_OTHERS = (label("地址、电话|地址电话|地址"), label("开户行及账号|开户银行|开户行"))
_ID_TEXT = re.compile(r"[0-9A-Z](?:\s?[0-9A-Z]){14,19}(?![0-9A-Z])")
BLOCK_GAP = 5.0  # of a word's height
REACH = 1.7  # of a label's height: how far above or below it a wrapped value may stand
BESIDE = 0.4  # how far off it the value of the label's own line stands at most
INDENT = 0.5  # how far left of it a wrapped value may begin
NEXT_LINE = 1.6  # of a line's height: from its middle to that of the next one
_WORDS = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Party:
    """What stands in one block.

    `blank_id`: the label is there and nothing beside it. `cut_name`: more of the name may stand there than was read.
    """

    name: str = ""
    tax_id: str = ""
    blank_id: bool = False
    cut_name: bool = False


def read(page: Page) -> tuple[Party, Party]:
    """(buyer, seller) of a page; empty parties where the page shows none."""
    zones = _zones(page) or _zones_by_order(page)
    buyer, seller = zones or (None, None)
    return _party(page, buyer), _party(page, seller)


def _zones(page: Page) -> tuple[Box, Box] | None:
    buyers = [column for column in page.columns if column.text[0] == "购"]
    sellers = [column for column in page.columns if column.text[0] == "销"]
    if not buyers or not sellers:
        return None
    return _right_of(page, buyers[0]), _right_of(page, sellers[0])


def _right_of(page: Page, column: Column) -> Box:
    """The block that a downward label names: to its right, as far as the next such label."""
    box = column.box
    glyph = box.x1 - box.x0
    limits = [
        other.box.x0
        for other in page.columns
        if other is not column and other.box.x0 > box.x1 and other.box.shares_height(box) > 0
    ]
    margin = 2.5 * glyph
    return Box(box.x1, box.top - margin, min(limits, default=page.width), box.bottom + margin)


def _zones_by_order(page: Page) -> tuple[Box, Box] | None:
    names = sorted(page.find(NAME), key=lambda found: (found.line.middle, found.box.x0))
    if len(names) < 2:
        return None
    first, second = names[0].box, names[1].box
    left = first.x0 - 1
    if first.shares_height(second) > 0.5:
        depth = 6 * first.height
        return (
            Box(left, first.top - first.height, second.x0 - 1, first.bottom + depth),
            Box(second.x0 - 1, second.top - second.height, page.width, second.bottom + depth),
        )
    depth = min(6 * first.height, (second.top - first.bottom) / 2)
    return (
        Box(left, first.top - first.height, page.width, first.bottom + depth),
        Box(second.x0 - 1, second.top - second.height, page.width, second.bottom + 6 * second.height),
    )


def _inside(box: Box, zone: Box) -> bool:
    return zone.x0 - 1 <= box.centre <= zone.x1 and zone.top <= box.middle <= zone.bottom


def _party(page: Page, zone: Box | None) -> Party:
    if zone is None:
        return Party()
    found = {
        key: [hit for hit in page.find(pattern) if _inside(hit.box, zone)]
        for key, pattern in (("name", NAME), ("id", TAX_ID), *((f"other{i}", p) for i, p in enumerate(_OTHERS)))
    }
    labels = {key: hits[0] for key, hits in found.items() if hits}
    if "name" not in labels:
        return Party()
    values, rest = _values(page, zone, labels)
    said = {key: _joined(runs, labels[key].box).strip(" :：") for key, runs in values.items()}
    match = _ID_TEXT.search(text.clean(said.get("id", "")).upper())
    return Party(
        name=party_name(said.get("name", "")),
        tax_id=text.tax_id(match.group()) if match else "",
        blank_id="id" in labels and not said.get("id", ""),
        cut_name=_is_cut(values.get("name", []), rest),
    )


@dataclass(frozen=True, slots=True)
class _Run:
    """Text of one line inside a block. `cut`: it goes on, without a gap, beyond the block's edge."""

    line: Line
    cut: bool = False

    @property
    def box(self) -> Box:
        return self.line.box

    @property
    def is_words(self) -> bool:
        return bool(_WORDS.search(self.line.text))


def _values(page: Page, zone: Box, labels: dict[str, Found]) -> tuple[dict[str, list[_Run]], list[_Run]]:
    """The text in the block by the label it belongs to, and what belongs to none."""
    taken = {id(glyph) for hit in labels.values() for glyph in _glyphs_of(hit)}
    values: dict[str, list[_Run]] = {}
    rest: list[_Run] = []
    for line in page.lines:
        owners: set[str] = set()
        for run in _runs(line, zone, taken):
            key = _owner(run, labels, values)
            if key and key not in owners:  # behind a wide gap another block begins
                values.setdefault(key, []).append(run)
                owners.add(key)
            elif not owners:
                rest.append(run)
    return values, rest


def _runs(line: Line, zone: Box, taken: set[int]) -> list[_Run]:
    """Pieces of a line between labels, wide gaps and the block's edges."""
    runs: list[_Run] = []
    piece: list[Glyph] = []
    for glyph in [*line.glyphs, None]:
        inside = glyph is not None and id(glyph) not in taken and _inside(glyph.box, zone)
        gap = glyph.box.x0 - piece[-1].box.x1 if glyph and piece else 0.0
        if piece and (not inside or gap > BLOCK_GAP * piece[-1].box.height):
            goes_on = glyph is not None and glyph.box.centre > zone.x1 and gap < WORD_GAP * piece[-1].box.height
            runs.append(_Run(Line(piece), goes_on))
            piece = []
        if inside and glyph:
            piece.append(glyph)
    return runs


def _owner(run: _Run, labels: dict[str, Found], values: dict[str, list[_Run]]) -> str:
    """The label a piece of text belongs to: the nearest it can be the value of, or the one whose value it continues.

    An anonymous label (电话) or a stray mark left of a label is not its value.
    """
    fitting = {key: hit.box for key, hit in labels.items() if _may_be(key, run, hit.box)}
    if not fitting:
        return ""
    key = min(fitting, key=lambda key: (_off(run, fitting[key]), max(0.0, run.box.x0 - fitting[key].x1)))
    above = values.get(key)
    follows = bool(above) and above is not None and _is_next(above[-1], run)
    return key if follows or _off(run, fitting[key]) <= REACH * fitting[key].height else ""


def _off(run: _Run, box: Box) -> float:
    """How far above or below a label a piece stands; a little does not count."""
    off = abs(box.middle - run.line.middle)
    return 0.0 if off <= BESIDE * box.height else off


def _may_be(key: str, run: _Run, box: Box) -> bool:
    """Whether a piece can be this label's value. Off the label's height its form must be that of the value."""
    if run.box.x0 < box.x0 - INDENT * box.height:
        return False
    if not _off(run, box):
        return True
    return not run.is_words if key == "id" else not (key == "name" and _ID_TEXT.fullmatch(run.line.text))


def _is_next(above: _Run, run: _Run) -> bool:
    """Whether a piece is the next line of another."""
    return 0 < run.line.middle - above.line.middle <= NEXT_LINE * above.box.height


def _is_cut(name: Sequence[_Run], rest: Sequence[_Run]) -> bool:
    """Whether more of a name stands there than was read: beyond the block's edge, or in lines around it."""
    return any(
        run.cut or any(other.is_words and (_is_next(run, other) or _is_next(other, run)) for other in rest)
        for run in name
    )


def _joined(runs: Sequence[_Run], beside: Box) -> str:
    """A value's lines in order: the one nearest its label, and those that begin under or over its beginning."""
    main = min(runs, key=lambda run: abs(run.line.middle - beside.middle))
    room = 3 * main.box.height
    return " ".join(run.line.text for run in runs if run.box.x0 <= main.box.x0 + room)


def _glyphs_of(found: Found) -> list[Glyph]:
    """The glyphs of a label, by their place in its line."""
    box = around([found.box])
    return [glyph for glyph in found.line.glyphs if box.x0 <= glyph.box.centre <= box.x1]
