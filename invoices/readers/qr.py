"""QR codes: number, date and one amount without any reading error, when the code is an issuer's.

Anybody can print another code on the page, so only known patterns count. The amount is without tax on invoices of the
tax-control system and on Shenzhen's blockchain ones, and with tax on 数电票 and e-tickets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import zxingcpp
from PIL import Image

from invoices.readers import kinds, text
from invoices.readers.base import Kind, Reading, Source

MAX_CODES = 20  # on one page
SMALL = 1200  # pixels of the longer side, under which a second look at double size is taken

# Second field of a 数电 code, as observed on real invoices (no official list was found).
_DIGITAL = {
    "31": Kind.EINVOICE_SPECIAL,
    "32": Kind.EINVOICE,
    "51": Kind.RAIL,
    "61": Kind.AIR,
}
_PAPER = {"01": Kind.PAPER_SPECIAL, "04": Kind.PAPER}  # of paper invoices with a 10-digit code, as observed
_NUMBER = re.compile(r"^[0-9]{19,20}$")
_CODE = re.compile(r"^[0-9]{10}$|^[0-9]{12}$")
_SHORT_NUMBER = re.compile(r"^[0-9]{8}$")
_BLOCKCHAIN_HOST = "bcfp.shenzhen.chinatax.gov.cn"


def texts(image: Image.Image) -> list[str]:
    """What all QR codes of a picture say. Small pictures are looked at twice, the second time at double size."""
    found = _decode(image)
    if not found and max(image.size) < SMALL:
        found = _decode(image.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC))
    return found


def _decode(image: Image.Image) -> list[str]:
    codes = zxingcpp.read_barcodes(image.convert("L"), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return [text.clean(code.text) for code in codes[:MAX_CODES] if code.valid]


def readings(said: Iterable[str]) -> list[Reading]:
    """One reading for each code that is an invoice's; equal codes count once."""
    found = []
    for content in dict.fromkeys(said):
        reading = parse(content)
        if reading is not None:
            found.append(reading)
    return found


def parse(content: str) -> Reading | None:
    """The reading of one code, None when it is no invoice's."""
    if _BLOCKCHAIN_HOST in content[:80]:
        return _blockchain_address(content)
    parts = [text.ascii_form(part) for part in content.split(",")]
    if parts[0].startswith("CZ-EI"):
        return _fiscal(parts)
    return _tax_bureau(parts) if parts[0] == "01" and len(parts) >= 6 else None


def _tax_bureau(parts: list[str]) -> Reading | None:
    if parts[2] == "" and _NUMBER.match(parts[3]):
        return _digital(parts)
    if _CODE.match(parts[2]) and _SHORT_NUMBER.match(parts[3]):
        return _old(parts)
    return _ticket_specimen(parts) if _NUMBER.match(parts[2]) else None


def _digital(parts: list[str]) -> Reading | None:
    """01,<kind>,,<number>,<total>,<date>,<check code or empty>,<4 characters>."""
    reading = _begin(parts[3], parts[5])
    total = text.amount(parts[4])
    if reading is None or total is None:
        return None
    reading.put("total", total, Source.QR)
    kind = _DIGITAL.get(parts[1])
    if kind:
        reading.name_kind(kind, Source.QR)
    return reading


def _old(parts: list[str]) -> Reading | None:
    """01,<kind>,<code>,<number>,<amount without tax>,<date>,<check code>,… and, on blockchain invoices, the seller's id
    before the amount.
    """
    blockchain = text.tax_id(parts[4]) != "" and len(parts) > 6
    amount, issued, check = (parts[5], parts[6], "") if blockchain else (parts[4], parts[5], [*parts, ""][6])
    reading = _begin(parts[3], issued)
    value = text.amount(amount)
    if reading is None or value is None:
        return None
    reading.put("invoice_code", parts[2], Source.QR)
    reading.put("amount_excl_tax", value, Source.QR)
    if blockchain:
        reading.put("seller_tax_id", text.tax_id(parts[4]), Source.QR)
    if re.fullmatch(r"[0-9]{20}", check):
        reading.facts.check_code = check
        reading.put("check_code_last6", check[-6:], Source.QR)
    kind = Kind.BLOCKCHAIN if blockchain else kinds.by_code(parts[2])
    if kind is None and len(parts[2]) == 10:
        kind = _PAPER.get(parts[1])
    if kind:
        reading.name_kind(kind, Source.QR)
    return reading


def _ticket_specimen(parts: list[str]) -> Reading | None:
    """01,10,<number>,<amount>,<date>,… – one place fewer, on specimens of e-tickets only: the amount is not taken."""
    return _begin(parts[2], parts[4])


def _fiscal(parts: list[str]) -> Reading | None:
    """CZ-EI-00,<version>,<code>,<number>,<check code>,<date>,<total>."""
    if len(parts) < 7 or not re.fullmatch(r"[0-9]{8}", parts[2]) or not re.fullmatch(r"[0-9]{10}", parts[3]):
        return None
    reading = _begin(parts[3], parts[5])
    if reading is None:
        return None
    reading.name_kind(Kind.FISCAL, Source.QR)
    reading.put("invoice_code", parts[2], Source.QR)
    reading.put("check_code_last6", parts[4][:6], Source.QR)
    reading.put("total", text.amount(parts[6]), Source.QR)
    return reading


def _blockchain_address(content: str) -> Reading | None:
    """A link to Shenzhen's register: number, and the total in cents."""
    query = parse_qs(urlsplit(content).query)
    number, cents = "".join(query.get("bill_num", [])), "".join(query.get("total_amount", []))
    if not _SHORT_NUMBER.match(number) or not re.fullmatch(r"[0-9]{1,12}", cents):
        return None
    reading = Reading()
    reading.name_kind(Kind.BLOCKCHAIN, Source.QR)
    reading.put("number", number, Source.QR)
    reading.put("total", (Decimal(cents) / 100).quantize(text.CENT), Source.QR)
    return reading


def _begin(number: str, issued: str) -> Reading | None:
    """A reading with number and date; without a real date the code is not an invoice's."""
    day = text.day(issued)
    if day is None:
        return None
    reading = Reading()
    reading.put("number", number, Source.QR)
    reading.put("date", day, Source.QR)
    return reading
