"""Excel workbook, written row by row: memory stays flat however many rows there are.

Codes are text cells, so that leading zeros stay; amounts are numbers with two decimals; no cell is ever a formula.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from vouchers.exporters.base import COLUMNS, HEADINGS, Cell, Row, safe_text

SHEET_ROWS = 1_048_576  # of one worksheet, with the heading
WIDTHS = {"text": 16, "number": 9, "date": 11, "amount": 14, "rate": 8}


class XlsxExporter:
    extension = "xlsx"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    row_limit: int | None = SHEET_ROWS - 1

    def write(self, rows: Iterable[Row], target: Path) -> int:
        options = {"constant_memory": True, "tmpdir": str(target.parent)}
        count = 0
        with xlsxwriter.Workbook(str(target), options) as book:
            sheet = book.add_worksheet("凭证")
            formats = _formats(book)
            for column, (_heading, shape) in enumerate(COLUMNS):
                sheet.set_column(column, column, WIDTHS[shape])
            sheet.freeze_panes(1, 0)
            for column, heading in enumerate(HEADINGS):
                sheet.write_string(0, column, heading, formats["heading"])
            for count, row in enumerate(rows, start=1):
                for column, (cell, (_heading, shape)) in enumerate(zip(row, COLUMNS, strict=True)):
                    _write(sheet, count, column, cell, formats[shape])
        return count


def _formats(book: xlsxwriter.Workbook) -> dict[str, Any]:
    return {
        "heading": book.add_format({"bold": True}),
        "text": book.add_format({"num_format": "@"}),
        "number": book.add_format({"num_format": "0"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "amount": book.add_format({"num_format": "#,##0.00"}),
        "rate": book.add_format({"num_format": "0.0000"}),
    }


def _write(sheet: Any, row: int, column: int, cell: Cell, shape: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, Decimal | int):
        sheet.write_number(row, column, cell, shape)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, shape)
    else:
        sheet.write_string(row, column, safe_text(cell), shape)
