"""What a drawn invoice states: two parties, lines, totals, and the journey of a ticket. Amounts are yuan, Decimal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from common.capitals import capitals
from invoices.readers.base import Kind

CENT = Decimal("0.01")
NIL = Decimal("0.00")
DEMO_REMARK = "演示票样，不能作为报销凭证"
NO_TAX = ("免税", "不征税")


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Party:
    """A company, or a person without tax id (个人)."""

    name: str
    tax_id: str = ""
    address: str = ""
    phone: str = ""
    bank: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """`rate` is 13%, 6%, 免税… A discount has neither quantity nor price and a negative amount."""

    name: str
    amount: Decimal
    rate: str
    specification: str = ""
    unit: str = ""
    quantity: str = ""
    price: str = ""

    @property
    def tax(self) -> Decimal:
        if self.rate in NO_TAX:
            return NIL
        return cents(self.amount * Decimal(self.rate.removesuffix("%")) / 100)

    @property
    def tax_text(self) -> str:
        return "***" if self.rate in NO_TAX else f"{self.tax}"


@dataclass(frozen=True, slots=True)
class Ride:
    """One ride or flight of a ticket."""

    departure: str
    destination: str
    travel_date: date
    time: str
    carrier_number: str
    seat: str = ""
    seat_class: str = ""
    carrier: str = ""
    departure_latin: str = ""
    destination_latin: str = ""


@dataclass(frozen=True, slots=True)
class Fares:
    """The amounts of an air ticket: fare and fuel surcharge are the tax base, fund and other taxes are outside it."""

    fare: Decimal
    fuel_surcharge: Decimal
    tax: Decimal
    fund: Decimal
    other_taxes: Decimal

    @property
    def total(self) -> Decimal:
        return self.fare + self.fuel_surcharge + self.tax + self.fund + self.other_taxes


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    kind: Kind
    number: str
    issued_on: date
    seller: Party
    buyer: Party
    lines: Sequence[DrawnLine] = ()
    code: str = ""
    check_code: str = ""
    machine: str = ""
    cipher: Sequence[str] = ()
    bureau: str = "北京市"
    heading: str = ""  # of a fiscal receipt; other kinds have theirs by kind and bureau
    drawer: str = "陈静"
    payee: str = "王芳"
    reviewer: str = "李强"
    remark: str = DEMO_REMARK
    original_number: str = ""
    special: str = ""  # 旅客运输服务 and the like, printed over the table
    passenger: str = ""
    identity: str = ""
    ticket_number: str = ""
    rides: Sequence[Ride] = ()
    fares: Fares | None = None
    plate: str = ""
    vehicle: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def amount(self) -> Decimal:
        if self.fares:
            return self.fares.fare + self.fares.fuel_surcharge
        return sum((line.amount for line in self.lines), NIL)

    @property
    def tax(self) -> Decimal:
        if self.fares:
            return self.fares.tax
        return sum((line.tax for line in self.lines), NIL)

    @property
    def total(self) -> Decimal:
        return self.fares.total if self.fares else self.amount + self.tax

    @property
    def tax_text(self) -> str:
        """The sum of taxes as printed: old invoices print *** when no line bears tax."""
        return "***" if self.lines and all(line.rate in NO_TAX for line in self.lines) else f"{self.tax}"

    def in_capitals(self, *, yuan: str = "圆") -> str:
        written = capitals(abs(self.total)).replace("元", yuan)
        return f"（负数）{written}" if self.total < 0 else written

    @property
    def is_red(self) -> bool:
        return self.total < 0

    def truth(self) -> dict[str, str | None]:
        """What a reader must find: the keys of the samples' MANIFEST, None where the invoice shows nothing."""
        fiscal, ticket = self.kind is Kind.FISCAL, self.kind in (Kind.RAIL, Kind.AIR)
        name = self.heading if fiscal else self.kind.value
        return {
            "kind": f"{name}红字" if self.is_red else name,
            "invoice_code": self.code or None,
            "number": self.number,
            "date": self.issued_on.isoformat(),
            "seller_name": None if self.kind is Kind.RAIL else self.seller.name,
            "seller_tax_id": None if fiscal or ticket else self.seller.tax_id,
            "buyer_name": self.buyer.name,
            "buyer_tax_id": self.buyer.tax_id or None,
            "amount_excl_tax": None if fiscal else f"{self.amount}",
            "tax": None if fiscal else f"{self.tax}",
            "total": f"{self.total}",
            "check_code_last6": self.check_code[-6:] or None,
        }
