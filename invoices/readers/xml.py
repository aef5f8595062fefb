"""数电票 XML (`EInvoice`), the `eInvoice` attachment of old OFD invoices, and two flat dialects.

Values are taken by their full path: `TotalTax-includedAmount` of the document and `TotaltaxIncludedAmount` of a line
differ by a hyphen, and a plate *number* stands before the invoice number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from lxml import etree

from invoices.readers import errors, kinds, limits, text
from invoices.readers.base import Facts, Item, Kind, Reading, Source, Trip
from invoices.readers.limits import local

ORIGINAL_NUMBER = re.compile(r"被红冲蓝字(?:数电)?发票号码\s*[:：]?\s*([0-9]{20})")
_SIGNATURES = {"signature", "xmlsignature", "taxbureausignature"}

# Document fields of the EInvoice form: the first path that holds something wins.
_EINVOICE: dict[str, tuple[str, ...]] = {
    "number": ("TaxSupervisionInfo/InvoiceNumber", "Header/EIid", "EInvoiceData/BasicInformation/InvoiceNumber"),
    "date": (
        "TaxSupervisionInfo/IssueTime",
        "EInvoiceData/BasicInformation/RequestTime",
        "EInvoiceData/BasicInformation/IssueTime",
        "EInvoiceData/BasicInformation/IssueDate",
    ),
    "seller_name": ("EInvoiceData/SellerInformation/SellerName",),
    "seller_tax_id": ("EInvoiceData/SellerInformation/SellerIdNum",),
    "buyer_name": ("EInvoiceData/BuyerInformation/BuyerName",),
    "buyer_tax_id": ("EInvoiceData/BuyerInformation/BuyerIdNum",),
    "amount_excl_tax": ("EInvoiceData/BasicInformation/TotalAmWithoutTax",),
    "tax": ("EInvoiceData/BasicInformation/TotalTaxAm",),
    "total": (
        "EInvoiceData/BasicInformation/TotalTax-includedAmount",
        "EInvoiceData/BasicInformation/TotalTaxIncludedAmount",
    ),
}
_ORIGINAL: dict[str, tuple[str, ...]] = {
    "invoice_code": ("InvoiceCode",),
    "number": ("InvoiceNo",),
    "date": ("IssueDate",),
    "seller_name": ("Seller/SellerName",),
    "seller_tax_id": ("Seller/SellerTaxID",),
    "buyer_name": ("Buyer/BuyerName",),
    "buyer_tax_id": ("Buyer/BuyerTaxID",),
    "amount_excl_tax": ("TaxExclusiveTotalAmount",),
    "tax": ("TaxTotalAmount",),
    "total": ("TaxInclusiveTotalAmount",),
    "check_code_last6": ("InvoiceCheckCode",),
}
# Flat dialects described in public parsers (no genuine file was found): GB/T pinyin initials, and Chinese names.
_FLAT: dict[str, tuple[str, ...]] = {
    "invoice_code": ("FPDM", "发票代码"),
    "number": ("FPHM", "发票号码"),
    "date": ("KPRQ", "开票日期"),
    "seller_name": ("XSFMC", "XFMC", "销售方名称"),
    "seller_tax_id": ("XSFNSRSBH", "XSFSBH", "XFSH", "销售方纳税人识别号"),
    "buyer_name": ("GMFMC", "GFMC", "购买方名称"),
    "buyer_tax_id": ("GMFNSRSBH", "GMFSBH", "GFSH", "购买方纳税人识别号"),
    "amount_excl_tax": ("HJJE", "合计金额"),
    "tax": ("HJSE", "合计税额"),
    "total": ("JSHJXX", "JSHJ", "价税合计", "价税合计小写"),
    "check_code_last6": ("JYM", "校验码"),
}


class XmlReader:
    """An invoice's own XML. Raises UnknownXml for any other, BadXml, XmlWithDtd, XmlTooLarge."""

    def read(self, content: bytes) -> Reading:
        return from_root(limits.parse_xml(content))


