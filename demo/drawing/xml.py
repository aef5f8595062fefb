"""Data files as issuers write them: the 数电票 XML, the data inside old OFD invoices, and XBRL of tickets."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from random import Random

from lxml import etree

from demo.drawing.facts import DrawnLine, InvoiceFacts
from invoices.readers.base import Kind

_FP = "http://www.edrm.org.cn/schema/e-invoice/2019"
_XBRL = "http://www.xbrl.org/2003/instance"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_TAXONOMY = "http://xbrl.mof.gov.cn/taxonomy/{year}/{kind}"

Pairs = Iterable[tuple[str, str]]


def einvoice(facts: InvoiceFacts, rng: Random | None = None) -> bytes:
    """A 数电票. `rng` varies what issuers vary: rates with more places or a percent sign, a time on the date."""
    rng = rng or Random(0)
    root = etree.Element("EInvoice")
    _header(root, facts)
    data = _add(root, "EInvoiceData")
    _parties_and_sums(data, facts)
    for line in facts.lines:
        _fill(_add(data, "IssuItemInformation"), _item(line, rng))
    _specific(_add(data, "SpecificInformation"), facts)
    _fill(_add(data, "AdditionalInformation"), (("Remark", facts.remark),))
    time = rng.choice(["", " 09:47:20"])
    _fill(
        _add(root, "TaxSupervisionInfo"),
        (
            ("InvoiceNumber", facts.number),
            ("IssueTime", f"{facts.issued_on}{time}"),
            ("TaxBureauCode", f"1{facts.number[2:4]}00000000"),
            ("TaxBureauName", f"国家税务总局{facts.bureau}税务局"),
        ),
    )
    return _written(root)


def _parties_and_sums(data: etree._Element, facts: InvoiceFacts) -> None:
    for side, party in (("Seller", facts.seller), ("Buyer", facts.buyer)):
        _fill(
            _add(data, f"{side}Information"),
            (
                (f"{side}IdNum", party.tax_id),
                (f"{side}Name", party.name),
                (f"{side}Addr", party.address),
                (f"{side}TelNum", party.phone),
                (f"{side}BankName", party.bank),
                (f"{side}BankAccNum", party.account),
            ),
        )
    _fill(
        _add(data, "BasicInformation"),
        (
            ("TotalAmWithoutTax", f"{facts.amount}"),
            ("TotalTaxAm", f"{facts.tax}"),
            ("TotalTax-includedAmount", f"{facts.total}"),
            ("TotalTax-includedAmountInChinese", facts.in_capitals()),
            ("Drawer", facts.drawer),
            ("RequestTime", f"{facts.issued_on} 09:47:14"),
        ),
    )


def _header(root: etree._Element, facts: InvoiceFacts) -> None:
    header = _add(root, "Header")
    _fill(header, (("EIid", facts.number), ("EInvoiceTag", f"SWEI{facts.number[2:4]}00"), ("Version", "0.32")))
    labels = _add(header, "InherentLabel")
    special = facts.kind is Kind.EINVOICE_SPECIAL
    for name, code, label in (
        ("InIssuType", "N" if facts.is_red else "Y", "红字发票" if facts.is_red else "蓝字发票"),
        ("EInvoiceType", "01", "电子发票"),
        ("GeneralOrSpecialVAT", "01" if special else "02", "增值税专用发票" if special else "普通发票"),
    ):
        _fill(_add(labels, name), (("LabelCode", code), ("LabelName", label)))


def _item(line: DrawnLine, rng: Random) -> Pairs:
    rate = line.rate
    if rate.endswith("%"):
        share = Decimal(rate[:-1]) / 100
        rate = rng.choice([f"{share}", f"{share:.6f}", rate])
    return (
        ("ItemName", line.name),
        ("SpecMod", line.specification),
        ("MeaUnits", line.unit),
        ("Quantity", line.quantity),
        ("UnPrice", line.price),
        ("Amount", f"{line.amount}"),
        ("TaxRate", rate),
        ("ComTaxAm", f"{line.tax}"),
        ("TotaltaxIncludedAmount", f"{line.amount + line.tax}"),
    )


def _specific(specific: etree._Element, facts: InvoiceFacts) -> None:
    if facts.plate:
        _fill(_add(specific, "Toll"), (("PlateNumber", facts.plate), ("VehicleType", facts.vehicle)))
    for ride in facts.rides:
        _fill(
            _add(specific, "PassengerTransportation"),
            (
                ("TravelerName", facts.passenger),
                ("TravelDate", f"{ride.travel_date}"),
                ("Departure", ride.departure),
                ("Destination", ride.destination),
            ),
        )
    if facts.original_number:
        _fill(_add(specific, "RedEInvoice"), (("OriginalInvoiceCode", facts.original_number),))


def original_invoice(facts: InvoiceFacts) -> bytes:
    """The data file attached to an old OFD invoice."""
    root = etree.Element("eInvoice", nsmap={"fp": _FP}, Version="1.0")

    def add(parent: etree._Element, name: str, value: str = "") -> etree._Element:
        element = etree.SubElement(parent, f"{{{_FP}}}{name}")
        element.text = value
        return element

    for name, value in (
        ("DocID", "01"),
        ("InvoiceCode", facts.code),
        ("InvoiceNo", facts.number),
        ("TypeCode", "0"),
        ("IssueDate", f"{facts.issued_on:%Y年%m月%d日}"),
        ("InvoiceCheckCode", facts.check_code),
        ("MachineNo", facts.machine),
        ("TaxControlCode", "\n".join(facts.cipher)),
    ):
        add(root, name, value)
    for side, party in (("Buyer", facts.buyer), ("Seller", facts.seller)):
        block = add(root, side)
        add(block, f"{side}Name", party.name)
        add(block, f"{side}TaxID", party.tax_id)
        add(block, f"{side}AddrTel", party.address + party.phone)
        add(block, f"{side}FinancialAccount", party.bank + party.account)
    add(root, "TaxInclusiveTotalAmount", f"{facts.total}")
    add(root, "Note", facts.remark)
    add(root, "InvoiceClerk", facts.drawer)
    add(root, "TaxTotalAmount", facts.tax_text)
    add(root, "TaxExclusiveTotalAmount", f"{facts.amount}")
    goods = add(root, "GoodsInfos")
    for line in facts.lines:
        entry = add(goods, "GoodsInfo")
        for name, value in _goods(line):
            add(entry, name, value)
    return _written(root)


def _goods(line: DrawnLine) -> Pairs:
    return (
        ("Item", line.name),
        ("Specification", line.specification),
        ("MeasurementDimension", line.unit),
        ("Price", line.price),
        ("Quantity", line.quantity),
        ("Amount", f"{line.amount}"),
        ("TaxScheme", line.rate),
        ("TaxAmount", line.tax_text),
    )


def rail_xbrl(facts: InvoiceFacts, *, year: str = "2021-11-30") -> bytes:
    """`rai`: what a rail e-ticket's face does not print, its tax above all."""
    ride = facts.rides[0]
    carriage, _mark, seat = ride.seat.partition("车")
    return _xbrl(
        facts,
        "rai",
        year,
        (
            ("TypeOfVoucher", facts.kind.value),
            ("ElectronicInvoiceRailwayETicketNumber", facts.number),
            ("DateOfIssue", f"{facts.issued_on}"),
            ("TypeOfBusiness", "售"),
            ("DepartureStation", ride.departure),
            ("DestinationStation", ride.destination),
            ("TrainNumber", ride.carrier_number),
            ("TravelDate", f"{ride.travel_date}"),
            ("DepartureTime", ride.time),
            ("SeatLevel", ride.seat_class),
            ("Carriage", carriage),
            ("Seat", seat),
            ("Fare", f"{facts.total}"),
            ("TotalAmountExcludingTax", f"{facts.amount}"),
            ("TaxRate", "0.09"),
            ("TaxAmount", f"{facts.tax}"),
            ("NameOfPurchaser", facts.buyer.name),
            ("UnifiedSocialCreditCodeOfPurchaser", facts.buyer.tax_id),
            ("IssueParty", ""),
            ("IssuePartyCode", ""),
            ("ETicketNumber", facts.ticket_number),
            ("Name", facts.passenger),
            ("Remarks", facts.remark),
        ),
    )


