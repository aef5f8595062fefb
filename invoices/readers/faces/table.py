"""The lines of an invoice: under the headings 项目名称 … 金额 税率 税额, on one page or several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from invoices.readers import text
from invoices.readers.base import Item
from invoices.readers.layout import Box, Line, Page, Word, label

_HEADINGS = {
    "name": label("货物或应税劳务、服务名称|货物（劳务）名称|项目名称"),
    "specification": label("规格型号"),
    "unit": label("单位"),
    "quantity": label("数量"),
    "price": label("单价"),
    "amount": label("金额"),
    "rate": label("税率/征收率|税率"),
    "tax": label("税额"),
    "index": label("序号"),
    "other": label(
        "车牌号|类型|通行日期起|通行日期止|建筑服务发生地|建筑项目名称|产权证书/不动产权证号|面积单位|起运地|到达地|运输工具种类"
    ),
}
_END = re.compile(r"^\s*(?:小\s*计|合\s*计|总\s*计)|价\s*税\s*合\s*计|出行人|^备\s*注")
_RATE = re.compile(r"^(?:[0-9.]+%|免税|不征税|\*{2,})$")
_MONEY = re.compile(r"^[¥￥]?[-−－]?[0-9][0-9,]*\.[0-9]{2}$")
_NUMBER = re.compile(r"^[-−－]?[0-9][0-9,]*(?:\.[0-9]+)?$")
_SEE_LIST = re.compile(r"详见.{0,4}清单")
_INDEX = re.compile(r"^[0-9]{1,3}$")
_NUMBERS = ("quantity", "price")


@dataclass(frozen=True, slots=True)
class Heading:
    key: str
    box: Box


def read(pages: Sequence[Page]) -> list[Item]:
    """The lines as printed; `(详见销货清单)` gives way to the list it points to."""
    items = [item for page in pages for item in read_page(page)]
    listed = [item for item in items if not _SEE_LIST.search(item.name)]
    return listed or items


def columns_of(page: Page) -> list[Heading]:
    """The headings of the table, left to right; none when the page shows no table."""
    for line in page.lines:
        hits = {key: line.find(pattern) for key, pattern in _HEADINGS.items()}
        if hits["amount"] and (hits["rate"] or hits["tax"]) and (hits["name"] or hits["quantity"]):
            headings = [Heading(key, hit.box) for key, found in hits.items() for hit in found]
            return sorted(headings, key=lambda heading: heading.box.x0)
    return []


def nearest(headings: Sequence[Heading], box: Box, keys: Sequence[str]) -> str:
    """The heading, of these keys, whose middle is closest."""
    fitting = [heading for heading in headings if heading.key in keys]
    return min(fitting, key=lambda heading: abs(heading.box.centre - box.centre)).key if fitting else ""


def read_page(page: Page) -> list[Item]:
    headings = columns_of(page)
    if not headings:
        return []
    top = max(heading.box.bottom for heading in headings)
    items: list[Item] = []
    for line in page.lines:
        if line.middle <= top:
            continue
        if _END.search(line.text):
            break
        _take(items, line, headings)
    return items


def _take(items: list[Item], line: Line, headings: Sequence[Heading]) -> None:
    """A line with an amount begins an item; one without continues the name above it."""
    words = line.words()
    rates = [
        word
        for word in words
        if _RATE.match(word.text) and nearest(headings, word.box, ("amount", "rate", "tax")) == "rate"
    ]
    money = [word for word in words if _MONEY.match(word.text)]
    anchor = rates[0].box.x0 if rates else None
    amounts = [
        w
        for w in money
        if nearest(headings, w.box, ("price", "amount", "tax")) == "amount" or _left_of(w, anchor, money)
    ]
    if amounts:
        items.append(_item(words, amounts[-1], rates[0] if rates else None, headings))
    elif items and not money:
        items[-1] = _continued(items[-1], words, headings)


def _left_of(word: Word, anchor: float | None, money: Sequence[Word]) -> bool:
    """The last amount before the rate is the line's amount, wherever its heading stands."""
    before = [other for other in money if anchor is not None and other.box.x1 <= anchor]
    return bool(before) and before[-1] is word


def _item(words: Sequence[Word], amount: Word, rate: Word | None, headings: Sequence[Heading]) -> Item:
    after = [word for word in words if word.box.x0 > (rate or amount).box.x1]
    tax = text.tax_amount(after[-1].text) if after else None
    before = [word for word in words if word.box.x1 <= amount.box.x0 + 1 and word is not rate]
    said = _columns(before, headings)
    return Item(
        name=said.get("name", ""),
        amount=text.amount(amount.text),
        tax=tax,
        rate=rate.text if rate else "",
        quantity=said.get("quantity", ""),
        unit=said.get("unit", ""),
        price=said.get("price", ""),
        specification=said.get("specification", ""),
    )


def _columns(words: Sequence[Word], headings: Sequence[Heading]) -> dict[str, str]:
    """Text by the column it begins in, the last two figures by the order of the headings 数量 and 单价."""
    figures = [
        word
        for word in words
        if _NUMBER.match(word.text) and _column_at(word, headings) not in ("name", "index", "other")
    ]
    said: dict[str, str] = {}
    order = [heading.key for heading in headings if heading.key in _NUMBERS]
    if len(figures) >= 2 and len(order) == 2:
        said = {key: word.text for key, word in zip(order, figures[-2:], strict=True)}
    elif figures:
        said = {nearest(headings, figures[0].box, _NUMBERS): figures[0].text}
    used = {id(word) for word in figures[-2:]}
    for word in words:
        if id(word) in used:
            continue
        key = _column_at(word, headings)
        key = "specification" if key in _NUMBERS else key
        said[key] = text.joined(said.get(key, ""), word.text)
    return said


def _column_at(word: Word, headings: Sequence[Heading]) -> str:
    """The column a word begins in; columns meet halfway between two headings, but a line's index is only its number."""
    for left, right in pairwise(headings):
        if left.key == "index":
            if _INDEX.match(word.text) and word.box.x0 < right.box.x0:
                return left.key
        elif word.box.x0 < (left.box.x1 + right.box.x0) / 2:
            return left.key
    return headings[-1].key


def _continued(item: Item, words: Sequence[Word], headings: Sequence[Heading]) -> Item:
    said = _columns(words, headings)
    return replace(
        item,
        name=text.joined(item.name, said.get("name", "")),
        specification=text.joined(item.specification, said.get("specification", "")),
    )


def total(items: Sequence[Item]) -> Decimal:
    return sum((item.amount for item in items if item.amount is not None), Decimal("0.00"))