def from_root(root: etree._Element) -> Reading:
    name = local(root)
    if name.lower() == "einvoice" and find(root, "EInvoiceData") is not None:
        return _einvoice(root)
    if name.lower() == "einvoice" and find(root, "InvoiceNo") is not None:
        return _original(root)
    if flat := _flat(root):
        return flat
    raise errors.UnknownXml(root=name[:40])


def find(element: etree._Element, path: str) -> etree._Element | None:
    """The first element at a path of local names, without regard to case and namespace."""
    found: etree._Element | None = element
    for step in path.split("/"):
        if found is None:
            return None
        found = next((child for child in found if local(child).lower() == step.lower()), None)
    return found


def value_at(element: etree._Element, *paths: str) -> str:
    for path in paths:
        found = find(element, path)
        if found is not None and (said := text.clean(inner_text(found))):
            return said
    return ""


def inner_text(element: etree._Element) -> str:
    return "".join(str(piece) for piece in element.itertext())


def fill(reading: Reading, key: str, raw: str, source: Source) -> None:
    """Bring a raw value into its key's form. What has no such form is no value."""
    if key == "date":
        reading.put(key, text.day(raw), source)
    elif key == "tax":
        reading.put(key, text.tax_amount(raw), source)
    elif key in ("amount_excl_tax", "total"):
        reading.put(key, text.amount(raw), source)
    elif key.endswith("_tax_id"):
        reading.put(key, text.tax_id(raw), source)
    elif key.endswith("_name"):
        reading.put(key, text.name(raw), source)
    elif key == "check_code_last6":
        code = text.ascii_form(raw)
        reading.facts.check_code = code
        reading.put(key, code[-6:], source)
    else:
        reading.put(key, text.ascii_form(raw), source)


def rate(raw: str) -> str:
    """0.130000 → 13%; 13% and 免税 stay."""
    try:
        value = Decimal(text.ascii_form(raw))
    except InvalidOperation:
        return text.clean(raw)
    percent = (value * 100 if abs(value) < 1 else value).normalize()
    return f"{percent:f}%"


def _document(root: etree._Element, paths: dict[str, tuple[str, ...]]) -> Reading:
    reading = Reading()
    for key, places in paths.items():
        raw = value_at(root, *places)
        fill(reading, key, raw, Source.XML)
        if key.endswith("_tax_id") and not raw:  # a passport number, say, is not blank: a person looks at it
            reading.blank.add(key)
    return reading


def _einvoice(root: etree._Element) -> Reading:
    reading = _document(root, _EINVOICE)
    label = value_at(
        root, "Header/InherentLabel/GeneralOrSpecialVAT/LabelName", "EInvoiceData/BasicInformation/InvoiceType"
    )
    kind = kinds.by_heading(label) or (Kind.EINVOICE_SPECIAL if "专用" in label else Kind.EINVOICE)
    kind = {Kind.PAPER_SPECIAL: Kind.EINVOICE_SPECIAL, Kind.PAPER: Kind.EINVOICE}.get(kind, kind)
    reading.name_kind(kind, Source.XML)
    if not label:
        reading.doubt("kind")
    header_number = text.ascii_form(value_at(root, "Header/EIid"))
    if header_number and header_number != reading.text("number"):
        reading.doubt("number")
        reading.note("numbers_differ", one=reading.text("number"), other=header_number)
    asked = text.day(value_at(root, "EInvoiceData/BasicInformation/RequestTime"))
    if asked and reading.issued_on and asked != reading.issued_on:
        reading.doubt("date")
        reading.note("dates_differ", one=str(reading.issued_on), other=str(asked))
    reading.facts = _einvoice_facts(root)
    return reading