def air_xbrl(facts: InvoiceFacts, *, year: str = "2021-11-30") -> bytes:
    """`atr`, with a tuple for each flight."""
    fares = facts.fares
    assert fares is not None
    content = _xbrl(
        facts,
        "atr",
        year,
        (
            ("ElectronicInvoiceAirTransportReceiptNumber", facts.number),
            ("IssueDate", f"{facts.issued_on}"),
            ("NameOfSeller", facts.seller.name),
            ("NameOfPurchaser", facts.buyer.name),
            ("UnifiedSocialCreditCodeOfPurchaser", facts.buyer.tax_id),
            ("Fare", f"{fares.fare}"),
            ("FuelSurcharge", f"{fares.fuel_surcharge}"),
            ("VatRate", "0.09"),
            ("VatTaxAmount", f"{fares.tax}"),
            ("CivilAviationDevelopmentFund", f"{fares.fund}"),
            ("OtherTaxes", f"{fares.other_taxes}"),
            ("TotalAmount", f"{fares.total}"),
            ("VerificationCode", facts.check_code),
            ("ETicketNumber", facts.ticket_number),
            ("PassengerName", facts.passenger),
        ),
    )
    root = etree.fromstring(content)
    space = _TAXONOMY.format(year=year, kind="atr")
    for ride in facts.rides:
        flight = etree.SubElement(root, f"{{{space}}}DetailInformationOfAirTicketTuple")
        for name, value in (
            ("DepartureStation", ride.departure),
            ("DestinationStation", ride.destination),
            ("Flight", ride.carrier_number),
            ("CarrierDate", f"{ride.travel_date}"),
            ("DepartureTime", ride.time),
        ):
            etree.SubElement(flight, f"{{{space}}}{name}").text = value
    return _written(root)


