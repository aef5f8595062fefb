"""What a reader gives back: values with their source and confidence, and the keys a person must confirm.

Every reader of a file gives a `Reading` of what its own source says; `merge` lays them over each other and `checks`
looks whether the outcome can be true. Amounts are Decimal in `currency`, dates are calendar dates, the rest is text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

READER_VERSION = "1"  # kept with every value that is stored; raise it when the meaning of a value changes

KEYS = (
    "kind",
    "invoice_code",
    "number",
    "date",
    "seller_name",
    "seller_tax_id",
    "buyer_name",
    "buyer_tax_id",
    "amount_excl_tax",
    "tax",
    "total",
    "check_code_last6",
)
DATES = ("date",)
AMOUNTS = ("amount_excl_tax", "tax", "total")

Scalar = str | date | Decimal


class Source(StrEnum):
    """Where a value was read, from the most to the least trustworthy (the order in which they win over each other)."""

    XML = "xml"  # the issuer's own data: 数电票 XML, original_invoice.xml
    XBRL = "xbrl"  # the issuer's own data in the ministry's accounting form
    OFD = "ofd"  # tags that name text on the page, document data
    TEXT = "text"  # words of the page, by where they stand
    QR = "qr"
    OCR = "ocr"
    HAND = "hand"


# XML and XBRL carry the value itself. Tags name the right text, but the text is the page's. Page text can be put into
# the wrong field by a layout not seen before. A QR code cannot be misread, but holds few fields, and anybody can print
# one.
CONFIDENCE: Mapping[Source, Decimal] = {
    Source.XML: Decimal("1.00"),
    Source.XBRL: Decimal("1.00"),
    Source.OFD: Decimal("0.97"),
    Source.TEXT: Decimal("0.90"),
    Source.QR: Decimal("0.95"),
    Source.OCR: Decimal("0.70"),
    Source.HAND: Decimal("1.00"),
}
DISPUTED = Decimal("0.50")  # two sources differ: a person decides


class Kind(StrEnum):
    """The kinds of invoice, each with its name as printed."""

    EINVOICE = "电子发票（普通发票）"
    EINVOICE_SPECIAL = "电子发票（增值税专用发票）"
    RAIL = "电子发票（铁路电子客票）"
    AIR = "电子发票（航空运输电子客票行程单）"
    VAT = "增值税电子普通发票"
    VAT_SPECIAL = "增值税电子专用发票"
    TOLL = "收费公路通行费增值税电子普通发票"
    PAPER = "增值税普通发票（纸质）"
    PAPER_SPECIAL = "增值税专用发票（纸质）"
    ROLL = "增值税普通发票（卷票）"
    BLOCKCHAIN = "区块链电子普通发票"
    FISCAL = "财政电子票据"  # printed with the name of the fund or office; the printed name is kept in `kind`
    VEHICLE = "电子发票（机动车销售统一发票）"
    USED_CAR = "电子发票（二手车销售统一发票）"

    @property
    def is_digital(self) -> bool:
        """数电票 and e-tickets: a 20-digit number, no code, no check code."""
        return self in DIGITAL


DIGITAL = frozenset(
    {Kind.EINVOICE, Kind.EINVOICE_SPECIAL, Kind.RAIL, Kind.AIR, Kind.VEHICLE, Kind.USED_CAR},
)

_PARTIES = ("seller_name", "seller_tax_id", "buyer_name", "buyer_tax_id")
_BASIC = ("kind", "number", "date", "total")
_VAT = (*_BASIC, "amount_excl_tax", "tax", *_PARTIES)
_OLD_VAT = (*_VAT, "invoice_code", "check_code_last6")
EXPECTED: Mapping[Kind, tuple[str, ...]] = {
    Kind.EINVOICE: _VAT,
    Kind.EINVOICE_SPECIAL: _VAT,
    Kind.RAIL: (*_BASIC, "amount_excl_tax", "tax", "buyer_name", "buyer_tax_id"),
    Kind.AIR: (*_BASIC, "amount_excl_tax", "tax", "seller_name", "buyer_name", "buyer_tax_id"),
    Kind.VAT: _OLD_VAT,
    Kind.VAT_SPECIAL: (*_VAT, "invoice_code"),
    Kind.TOLL: _OLD_VAT,
    Kind.PAPER: _OLD_VAT,
    Kind.PAPER_SPECIAL: (*_VAT, "invoice_code"),
    Kind.ROLL: (*_BASIC, "invoice_code", "check_code_last6", "seller_name", "seller_tax_id", "buyer_name"),
    Kind.BLOCKCHAIN: _OLD_VAT,
    Kind.FISCAL: (*_BASIC, "invoice_code", "check_code_last6", "seller_name", "buyer_name"),
    Kind.VEHICLE: _VAT,
    Kind.USED_CAR: (*_BASIC, "seller_name", "buyer_name"),
}


@dataclass(frozen=True, slots=True)
class Value:
    """One value, where it was read, and how far it can be trusted (0 to 1)."""

    value: Scalar
    source: Source
    confidence: Decimal

    @classmethod
    def of(cls, value: Scalar, source: Source) -> Value:
        return cls(value, source, CONFIDENCE[source])

    def as_json(self) -> dict[str, Any]:
        return {"value": str(self.value), "source": self.source.value, "confidence": float(self.confidence)}


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth saying about the whole invoice, as a code with parameters; worded when it is shown."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """One printed line. Amount and tax are None where the face has nothing; the rest is as printed."""

    name: str
    amount: Decimal | None = None
    tax: Decimal | None = None
    rate: str = ""  # 6%, 免税, 不征税, ***
    quantity: str = ""
    unit: str = ""
    price: str = ""
    specification: str = ""


@dataclass(frozen=True, slots=True)
class Trip:
    """One ride or flight. Money is in the invoice's currency and stands once an invoice, on its first trip."""

    departure: str = ""
    destination: str = ""
    travel_date: date | None = None
    time: str = ""
    carrier_number: str = ""  # train or flight
    seat: str = ""
    seat_class: str = ""


