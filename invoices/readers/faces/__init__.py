"""What the printed face of an invoice says, read by where its words stand. One module a family of layouts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from invoices.readers import kinds
from invoices.readers.base import Kind, Reading
from invoices.readers.faces import air, fiscal, rail, vat
from invoices.readers.faces.parts import heading_lines
from invoices.readers.layout import Page

_FISCAL_HEADING = re.compile(r"[\u4e00-\u9fff]{2,30}(?:[(（]电子[)）][\u4e00-\u9fff]*)?")


def read(pages: Sequence[Page]) -> Reading:
    """The fields of one invoice from its pages. An unknown face gives a reading without a kind."""
    reading = _read(pages)
    if any(page.scanned for page in pages) and reading.values:
        # The text was read off a scan by somebody's program: letters may be wrong that look right.
        reading.doubt(*reading.values)
        reading.note("scanned_text")
    return reading


def _read(pages: Sequence[Page]) -> Reading:
    kind, heading = _kind(pages)
    if kind is Kind.RAIL:
        return rail.read(pages)
    if kind is Kind.AIR:
        return air.read(pages)
    if kind is Kind.FISCAL:
        return fiscal.read(pages, heading)
    return vat.read(pages, kind)


def _kind(pages: Sequence[Page]) -> tuple[Kind | None, str]:
    """By the first heading found; the line it stands in comes with it."""
    for page in pages:
        for line in heading_lines(page):
            kind = kinds.by_heading(line)
            if kind is Kind.FISCAL:
                match = _FISCAL_HEADING.search(line)
                return kind, match.group() if match else line
            if kind:
                return kind, line
    return None, ""