def vat_xbrl(facts: InvoiceFacts, *, year: str = "2021-09-30") -> bytes:
    """`inv`: an old VAT e-invoice in the ministry's form."""
    ids = "TaxpayerIdentificationNumberUnifiedSocialCreditCodeOf"
    return _xbrl(
        facts,
        "inv",
        year,
        (
            ("TypeOfInvoice", facts.kind.value),
            ("CodeOfInvoice", facts.code),
            ("NumberOfInvoice", facts.number),
            ("DateOfIssue", f"{facts.issued_on}"),
            ("IdentifyingCode", facts.check_code),
            ("NameOfPurchaser", facts.buyer.name),
            (f"{ids}Purchaser", facts.buyer.tax_id),
            ("NameOfSeller", facts.seller.name),
            (f"{ids}Seller", facts.seller.tax_id),
            ("TotalAmountExcludingTax", f"{facts.amount}"),
            ("TotalTaxAmount", f"{facts.tax}"),
            ("TaxIncludedAmountInWords", facts.in_capitals()),
            ("TaxIncludedAmountInFigures", f"{facts.total}"),
        ),
    )


def _xbrl(facts: InvoiceFacts, kind: str, year: str, said: Pairs) -> bytes:
    space = _TAXONOMY.format(year=year, kind=kind)
    root = etree.fromstring(f'<xbrl xmlns="{_XBRL}" xmlns:{kind}="{space}" xmlns:xsi="{_XSI}"/>')
    name = f"As_Of_{facts.issued_on:%Y_%m_%d}"
    context = etree.SubElement(root, f"{{{_XBRL}}}context", id=name)
    entity = etree.SubElement(context, f"{{{_XBRL}}}entity")
    etree.SubElement(entity, f"{{{_XBRL}}}identifier", scheme="http://xbrl.mof.gov.cn").text = facts.number
    for fact, value in said:
        element = etree.SubElement(root, f"{{{space}}}{fact}", contextRef=name)
        if value:
            element.text = value
        else:
            element.set(f"{{{_XSI}}}nil", "true")
    return _written(root)


def _add(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, name)


def _fill(parent: etree._Element, pairs: Pairs) -> None:
    for name, value in pairs:
        etree.SubElement(parent, name).text = value


def _written(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True, pretty_print=True)
