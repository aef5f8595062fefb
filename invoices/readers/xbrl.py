"""Electronic vouchers in the ministry's XBRL form (财政部 电子凭证会计数据标准), as a file or attached to a PDF or OFD.

The last part of the namespace names the kind: `inv` old VAT, `rai` rail, `atr` air, `einv` 数电票. The dates inside the
namespaces differ from year to year and are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from invoices.readers import errors, kinds, limits, text, xml
from invoices.readers.base import Item, Kind, Reading, Source, Trip
from invoices.readers.limits import local

_TAXONOMY = re.compile(r"xbrl\.mof\.gov\.cn/taxonomy/[^/]+/([a-z]+)")
_BUYER_ID = "UnifiedSocialCreditCodeOfPurchaser"
_LONG_ID = "TaxpayerIdentificationNumberUnifiedSocialCreditCodeOf"

_NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "inv": {
        "invoice_code": ("CodeOfInvoice",),
        "number": ("NumberOfInvoice",),
        "date": ("DateOfIssue",),
        "seller_name": ("NameOfSeller",),
        "seller_tax_id": (f"{_LONG_ID}Seller",),
        "buyer_name": ("NameOfPurchaser",),
        "buyer_tax_id": (f"{_LONG_ID}Purchaser",),
        "amount_excl_tax": ("TotalAmountExcludingTax",),
        "tax": ("TotalTaxAmount",),
        "total": ("TaxIncludedAmountInFigures",),
        "check_code_last6": ("IdentifyingCode",),
    },
    "rai": {
        "number": ("ElectronicInvoiceRailwayETicketNumber",),
        "date": ("DateOfIssue",),
        "seller_name": ("IssueParty",),
        "seller_tax_id": ("IssuePartyCode",),
        "buyer_name": ("NameOfPurchaser",),
        "buyer_tax_id": (_BUYER_ID,),
        "amount_excl_tax": ("TotalAmountExcludingTax",),
        "tax": ("TaxAmount",),
        "total": ("Fare", "AmountRefunded"),
    },
    "atr": {
        "number": ("ElectronicInvoiceAirTransportReceiptNumber",),
        "date": ("IssueDate", "DateOfIssue"),
        "seller_name": ("NameOfSeller", "IssueParty"),
        "buyer_name": ("NameOfPurchaser",),
        "buyer_tax_id": (_BUYER_ID,),
        "tax": ("VatTaxAmount",),
        "total": ("TotalAmount",),
        "check_code_last6": ("VerificationCode",),
    },
    "einv": {
        "number": ("InvoiceNumber",),
        "date": ("IssueTime", "RequestTime", "DateOfIssue"),
        "seller_name": ("SellerName",),
        "seller_tax_id": ("SellerIdNum",),
        "buyer_name": ("BuyerName",),
        "buyer_tax_id": ("BuyerIdNum",),
        "amount_excl_tax": ("TotalAmWithoutTax",),
        "tax": ("TotalTaxAm",),
        "total": ("TotalTax-includedAmount",),
    },
}
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


class XbrlReader:
    """One XBRL instance. Raises UnknownXml when it is of none of the four kinds."""

    def read(self, content: bytes) -> Reading:
        return from_root(limits.parse_xml(content))


def is_xbrl(root: etree._Element) -> bool:
    return local(root).lower() == "xbrl"


def from_root(root: etree._Element) -> Reading:
    kind = _taxonomy(root)
    if kind not in _NAMES:
        raise errors.UnknownXml(root=local(root)[:40])
    said = _facts(root)
    reading = Reading()
    for key, names in _NAMES[kind].items():
        raw = next((said[name] for name in names if said.get(name)), "")
        xml.fill(reading, key, raw, Source.XBRL)
        if key.endswith("_tax_id") and not raw:  # a passport number, say, is not blank: a person looks at it
            reading.blank.add(key)
    {"inv": _old_vat, "rai": _rail, "atr": _air, "einv": _einvoice}[kind](reading, said, root)
    return reading


def _taxonomy(root: etree._Element) -> str:
    """The kind most elements belong to."""
    counts: dict[str, int] = {}
    for element in root:
        match = _TAXONOMY.search(str(element.tag)) if isinstance(element.tag, str) else None
        if match:
            counts[match.group(1)] = counts.get(match.group(1), 0) + 1
    return max(counts, key=lambda name: counts[name], default="")


def _facts(root: etree._Element) -> dict[str, str]:
    """Name → text of the single facts. A nil fact says nothing."""
    said: dict[str, str] = {}
    for element in root:
        if not len(element) and element.get(_NIL) != "true" and isinstance(element.tag, str):
            said.setdefault(local(element), text.clean(element.text))
    return said


def _tuples(root: etree._Element, ending: str) -> Iterator[dict[str, str]]:
    for element in root.iter():
        if local(element).endswith(ending):
            yield {local(child): text.clean(child.text) for child in element}


def _old_vat(reading: Reading, said: dict[str, str], root: etree._Element) -> None:
    heading = kinds.by_heading(said.get("TypeOfInvoice", ""))
    kind = kinds.refined(heading, reading.text("invoice_code")) or Kind.VAT
    reading.name_kind(kind, Source.XBRL)
    reading.facts.total_in_words = said.get("TaxIncludedAmountInWords", "")
    reading.facts.drawer = said.get("Issuer", "")
    reading.facts.remark = said.get("Remarks", said.get("Remark", ""))
    reading.facts.items = [_item(line) for line in _tuples(root, "DetailItemsTuple")]


def _item(line: dict[str, str]) -> Item:
    """The names of the standard are long; what they mean shows in their first words."""

    def pick(*starts: str) -> str:
        return next((value for start in starts for name, value in line.items() if name.startswith(start)), "")

    return Item(
        name=pick("NameOfTaxable", "NameOfGoods", "ItemName", "Name"),
        amount=text.amount(pick("Amount", "TaxExcludedAmount")),
        tax=text.amount(pick("TaxAmount")),
        rate=xml.rate(pick("TaxRate")),
        quantity=pick("Quantity"),
        unit=pick("Unit"),
        price=pick("Price", "UnitPrice"),
        specification=pick("Specification"),
    )


def _rail(reading: Reading, said: dict[str, str], root: etree._Element) -> None:
    reading.name_kind(Kind.RAIL, Source.XBRL)
    facts = reading.facts
    facts.business = said.get("TypeOfBusiness", "")
    facts.passenger = said.get("Name", "")
    facts.ticket_number = said.get("ETicketNumber", "")
    facts.original_number = said.get("NumberOfOriginalInvoice", "")
    facts.remark = said.get("Remarks", "")
    facts.fare = text.amount(said.get("Fare"))
    carriage, seat = said.get("Carriage", ""), said.get("Seat", "")
    facts.trips = [
        Trip(
            departure=said.get("DepartureStation", ""),
            destination=said.get("DestinationStation", ""),
            travel_date=text.day(said.get("TravelDate")),
            time=said.get("DepartureTime", ""),
            carrier_number=said.get("TrainNumber", ""),
            seat=f"{carriage}{'' if '车' in carriage or not carriage else '车'}{seat}",
            seat_class=said.get("SeatLevel", ""),
        )
    ]
    if facts.business not in ("", "售"):
        # A refund or a change: the amounts of such tickets mean other things; a person looks at them.
        reading.note("rail_not_a_sale", business=facts.business)
        reading.doubt("total", "amount_excl_tax", "tax")


def _air(reading: Reading, said: dict[str, str], root: etree._Element) -> None:
    reading.name_kind(Kind.AIR, Source.XBRL)
    facts = reading.facts
    facts.passenger = said.get("PassengerName", "")
    facts.ticket_number = said.get("ETicketNumber", "")
    facts.fare = text.amount(said.get("Fare"))
    facts.fuel_surcharge = text.amount(said.get("FuelSurcharge"))
    facts.development_fund = text.amount(said.get("CivilAviationDevelopmentFund"))
    facts.other_taxes = text.amount(said.get("OtherTaxes"))
    if facts.fare is not None:
        reading.put("amount_excl_tax", facts.fare + (facts.fuel_surcharge or Decimal(0)), Source.XBRL)
    facts.trips = [
        Trip(
            departure=flight.get("DepartureStation", ""),
            destination=flight.get("DestinationStation", ""),
            travel_date=text.day(flight.get("CarrierDate")),
            time=flight.get("DepartureTime", ""),
            carrier_number=flight.get("Flight", ""),
            seat_class=flight.get("SeatClass", flight.get("Class", "")),
        )
        for flight in _tuples(root, "OfAirTicketTuple")
    ]


def _einvoice(reading: Reading, said: dict[str, str], root: etree._Element) -> None:
    """The receiver's entry record of a 数电票: it names no kind, and seldom the buyer."""
    reading.blank.clear()
    label = said.get("GeneralOrSpecialVAT", said.get("TypeOfInvoice", ""))
    special = "专用" in label
    reading.name_kind(Kind.EINVOICE_SPECIAL if special else Kind.EINVOICE, Source.XBRL)
    if not label:
        reading.doubt("kind")
