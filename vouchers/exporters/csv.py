"""CSV in UTF-8 with a byte order mark, so that Excel shows Chinese when it opens the file by a double click."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

from vouchers.exporters.base import HEADINGS, Cell, Row, safe_text


class CsvExporter:
    extension = "csv"
    media_type = "text/csv"
    row_limit: int | None = None

    def write(self, rows: Iterable[Row], target: Path) -> int:
        count = 0
        with target.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADINGS)
            for row in rows:
                writer.writerow([_text(cell) for cell in row])
                count += 1
        return count


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return cell.isoformat() if isinstance(cell, date) else safe_text(str(cell))
