"""What several forms share: QR contents, dates, the table of lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from demo.drawing.facts import DrawnLine, InvoiceFacts
from demo.drawing.sheet import NINE_POINT, Sheet, Text, wrapped
from demo.drawing.style import Style
from invoices.readers.base import Kind

ROW = 4.5  # millimetres


def qr_content(facts: InvoiceFacts) -> str:
    """As issuers write it: the amount with tax on 数电票 and tickets, without tax on older invoices."""
    day = f"{facts.issued_on:%Y%m%d}"
    if facts.kind is Kind.FISCAL:
        return f"CZ-EI-00,1.1.0,{facts.code},{facts.number},{facts.check_code},{day},{facts.total}"
    if facts.kind.is_digital:
        second = {Kind.EINVOICE_SPECIAL: "31", Kind.EINVOICE: "32", Kind.RAIL: "51", Kind.AIR: "61"}[facts.kind]
        return f"01,{second},,{facts.number},{facts.total},{day},,{facts.number[-4:]}"
    return f"01,10,{facts.code},{facts.number},{facts.amount},{day},{facts.check_code},{facts.number[:4]},"


def write_date(sheet: Sheet, x: float, y: float, day: date, *, tag: str = "") -> None:
    """2026年05月19日; some forms carry 年 月 日 themselves and only the digits are filled in."""
    if not sheet.style.split_dates:
        sheet.value(x, y, f"{day:%Y年%m月%d日}", tag=tag)
        return
    for offset, digits, sign in ((0.0, f"{day:%Y}", "年"), (11.6, f"{day:%m}", "月"), (19.6, f"{day:%d}", "日")):
        sheet.value(x + offset, y, digits, tag=tag)
        sheet.form(x + offset + (7.4 if sign == "年" else 4.1), y, sign)


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of the table of lines: where its heading stands and how its values are aligned."""

    heading: str
    x: float  # of the heading's middle
    value_x: float
    right: bool
    field: str


def headings(sheet: Sheet, columns: Sequence[TableColumn], y: float) -> None:
    for column in columns:
        sheet.form(column.x, y, column.heading, anchor="middle")


def row_height(line: DrawnLine, name_width: float) -> float:
    return ROW * len(wrapped(line.name, name_width))


def write_line(sheet: Sheet, columns: Sequence[TableColumn], line: DrawnLine, y: float, name_width: float) -> float:
    """One line of the table; gives the y of the next one. Only what the line has is written."""
    said = {
        "name": line.name,
        "specification": line.specification,
        "unit": line.unit,
        "quantity": line.quantity,
        "price": line.price,
        "amount": f"{line.amount}",
        "rate": line.rate,
        "tax": line.tax_text,
    }
    for column in columns:
        if column.field == "name":
            for index, piece in enumerate(wrapped(line.name, name_width)):
                sheet.value(column.value_x, y + index * ROW, piece, tag="Item" if not index else "")
        elif value := said.get(column.field, ""):
            sheet.value(column.value_x, y, value, anchor="right" if column.right else "left")
    return y + row_height(line, name_width)


def money(sheet: Sheet, x: float, y: float, amount: str, *, tag: str = "", size: float = NINE_POINT) -> None:
    """An amount ending at x, its ¥ a text of its own as many programs write it."""
    style: Style = sheet.style
    width = Text(0, 0, amount, size).width()
    yen = 0.0 if amount.startswith("*") else Text(0, 0, style.yen, size).width()
    if yen:
        sheet.value(x - width - yen, y, style.yen, tag=tag, size=size)
    skip = style.only_yen_tagged and tag == "TaxInclusiveTotalAmount" and yen
    sheet.value(x - width, y, amount, tag="" if skip else tag, size=size)
