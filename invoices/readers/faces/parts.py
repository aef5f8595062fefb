"""Small parts all faces share: the value beside a label, amounts in a line, headings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from invoices.readers import text
from invoices.readers.layout import Box, Found, Line, Page, Word

Labels = Mapping[str, re.Pattern[str]]

BESIDE = 0.3  # share of the height that a value and its label must have in common
NEXT_LINE = 1.6  # of a label's height: from a line's middle to that of the next one
AMOUNT_WORD = re.compile(
    r"(?:[¥￥]\s*)?[-−－]?\s*(?:[¥￥]\s*)?[0-9][0-9,]*\.[0-9]{1,2}(?![0-9])|\*{2,}|[¥￥]\s*[-−－]?[0-9][0-9,]*(?![0-9.])"
)
_NO_NAME = re.compile(r"[:：]|[0-9A-Z]{15}|纳税人识别号|统一社会信用代码|地址、电话|开户行及")
_WORDS = re.compile(r"[\u3400-\u9fff]{2}")
_COLON = re.compile(r"^[\s:：]+")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount printed somewhere; None stands for `***`."""

    value: Decimal | None
    box: Box


def heading_lines(page: Page) -> list[str]:
    """Lines of the upper third without spaces, larger print first: seals and small print come late."""
    upper = [line for line in page.even_lines if line.middle < page.height * 0.4]
    upper.sort(key=lambda line: -line.box.height)
    rest = [line for line in page.even_lines if line.middle >= page.height * 0.4]
    return ["".join(line.text.split()) for line in (*upper, *rest)]


def value_beside(page: Page, found: Found, labels: Labels) -> str:
    """The text right of a label, up to the next label of its line; else what stands alone at its height."""
    line = found.line
    stops = [other.start for pattern in labels.values() for other in line.find(pattern) if other.start >= found.end]
    said = _COLON.sub("", line.text[found.end : min(stops, default=len(line.text))]).strip()
    return said or _alone_beside(page, found, labels)


def _alone_beside(page: Page, found: Found, labels: Labels) -> str:
    """A value set a little higher or lower than its label is a line of its own; it belongs to the nearest label."""
    box = found.box
    for line in page.lines:
        if line is found.line or line.box.shares_height(box) < BESIDE:
            continue
        words = [word for word in line.words() if word.box.x0 >= box.x1 - 0.2 * box.height]
        if not words or any(line.find(pattern) for pattern in labels.values()):
            continue
        if not _nearer_label(page, found, words[0], labels):
            return " ".join(word.text for word in words)
    return ""


def _nearer_label(page: Page, found: Found, word: Word, labels: Labels) -> bool:
    mine = abs(found.box.middle - word.box.middle)
    return any(
        other.box.x1 <= word.box.x0 and abs(other.box.middle - word.box.middle) < mine
        for pattern in labels.values()
        for other in page.find(pattern)
        if other.line is not found.line
    )


def labelled(pages: Sequence[Page], key: str, labels: Labels) -> str:
    """The first value on any page that stands beside the label of `key`."""
    for page in pages:
        for found in page.find(labels[key]):
            if said := value_beside(page, found, labels):
                return said
    return ""


def goes_on(pages: Sequence[Page], key: str, labels: Labels) -> bool:
    """Whether words that have no label of their own stand close over or under a value: the rest of it, perhaps."""
    for page in pages:
        for found in page.find(labels[key]):
            if value_beside(page, found, labels):
                return any(_is_close(found, line, labels) for line in page.lines)
    return False


def _is_close(found: Found, line: Line, labels: Labels) -> bool:
    box = found.box
    if not 0.6 * box.height < abs(line.middle - found.line.middle) <= NEXT_LINE * box.height:
        return False
    if any(line.find(pattern) for pattern in labels.values()):
        return False
    stops = [
        other.box.x0 for pattern in labels.values() for other in found.line.find(pattern) if other.start > found.end
    ]
    right = min(stops, default=box.x1 + 60 * box.height)
    return any(box.x0 - box.height <= word.box.x0 < right and _WORDS.search(word.text) for word in line.words())


def has_label(pages: Sequence[Page], key: str, labels: Labels) -> bool:
    return any(page.first(labels[key]) for page in pages)


def party_name(said: str) -> str:
    """A name, unless something of the form has run into it: no name holds a colon or the length of a tax id."""
    name = text.name(said)
    return "" if _NO_NAME.search(name) else name


def leading_digits(said: str, *lengths: int) -> str:
    """The digits a value begins with, when they are as many as asked for; white space between them does not count.

    Something printed close behind (a seal's text) may follow; more digits may not.
    """
    match = re.match(r"(?:[0-9]\s*)+", said)
    run = text.digits(match.group()) if match else ""
    if len(run) in lengths:
        return run
    first = re.match(r"[0-9]+", said)  # `24112000000048542163 20` – a second number after a gap
    return first.group() if first and len(first.group()) in lengths else ""


def amounts(line: Line, start: int = 0, end: int | None = None) -> list[Amount]:
    """The amounts of a line from left to right, `***` among them."""
    piece = line.text[start:end]
    found = []
    for match in AMOUNT_WORD.finditer(piece):
        said = match.group()
        value = None if said.startswith("*") else text.amount(said)
        if value is not None or said.startswith("*"):
            found.append(Amount(value, line.box_of(start + match.start(), start + match.end())))
    return found
