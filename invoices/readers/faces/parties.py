"""Who bought and who sold: the two blocks of an invoice's face, told apart by the labels printed downwards beside them.

Without those, the left block is the buyer's when both stand side by side (数电票), else the upper one (older invoices).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from invoices.readers import text
from invoices.readers.faces.parts import party_name
from invoices.readers.layout import Box, Column, Found, Glyph, Line, Page, around, label, lines_of

NAME = re.compile(r"名\s*称\s*[:：]")
TAX_ID = label("统一社会信用代码/纳税人识别号|纳税人识别号|统一社会信用代码")
_OTHERS = (label("地址、电话|地址电话|地址"), label("开户行及账号|开户银行|开户行"))
_ID_TEXT = re.compile(r"[0-9A-Z](?:\s?[0-9A-Z]){14,19}(?![0-9A-Z])")
BLOCK_GAP = 5.0  # of a word's height
REACH = 1.7  # of a label's height: how far above or below it a wrapped value may stand


@dataclass(frozen=True, slots=True)
class Party:
    """What stands in one block. `blank_id`: the label is there and nothing beside it."""

    name: str = ""
    tax_id: str = ""
    blank_id: bool = False


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
    values = _values(page, zone, labels)
    match = _ID_TEXT.search(text.clean(values.get("id", "")).upper())
    return Party(
        name=party_name(values.get("name", "")),
        tax_id=text.tax_id(match.group()) if match else "",
        blank_id="id" in labels and not values.get("id", "").strip(" :："),
    )


def _values(page: Page, zone: Box, labels: dict[str, Found]) -> dict[str, str]:
    """Each piece of text in the block goes to the label at its height; wrapped lines join in order."""
    taken = {id(glyph) for hit in labels.values() for glyph in _glyphs_of(hit)}
    pieces: dict[str, list[Glyph]] = {}
    for line in page.lines:
        for glyph in line.glyphs:
            if id(glyph) in taken or not _inside(glyph.box, zone):
                continue
            key = min(labels, key=lambda key: abs(labels[key].box.middle - glyph.box.middle))
            box = labels[key].box
            # An anonymous label (电话) of the same line or a stray mark left of the label is not the value.
            if glyph.box.x0 > box.x0 and abs(box.middle - glyph.box.middle) <= REACH * box.height:
                pieces.setdefault(key, []).append(glyph)
    return {key: _joined(lines_of(glyphs), labels[key].box).strip(" :：") for key, glyphs in pieces.items()}


def _joined(lines: Sequence[Line], beside: Box) -> str:
    """A value's lines in order: the one nearest its label, and those that begin under or over its beginning."""
    main = min(lines, key=lambda line: abs(line.middle - beside.middle))
    room = 3 * main.box.height
    return " ".join(_near(line) for line in lines if line.box.x0 <= main.box.x0 + room)


def _near(line: Line) -> str:
    """A line's text up to a gap so wide that another block must begin behind it."""
    words = line.words()
    kept = words[:1]
    for word in words[1:]:
        if word.box.x0 - kept[-1].box.x1 > BLOCK_GAP * word.box.height:
            break
        kept.append(word)
    return " ".join(word.text for word in kept)


def _glyphs_of(found: Found) -> list[Glyph]:
    """The glyphs of a label, by their place in its line."""
    box = around([found.box])
    return [glyph for glyph in found.line.glyphs if box.x0 <= glyph.box.centre <= box.x1]