def _einvoice_facts(root: etree._Element) -> Facts:
    data = find(root, "EInvoiceData")
    assert data is not None
    remark = value_at(data, "AdditionalInformation/Remark", "BasicInformation/Remark")
    red = ORIGINAL_NUMBER.search(remark)
    return Facts(
        remark=remark,
        drawer=value_at(data, "BasicInformation/Drawer"),
        total_in_words=value_at(data, "BasicInformation/TotalTax-includedAmountInChinese"),
        original_number=text.digits(value_at(data, "SpecificInformation/RedEInvoice/OriginalInvoiceCode"))
        or (red.group(1) if red else ""),
        plate_number=value_at(data, "SpecificInformation/Toll/PlateNumber"),
        items=[_item(line) for line in data if local(line).lower() == "issuiteminformation"],
        trips=_trips(data),
    )


def _item(line: etree._Element) -> Item:
    return Item(
        name=value_at(line, "ItemName"),
        amount=text.amount(value_at(line, "Amount")),
        tax=text.amount(value_at(line, "ComTaxAm")),
        rate=rate(value_at(line, "TaxRate")),
        quantity=value_at(line, "Quantity"),
        unit=value_at(line, "MeaUnits"),
        price=value_at(line, "UnPrice"),
        specification=value_at(line, "SpecMod"),
    )


def _trips(data: etree._Element) -> list[Trip]:
    """Rides of a passenger-transport invoice; the names of its elements vary, their meaning shows in them."""
    specific = find(data, "SpecificInformation")
    blocks = [] if specific is None else [b for b in specific if local(b).lower().startswith("passenger")]
    trips = []
    for block in blocks:
        said = {local(child).lower(): text.clean(inner_text(child)) for child in block}
        pick = _picker(said)
        trip = Trip(
            departure=pick("departure"),
            destination=pick("destination") or pick("arrival"),
            travel_date=text.day(pick("date")),
            seat_class=pick("grade") or pick("class"),
        )
        if trip != Trip():
            trips.append(trip)
    return trips


def _picker(said: dict[str, str]) -> Callable[[str], str]:
    return lambda part: next((value for name, value in said.items() if part in name), "")


def _original(root: etree._Element) -> Reading:
    reading = _document(root, _ORIGINAL)
    code = reading.text("invoice_code")
    reading.name_kind(kinds.by_code(code) or Kind.VAT, Source.XML)
    note = value_at(root, "Note")
    lines = find(root, "GoodsInfos")
    reading.facts.remark = note
    reading.facts.drawer = value_at(root, "InvoiceClerk")
    reading.facts.items = [
        Item(
            name=value_at(line, "Item"),
            amount=text.amount(value_at(line, "Amount")),
            tax=text.amount(value_at(line, "TaxAmount")),
            rate=rate(value_at(line, "TaxScheme")),
            quantity=value_at(line, "Quantity"),
            unit=value_at(line, "MeasurementDimension"),
            price=value_at(line, "Price"),
            specification=value_at(line, "Specification"),
        )
        for line in (lines if lines is not None else ())
    ]
    return reading


def _flat(root: etree._Element) -> Reading | None:
    """Fields by their names alone, each of which must occur once."""
    found: dict[str, list[str]] = {}
    for element in root.iter():
        if not len(element) and not _signed(element):
            found.setdefault(local(element).upper(), []).append(text.clean(element.text))
    reading = Reading()
    for key, names in _FLAT.items():
        said = [found[name] for name in names if name in found]
        if said and len(said[0]) == 1:
            fill(reading, key, said[0][0], Source.XML)
    if "number" not in reading.values or "total" not in reading.values:
        return None
    code = reading.text("invoice_code")
    reading.name_kind((kinds.by_code(code) or Kind.VAT) if code else Kind.EINVOICE, Source.XML)
    reading.doubt("kind")
    return reading


def _signed(element: etree._Element) -> bool:
    return any(local(parent).lower() in _SIGNATURES for parent in element.iterancestors())
