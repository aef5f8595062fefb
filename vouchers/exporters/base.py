"""What every export file holds: one row a voucher line, the lines of a voucher together, in the order of the numbers.

Source: finance reference 1.13 (the generic columns) and 1.0 (the canonical model). Headings are Chinese whatever
language the person uses: the importing ERP looks for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal, Protocol

Cell = str | int | date | Decimal | None
Row = Sequence[Cell]
Shape = Literal["text", "number", "date", "amount", "rate"]

COLUMNS: tuple[tuple[str, Shape], ...] = (
    ("凭证日期", "date"),
    ("会计年度", "number"),
    ("会计期间", "number"),
    ("凭证字", "text"),
    ("凭证号", "number"),
    ("分录号", "number"),
    ("摘要", "text"),
    ("科目编码", "text"),
    ("科目名称", "text"),
    ("借方金额", "amount"),
    ("贷方金额", "amount"),
    ("币别", "text"),
    ("汇率", "rate"),
    ("原币金额", "amount"),
    ("部门编码", "text"),
    ("部门", "text"),
    ("人员编码", "text"),
    ("人员", "text"),
    ("客户编码", "text"),
    ("供应商编码", "text"),
    ("供应商", "text"),
    ("项目编码", "text"),
    ("项目", "text"),
    ("费用项目编码", "text"),
    ("费用项目", "text"),
    ("附件数", "number"),
    ("制单人", "text"),
    ("来源单号", "text"),
    ("业务日期", "date"),
)
HEADINGS = [heading for heading, _shape in COLUMNS]

# A cell that begins like this would be run as a formula by a spreadsheet (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


class Exporter(Protocol):
    """One file format. `row_limit`: how many rows one file can hold, None for no limit."""

    extension: str
    media_type: str
    row_limit: int | None

    def write(self, rows: Iterable[Row], target: Path) -> int:
        """Write heading and rows as they come, without holding them; give back how many rows there were."""
        ...


def safe_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula, on one line."""
    flat = " ".join(text.split())
    return f"'{flat}" if flat.startswith(FORMULA_STARTS) else flat