@dataclass(slots=True)
class Facts:
    """What else was read and later use cases may want. Empty text means: not read."""

    remark: str = ""
    currency: str = "CNY"
    drawer: str = ""
    original_number: str = ""  # of the blue invoice that this red one takes back
    total_in_words: str = ""
    passenger: str = ""
    ticket_number: str = ""
    business: str = ""  # of a rail ticket: 售, 退, 改
    plate_number: str = ""
    fare: Decimal | None = None
    fuel_surcharge: Decimal | None = None
    development_fund: Decimal | None = None  # 民航发展基金, outside the tax base
    other_taxes: Decimal | None = None
    check_code: str = ""
    items: list[Item] = field(default_factory=list)
    trips: list[Trip] = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    """What one file, or one source inside it, says about one invoice."""

    kind: Kind | None = None
    values: dict[str, Value] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)
    blank: set[str] = field(default_factory=set)  # keys known to be empty on the invoice itself: nobody need fill them
    unsure: list[str] = field(default_factory=list)
    alternatives: dict[str, list[Value]] = field(default_factory=dict)  # of disputed keys, the chosen one first
    notes: list[Note] = field(default_factory=list)

    def put(self, key: str, value: Scalar | None, source: Source) -> None:
        """Keep a value under its key; empty text and None are no values."""
        if value is not None and value != "":
            self.values[key] = Value.of(value, source)

    def name_kind(self, kind: Kind, source: Source, printed: str = "") -> None:
        """Say what kind of invoice it is; `printed` is the heading where every issuer has another (fiscal receipts)."""
        self.kind = kind
        self.put("kind", printed or kind.value, source)

    def text(self, key: str) -> str:
        found = self.values.get(key)
        return str(found.value) if found else ""

    def amount(self, key: str) -> Decimal | None:
        found = self.values.get(key)
        return found.value if found and isinstance(found.value, Decimal) else None

    @property
    def issued_on(self) -> date | None:
        found = self.values.get("date")
        return found.value if found and isinstance(found.value, date) else None

    @property
    def identity(self) -> tuple[str, str]:
        """(code, number): one invoice of the world. Empty number: not known yet."""
        return self.text("invoice_code"), self.text("number")

    @property
    def is_red(self) -> bool:
        total = self.amount("total")
        return total is not None and total < 0

    def doubt(self, *keys: str) -> None:
        """A person must confirm these keys."""
        self.unsure = [key for key in KEYS if key in {*self.unsure, *keys}]

    def note(self, code: str, /, **params: str) -> None:
        note = Note(code, params)
        if note not in self.notes:
            self.notes.append(note)

    def as_json(self) -> dict[str, Any]:
        """For storing and for the wire; `from_json` reads it back."""
        fields: dict[str, Any] = {key: value.as_json() for key, value in self.values.items()}
        for key, others in self.alternatives.items():
            fields[key]["alternatives"] = [other.as_json() for other in others]
        return {
            "reader_version": READER_VERSION,
            "kind": self.kind.name if self.kind else None,
            "fields": fields,
            "unsure": list(self.unsure),
            "blank": sorted(self.blank),
            "facts": _plain(asdict(self.facts)),
            "notes": [{"code": note.code, "params": dict(note.params)} for note in self.notes],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reading:
        reading = cls(kind=Kind[data["kind"]] if data["kind"] else None)
        for key, entry in data["fields"].items():
            reading.values[key] = _value(key, entry)
            if "alternatives" in entry:
                reading.alternatives[key] = [_value(key, other) for other in entry["alternatives"]]
        reading.unsure = list(data["unsure"])
        reading.blank = set(data["blank"])
        reading.facts = _facts(data["facts"])
        reading.notes = [Note(note["code"], note["params"]) for note in data["notes"]]
        return reading


class Reader(Protocol):
    """One source of one kind of file. Raises Unreadable when the bytes are not what they should be."""

    def read(self, content: bytes) -> Reading: ...


def _plain(value: Any) -> Any:
    """Facts for JSON: amounts and dates as text, empty ones left out."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if inner not in ("", None, [])}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return str(value) if isinstance(value, Decimal | date) else value


def _value(key: str, entry: Mapping[str, Any]) -> Value:
    raw: str = entry["value"]
    value: Scalar = raw
    if key in AMOUNTS:
        value = Decimal(raw)
    elif key in DATES:
        value = date.fromisoformat(raw)
    return Value(value, Source(entry["source"]), Decimal(str(entry["confidence"])))


def _facts(data: Mapping[str, Any]) -> Facts:
    facts = Facts(**{key: value for key, value in data.items() if key not in ("items", "trips", *_FACT_AMOUNTS)})
    for key in _FACT_AMOUNTS:
        setattr(facts, key, _decimal(data.get(key)))
    facts.items = [
        Item(**{**item, "amount": _decimal(item.get("amount")), "tax": _decimal(item.get("tax"))})
        for item in data.get("items", [])
    ]
    facts.trips = [Trip(**{**trip, "travel_date": _day(trip.get("travel_date"))}) for trip in data.get("trips", [])]
    return facts


_FACT_AMOUNTS = ("fare", "fuel_surcharge", "development_fund", "other_taxes")


def _decimal(raw: str | None) -> Decimal | None:
    return Decimal(raw) if raw else None


def _day(raw: str | None) -> date | None:
    return date.fromisoformat(raw) if raw else None
