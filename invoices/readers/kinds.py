"""Which kind an invoice is: by its printed heading, or by the digits of its code.

Source of the code's digits: the tax bureaus' code plan for invoices before 数电票 (12 digits: area, year, batch, kind).
"""

from __future__ import annotations

import re

from invoices.readers.base import Kind

_HEADINGS: tuple[tuple[re.Pattern[str], Kind], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"铁路电子客票", Kind.RAIL),
        (r"航空运输电子客票行程单", Kind.AIR),
        (r"电子发票[（(]?机动车", Kind.VEHICLE),
        (r"电子发票[（(]?二手车", Kind.USED_CAR),
        (r"电子发票[（(](增值税)?专用发票", Kind.EINVOICE_SPECIAL),
        (r"电子发票[（(]普通发票", Kind.EINVOICE),
        (r"通行费增值税电子普通发票", Kind.TOLL),
        (r"增值税电子普通发票", Kind.VAT),
        (r"增值税电子专用发票", Kind.VAT_SPECIAL),
        (r"增值税普通发票[（(]卷票", Kind.ROLL),
        (r"增值税专用发票", Kind.PAPER_SPECIAL),
        (r"增值税普通发票", Kind.PAPER),
        (r"区块链|深圳电子普通发票", Kind.BLOCKCHAIN),
        (r"(票据|收据|缴款书)[（(]电子[)）]|电子[（(]?(票据|收据)", Kind.FISCAL),
    )
)
# The last two digits of a 12-digit code that begins with 0.
_BY_CODE_END = {
    "11": Kind.VAT,
    "12": Kind.TOLL,
    "13": Kind.VAT_SPECIAL,
    "04": Kind.PAPER,
    "05": Kind.PAPER,
    "06": Kind.ROLL,
    "07": Kind.ROLL,
}
OLD_CODE_LENGTHS = (10, 12)


def by_heading(text: str) -> Kind | None:
    for pattern, kind in _HEADINGS:
        if pattern.search(text):
            return kind
    return None


def by_code(code: str) -> Kind | None:
    """The kind an old invoice code stands for; None when it does not tell (10 digits: 专票, and 普票 before 2018)."""
    if len(code) != 12:
        return None
    if code.startswith("1") and code.endswith("0"):
        return Kind.BLOCKCHAIN
    return _BY_CODE_END.get(code[-2:]) if code.startswith("0") else None


def refined(heading: Kind | None, code: str) -> Kind | None:
    """Toll invoices carry the heading of ordinary ones: only the code tells them apart."""
    coded = by_code(code)
    if heading in (None, Kind.VAT) and coded:
        return coded if heading is None or coded is Kind.TOLL else heading
    return heading
