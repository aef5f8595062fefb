"""Can this be true? Each check that fails puts the keys concerned among those a person must confirm.

No check refuses an invoice. Sources: numbers and codes as in the tax bureaus' plans; tax ids GB 32100-2015.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from invoices.readers import text
from invoices.readers.base import EXPECTED, KEYS, Kind, Reading, Source
from invoices.readers.faces import table

TOLERANCE = Decimal("0.01")  # of sums printed in cents
ID_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I O S V Z
_ID_LENGTHS = (15, 17, 18, 20)
_RED = "红字"
ONE_DAY = timedelta(days=1)  # an invoice of tomorrow's date may come from another time zone


def check(reading: Reading, *, today: date) -> Reading:
    """Look at the whole, complete what follows from it, and name what a person must confirm."""
    _complete_total(reading)
    _sums(reading)
    _capitals(reading)
    _identity(reading)
    _dates(reading, today)
    _tax_ids(reading)
    _lines(reading)
    _name_red(reading)
    _missing(reading)
    return reading


def _complete_total(reading: Reading) -> None:
    """Some issuers tag only the ¥ of the total: amount and tax make it, confirmed by the capitals."""
    amount, tax = reading.amount("amount_excl_tax"), reading.amount("tax")
    if reading.amount("total") is not None or amount is None or tax is None or reading.kind is Kind.AIR:
        return
    reading.put("total", amount + tax, reading.values["tax"].source)
    reading.note("total_computed")
    if text.from_capitals(reading.facts.total_in_words) != amount + tax:
        reading.doubt("total")


def _sums(reading: Reading) -> None:
    """Amount and tax make the total; on air tickets with the fund and other taxes, which are outside the tax base."""
    amount, tax, total = (reading.amount(key) for key in ("amount_excl_tax", "tax", "total"))
    if amount is None or tax is None or total is None:
        return
    outside = (reading.facts.development_fund or Decimal(0)) + (reading.facts.other_taxes or Decimal(0))
    if abs(amount + tax + outside - total) > TOLERANCE:
        reading.doubt("amount_excl_tax", "tax", "total")
        reading.note("sums_differ", amount=str(amount), tax=str(tax), total=str(total))


def _capitals(reading: Reading) -> None:
    written, total = text.from_capitals(reading.facts.total_in_words), reading.amount("total")
    if written is not None and total is not None and written != total:
        reading.doubt("total")
        reading.note("capitals_differ", written=str(written), total=str(total))


def _identity(reading: Reading) -> None:
    code, number = reading.identity
    if reading.kind is None or not number:
        return
    if reading.kind.is_digital:
        form = r"/[0-9]{20}"
    elif reading.kind is Kind.FISCAL:
        form = r"[0-9]{8}/[0-9]{10}"
    else:
        form = r"([0-9]{10}|[0-9]{12})/[0-9]{8}"
    if not re.fullmatch(form, f"{code}/{number}"):
        reading.doubt("number", *(["invoice_code"] if code else []))
        reading.note("number_pattern", number=number, code=code)


def _dates(reading: Reading, today: date) -> None:
    issued = reading.issued_on
    if issued is None:
        return
    if issued > today + ONE_DAY:
        reading.doubt("date")
        reading.note("date_in_future", date=str(issued))
    code, number = reading.identity
    if reading.kind and reading.kind.is_digital and len(number) == 20 and number[:2] != f"{issued:%y}":
        reading.doubt("number", "date")
        reading.note("year_differs", number=number, date=str(issued))
    if len(code) == 12 and code.startswith("0") and int(code[5:7]) > issued.year % 100:
        reading.doubt("invoice_code", "date")
        reading.note("code_newer_than_date", code=code, date=str(issued))


def _tax_ids(reading: Reading) -> None:
    for key in ("seller_tax_id", "buyer_tax_id"):
        said = reading.text(key)
        if said and (len(said) not in _ID_LENGTHS):
            reading.doubt(key)
            reading.note("tax_id_length", key=key, value=said)
        elif len(said) == 18 and not has_check_character(said):
            # A misread character shows here first; on data that cannot be misread it is only worth a word.
            reading.note("tax_id_check", key=key, value=said)
            if reading.values[key].source is Source.OCR:
                reading.doubt(key)


def has_check_character(tax_id: str) -> bool:
    """GB 32100: the 18th character follows from the 17 before it. Ids of persons (15 digits and the like) have none."""
    if len(tax_id) != 18 or any(char not in ID_ALPHABET for char in tax_id):
        return False
    weighted = sum(ID_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(tax_id[:17]))
    return ID_ALPHABET[(31 - weighted % 31) % 31] == tax_id[17]


def _lines(reading: Reading) -> None:
    """Printed lines add up to the amount, a cent a line allowed for rounding."""
    items, amount = reading.facts.items, reading.amount("amount_excl_tax")
    if items and amount is not None:
        total = table.total(items)
        if abs(total - amount) > TOLERANCE * len(items):
            reading.note("lines_differ", lines=str(total), amount=str(amount))


def _name_red(reading: Reading) -> None:
    """A red invoice takes an earlier one back: its total is negative and its kind says so."""
    kind = reading.values.get("kind")
    if kind and reading.is_red and not str(kind.value).endswith(_RED):
        reading.values["kind"] = replace(kind, value=f"{kind.value}{_RED}")


def _missing(reading: Reading) -> None:
    """What such an invoice has and was not found; nothing that is blank on the invoice itself."""
    expected = EXPECTED[reading.kind] if reading.kind else KEYS
    reading.doubt(*(key for key in expected if key not in reading.values and key not in reading.blank))
