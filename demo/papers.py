"""Invoices as the people of 远山集团 collect them: one for each kind of expense, made out to their company."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from demo.drawing import chance, companies, pdf, xml
from demo.drawing.facts import DrawnLine, InvoiceFacts, Party, Ride, cents
from directory.models import Company
from invoices.readers.base import Kind


@dataclass(frozen=True, slots=True)
class Trade:
    """What a seller of this trade sells: printed item, rate, unit, price span in yuan, how often by special invoice."""

    seller: str
    item: str
    rate: str
    unit: str
    least: int
    most: int
    special: float = 0.0


TRADES: dict[str, Trade] = {
    "hotel": Trade("酒店管理", "*住宿服务*住宿费", "6%", "天", 280, 1900, special=0.6),
    "meals": Trade("餐饮管理", "*餐饮服务*餐费", "6%", "项", 180, 2600, special=0.1),
    "local": Trade("出行科技", "*运输服务*客运服务费", "3%", "次", 12, 160),
    "office": Trade("办公用品", "*纸制文具及用品*办公用品", "13%", "批", 60, 1800, special=0.4),
    "print": Trade("图文制作", "*印刷品*宣传画册", "13%", "批", 240, 3600, special=0.7),
    "courier": Trade("速递", "*物流辅助服务*收派服务费", "6%", "次", 12, 480, special=0.2),
    "telecom": Trade("通信", "*电信服务*增值电信服务费", "6%", "月", 60, 400),
    "conference": Trade("会务服务", "*会展服务*会议场地费", "6%", "天", 2000, 16000, special=0.9),
    "training": Trade("教育科技", "*非学历教育服务*培训费", "3%", "人", 600, 5200, special=0.5),
    "welfare": Trade("健康管理", "*医疗服务*体检费", "免税", "人", 300, 900),
}
PLACES = ("火车东站", "滨江园区", "会展中心", "西湖文化广场", "萧山机场", "城西银泰", "钱江新城")
CODES = (*TRADES, "rail", "air")


def paper(rng: Random, code: str, *, company: Company, day: date, traveller: str) -> InvoiceFacts:
    """An invoice for an expense type, issued on a day, made out to the company."""
    buyer = Party(name=company.name, tax_id=company.tax_id)
    if code in ("rail", "air"):
        kind = Kind.RAIL if code == "rail" else Kind.AIR
        ticket = chance.random_invoice(rng, kind, buyer=buyer, day=day)
        return replace(ticket, passenger=traveller)
    trade = TRADES[code]
    special = trade.rate != "免税" and rng.random() < trade.special
    seller = companies.company(rng, trade=trade.seller)
    gross = cents(Decimal(rng.randint(trade.least * 100, trade.most * 100)) / 100)
    rate = Decimal(0) if trade.rate == "免税" else Decimal(trade.rate.removesuffix("%")) / 100
    net = cents(gross / (1 + rate))
    line = DrawnLine(trade.item, net, trade.rate, "", trade.unit, "1", f"{net}")
    facts = InvoiceFacts(
        kind=Kind.EINVOICE_SPECIAL if special else Kind.EINVOICE,
        number=f"{day:%y}{seller.tax_id[2:4]}7{chance.digits(rng, 15)}",
        issued_on=day,
        seller=seller,
        buyer=buyer,
        lines=[line],
        bureau=companies.bureau(seller),
        drawer=companies.person(rng),
    )
    return _ride(rng, facts, traveller) if code == "local" else facts


def _ride(rng: Random, facts: InvoiceFacts, traveller: str) -> InvoiceFacts:
    """A ride-hailing invoice prints its traveller and the ride."""
    start, end = rng.sample(PLACES, 2)
    day = facts.issued_on - timedelta(days=rng.randint(0, 2))
    ride = Ride(start, end, day, "", "", seat_class="无", carrier="网约车")
    return replace(facts, special="旅客运输服务", passenger=traveller, rides=[ride])


def page_of(facts: InvoiceFacts, rng: Random) -> tuple[str, bytes]:
    """The page as PDF, as most sellers send it: name and bytes."""
    return f"{facts.number}.pdf", pdf.draw(facts, rng=rng)


def file_of(facts: InvoiceFacts) -> tuple[str, bytes]:
    """The data file that the issuer would send: name and bytes."""
    if facts.kind is Kind.RAIL:
        return f"rai_issuer_{facts.number}.xml", xml.rail_xbrl(facts)
    if facts.kind is Kind.AIR:
        return f"atr_issuer_{facts.number}.xml", xml.air_xbrl(facts)
    return f"dzfp_{facts.number}.xml", xml.einvoice(facts)
