"""数电票 and the invoices of the tax-control system before it: one sheet with two parties, lines, and totals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from invoices.readers import kinds, text
from invoices.readers.base import Kind, Reading, Source
from invoices.readers.faces import parties, table, travellers
from invoices.readers.faces.parts import Amount, amounts, has_label, labelled, leading_digits, value_beside
from invoices.readers.layout import Box, Found, Page, label
from invoices.readers.xml import ORIGINAL_NUMBER

LABELS = {
    "code": label("发票代码"),
    "number": re.compile(
        r"(?<!数电)(?<!蓝字)(?<!原)发\s*票\s*号\s*码"
    ),  # not the one a red invoice names in its remark
    "date": label("开票日期"),
    "check_code": label("校验码"),
    "machine": label("机器编号"),
    "words": re.compile(r"价\s*税\s*合\s*计\s*[（(]\s*大\s*写\s*[）)]"),
    "total": re.compile(r"[（(]\s*小\s*写\s*[¥￥]?\s*[）)]"),  # some issuers print the ¥ over the bracket
    "drawer": re.compile(r"开\s*票\s*人\s*(?=[:：])"),
    "payee": re.compile(r"收\s*款\s*人\s*(?=[:：])"),
    "reviewer": re.compile(r"复\s*核\s*人?\s*(?=[:：])"),
    "seal": label("销售方（章）|销售方:（章）|销售方：（章）"),
    "page": re.compile(r"共\s*[0-9]+\s*页"),
}
HEAD_ROOM = 3.0  # of a label's height: how far above its number an invoice's heading begins
HEAD_DEPTH = 6.0  # how far from the number the date of issue stands
_SUM = re.compile(r"(?<![税额])合\s*计(?!\s*(?:金额|税额|[（(]))")
_DATE = re.compile(r"[0-9]{4}\s*[年/-]\s*[0-9]{1,2}\s*[月/-]\s*[0-9]{1,2}\s*日?")
_TOTAL_AMOUNT = re.compile(r"[¥￥]?\s*[-−－]?\s*[¥￥]?\s*[0-9](?:[\s0-9,]*[0-9])?(?:\s?\.\s?[0-9]\s?[0-9]?)?")
_RED_OLD = re.compile(r"对应正数发票代码\s*[:：]?\s*([0-9]{10,12})\s*号码\s*[:：]?\s*([0-9]{8})")
_REMARK_LABEL = re.compile(r"^备\s*注\s*[:：]?")


def read(pages: Sequence[Page], kind: Kind | None) -> Reading:
    reading = Reading()
    _header(reading, pages)
    found = kinds.refined(kind, reading.text("invoice_code"))
    if found:
        reading.name_kind(found, Source.TEXT)
    _parties(reading, pages)
    _totals(reading, pages)
    reading.facts.items = table.read(pages)
    travellers.read(pages, reading.facts)
    reading.facts.drawer = labelled(pages, "drawer", LABELS)
    _remark(reading, pages)
    return reading


def number_of(page: Page) -> str:
    """The number printed on a page: pages of one file with other numbers are other invoices."""
    return leading_digits(labelled([page], "number", LABELS), 8, 20)


def sheets_of(page: Page) -> list[Page]:
    """The invoices printed on one page, each as a page of its own: a new one begins above each new number.

    A number without a date of issue near it is one that a remark names.
    """
    heads: dict[str, Box] = {}
    dates = [found.box for found in page.find(LABELS["date"])]
    for found in page.find(LABELS["number"]):
        number = leading_digits(value_beside(page, found, LABELS), 8, 20)
        if number and any(abs(box.middle - found.box.middle) < HEAD_DEPTH * found.box.height for box in dates):
            heads.setdefault(number, found.box)
    if len(heads) < 2:
        return [page]
    return page.parts([box.top - HEAD_ROOM * box.height for box in heads.values()])


def _header(reading: Reading, pages: Sequence[Page]) -> None:
    reading.put("invoice_code", leading_digits(labelled(pages, "code", LABELS), 10, 12), Source.TEXT)
    number = next((found for page in pages if (found := number_of(page))), "")
    if not number:
        number = leading_digits(labelled(pages, "number", LABELS), *range(5, 31))
    reading.put("number", number, Source.TEXT)
    said = _DATE.search(labelled(pages, "date", LABELS))
    reading.put("date", text.day("".join(said.group().split())) if said else None, Source.TEXT)
    check = text.ascii_form(labelled(pages, "check_code", LABELS))
    match = re.match(r"[0-9]{20}", check)
    if match:
        reading.facts.check_code = match.group()
        reading.put("check_code_last6", match.group()[-6:], Source.TEXT)
    elif not has_label(pages, "check_code", LABELS):
        reading.blank.add("check_code_last6")


def _parties(reading: Reading, pages: Sequence[Page]) -> None:
    for page in pages:
        buyer, seller = parties.read(page)
        if not (buyer.name or seller.name or seller.tax_id):
            continue
        for side, party in (("buyer", buyer), ("seller", seller)):
            reading.put(f"{side}_name", party.name, Source.TEXT)
            reading.put(f"{side}_tax_id", party.tax_id, Source.TEXT)
            if party.cut_name:
                reading.doubt(f"{side}_name")
            if party.blank_id:
                reading.blank.add(f"{side}_tax_id")
        return


def _totals(reading: Reading, pages: Sequence[Page]) -> None:
    """The totals stand on one page, the last of several; the amount and the tax in the nearest 合计 line above."""
    for page in reversed(pages):
        total = page.first(LABELS["total"])
        if total is None:
            continue
        reading.put("total", _total(page, total), Source.TEXT)
        reading.facts.total_in_words = _words(page)
        sums = [hit for hit in page.find(_SUM) if hit.line.middle < total.line.middle - 0.3 * total.box.height]
        beside = _amounts_beside(page, max(sums, key=lambda hit: hit.line.middle)) if sums else []
        if beside:
            _sums(reading, page, beside)
        else:
            _sums_of_lines(reading, page)
        return


def _total(page: Page, found: Found) -> Decimal | None:
    """The amount right of （小写）, in its line or set a little off it."""
    line_text = found.line.text[found.end :]
    match = _TOTAL_AMOUNT.search(line_text)
    value = text.amount(match.group()) if match else None
    if value is None:
        beside = _amounts_beside(page, found)
        value = beside[0].value if beside else None
    return value


def _amounts_beside(page: Page, found: Found) -> list[Amount]:
    """Amounts right of a label, in its line and in lines that share its height."""
    box = found.box
    near: list[Amount] = []
    for line in page.lines:
        if line is found.line or line.box.shares_height(box) >= 0.3:
            near.extend(
                amount for amount in amounts(line) if amount.box.x0 >= box.x1 and amount.box.shares_height(box) >= 0.2
            )
    return sorted(near, key=lambda amount: amount.box.x0)


def _sums(reading: Reading, page: Page, found: list[Amount]) -> None:
    """Amount and tax by order; a single one by the column it stands under."""
    if len(found) >= 2:
        amount, tax = found[-2], found[-1]
    elif found:
        columns = table.columns_of(page)
        only = found[0]
        is_tax = table.nearest(columns, only.box, ("amount", "tax")) == "tax"
        amount, tax = (Amount(None, only.box), only) if is_tax else (only, Amount(None, only.box))
        if not is_tax and only.value == reading.amount("total"):
            reading.put("tax", text.CENT * 0, Source.TEXT)
    else:
        return
    reading.put("amount_excl_tax", amount.value, Source.TEXT)
    if len(found) >= 2:
        reading.put("tax", text.CENT * 0 if tax.value is None else tax.value, Source.TEXT)
    elif tax.value is not None:
        reading.put("tax", tax.value, Source.TEXT)


def _sums_of_lines(reading: Reading, page: Page) -> None:
    """Some issuers leave 合计 empty when the lines are on a list: the line that points to it has the sums."""
    items = table.read_page(page)
    if items and all(item.amount is not None for item in items):
        reading.put("amount_excl_tax", table.total(items), Source.TEXT)
        reading.put("tax", sum((item.tax or text.CENT * 0 for item in items), text.CENT * 0), Source.TEXT)


def _words(page: Page) -> str:
    """The total in capitals, between its label and （小写）."""
    found = page.first(LABELS["words"])
    if found is None:
        return ""
    for line in page.lines:
        if line is found.line or line.box.shares_height(found.box) >= 0.3:
            start = found.end if line is found.line else 0
            match = re.search(
                rf"[{re.escape(text.CAPITALS)}\s]{{2,}}", line.text[start:].split("小写")[0].rstrip("(（ ")
            )
            said = "".join(match.group().split()) if match else ""
            if text.from_capitals(said) is not None:
                return said
    return ""


def _remark(reading: Reading, pages: Sequence[Page]) -> None:
    """What stands right of 备注, on the page with the totals."""
    for page in reversed(pages):
        column = next((column for column in page.columns if column.text == "备注"), None)
        if column is None:
            continue
        box = column.box
        glyph = box.x1 - box.x0
        lines = [
            [word for word in line.words() if word.box.x0 >= box.x1]
            for line in page.lines
            if box.top - 3 * glyph <= line.middle <= box.bottom + 3 * glyph
            and not any(line.find(LABELS[key]) for key in ("total", "drawer", "payee"))
        ]
        said = [" ".join(word.text for word in words) for words in lines if words]
        reading.facts.remark = " ".join(said)
        break
    squeezed = "".join(reading.facts.remark.split())
    blue = ORIGINAL_NUMBER.search(squeezed)
    old = _RED_OLD.search(squeezed)
    reading.facts.original_number = blue.group(1) if blue else (old.group(2) if old else "")
