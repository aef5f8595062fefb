"""Random but realistic invoices of every kind, the same for the same seed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random

from demo.drawing import companies
from demo.drawing.facts import DEMO_REMARK, DrawnLine, Fares, InvoiceFacts, Party, Ride, cents
from invoices.readers.base import Kind

LAST_DAY = date(2026, 6, 30)  # of drawn invoices when no day is given: never in the future of a test
KINDS = (
    Kind.EINVOICE,
    Kind.EINVOICE_SPECIAL,
    Kind.VAT,
    Kind.VAT_SPECIAL,
    Kind.TOLL,
    Kind.RAIL,
    Kind.AIR,
    Kind.FISCAL,
)
_GOODS = (
    ("*住宿服务*住宿费", "6%", "", "天"),
    ("*餐饮服务*餐费", "6%", "", "次"),
    ("*信息技术服务*软件服务费", "6%", "企业版", "项"),
    ("*计算机外部设备*无线键盘", "13%", "K380 蓝牙", "个"),
    ("*纸制品*A4复印纸", "13%", "70g 500张", "包"),
    ("*办公设备*激光打印机", "13%", "HL-2240D", "台"),
    ("*运输服务*运输服务费", "9%", "", "次"),
    ("*会展服务*会议场地费", "6%", "", "天"),
    ("*印刷品*企业会计准则应用指南汇编（第二版）", "免税", "", "册"),
    ("*印刷品*Python编程从入门到实践", "免税", "", "本"),
    ("*蔬菜*时令鲜菜配送", "免税", "", "公斤"),
    ("*电信服务*通信服务费", "6%", "", ""),
    ("*现代服务*培训费", "6%", "", "人"),
    ("*经营租赁*房屋租金", "5%", "", "月"),
    ("*物流辅助服务*收派服务费", "6%", "", "件"),
)
_CITIES = (
    ("北京南", "Beijingnan"),
    ("上海虹桥", "Shanghaihongqiao"),
    ("南京", "Nanjing"),
    ("杭州东", "Hangzhoudong"),
    ("武汉", "Wuhan"),
    ("郑州东", "Zhengzhoudong"),
    ("广州南", "Guangzhounan"),
    ("成都东", "Chengdudong"),
    ("西安北", "Xianbei"),
)
_AIRPORTS = (("北京", "PEK"), ("上海", "SHA"), ("广州", "CAN"), ("成都", "CTU"), ("西安", "XIY"), ("海口", "HAK"))
_AIRLINES = (
    ("南航", "CZ", "中国南方航空股份有限公司"),
    ("国航", "CA", "中国国际航空股份有限公司"),
    ("东航", "MU", "中国东方航空股份有限公司"),
)
_RECEIPTS = ("中央非税收入统一票据（电子）", "江苏省非税收入统一票据（电子）", "上海市医疗门诊收费票据（电子）")
_CIPHER = "0123456789+-*/<>"


def digits(rng: Random, count: int) -> str:
    return "".join(str(rng.randint(0, 9)) for _ in range(count))


def random_invoice(
    rng: Random, kind: Kind, *, buyer: Party | None = None, day: date | None = None, red: bool | None = None
) -> InvoiceFacts:
    """One invoice of a kind. `red`: whether it takes another back; by chance when not said."""
    day = day or LAST_DAY - timedelta(days=rng.randint(0, 500))
    buyer = buyer or companies.company(rng, long_name=rng.random() < 0.1)
    if kind is Kind.RAIL:
        return _rail(rng, buyer, day)
    if kind is Kind.AIR:
        return _air(rng, buyer, day)
    if kind is Kind.FISCAL:
        return _fiscal(rng, buyer, day)
    if kind.is_digital:
        return _digital(rng, kind, buyer, day, rng.random() < 0.15 if red is None else red)
    return _old(rng, kind, buyer, day - timedelta(days=365 * 4))


def lines(rng: Random, count: int, *, taxed: bool = False, negative: bool = False) -> list[DrawnLine]:
    """Goods and services; now and then a discount under its line."""
    found: list[DrawnLine] = []
    goods = [entry for entry in _GOODS if not (taxed and entry[1] == "免税")]
    while len(found) < count:
        name, rate, specification, unit = rng.choice(goods)
        quantity = rng.choice([1, 1, 1, 2, 3, 10])
        price = cents(Decimal(rng.randint(800, 400_000)) / 100)
        amount = price * quantity
        sign = "-" if negative else ""
        found.append(
            DrawnLine(name, -amount if negative else amount, rate, specification, unit, f"{sign}{quantity}", f"{price}")
        )
        if not negative and len(found) < count and rng.random() < 0.15:
            found.append(DrawnLine(name, -cents(amount / 10), rate, specification))
    return found


def _digital(rng: Random, kind: Kind, buyer: Party, day: date, red: bool) -> InvoiceFacts:
    seller = companies.company(rng, long_name=rng.random() < 0.1)
    special = kind is Kind.EINVOICE_SPECIAL
    if not special and rng.random() < 0.2:
        buyer = rng.choice([companies.PERSON, Party(name=f"{companies.person(rng)}（个人）")])
    count = rng.choice([1, 1, 1, 2, 3, 5, 14]) if not red else rng.choice([1, 2])
    number = f"{day:%y}{seller.tax_id[2:4]}7{digits(rng, 15)}"
    facts = InvoiceFacts(
        kind=kind,
        number=number,
        issued_on=day,
        seller=seller,
        buyer=buyer,
        lines=lines(rng, count, taxed=special, negative=red),
        bureau=companies.bureau(seller),
        drawer=companies.person(rng),
    )
    if red:
        original = f"{day:%y}{seller.tax_id[2:4]}7{digits(rng, 15)}"
        remark = f"被红冲蓝字数电发票号码：{original} 红字发票信息确认单编号：{digits(rng, 20)} {DEMO_REMARK}"
        return replace(facts, original_number=original, remark=remark)
    if not special and rng.random() < 0.2:
        return replace(_journey(rng, facts), remark=DEMO_REMARK)
    return replace(facts, remark=rng.choice([DEMO_REMARK, f"订单号:{digits(rng, 12)} {DEMO_REMARK}"]))


def _journey(rng: Random, facts: InvoiceFacts) -> InvoiceFacts:
    """A ride-hailing invoice: passenger transport with its traveller."""
    amount = cents(Decimal(rng.randint(900, 30_000)) / 100)
    line = DrawnLine("*运输服务*客运服务费", amount, "3%", "", "次", "1", f"{amount}")
    ride = Ride(
        "国贸大厦", "首都机场T3", facts.issued_on - timedelta(days=1), "", "", seat_class="无", carrier="网约车"
    )
    name = companies.person(rng)
    return replace(
        facts, lines=[line], special="旅客运输服务", passenger=name, identity=f"1101{'*' * 10}0017", rides=[ride]
    )


def _old(rng: Random, kind: Kind, buyer: Party, day: date) -> InvoiceFacts:
    seller = companies.company(rng)
    if kind is Kind.VAT and rng.random() < 0.25:
        buyer = companies.PERSON
    ending = {Kind.VAT: "11", Kind.TOLL: "12", Kind.VAT_SPECIAL: "13"}[kind]
    facts = InvoiceFacts(
        kind=kind,
        code=f"0{seller.tax_id[2:4]}00{day:%y}{digits(rng, 3)}{ending}",
        number=digits(rng, 8),
        check_code=digits(rng, 20),
        machine=f"49{digits(rng, 10)}",
        cipher=["".join(rng.choice(_CIPHER) for _ in range(28)) for _ in range(4)],
        issued_on=day,
        seller=seller,
        buyer=buyer,
        lines=lines(rng, rng.choice([1, 1, 2, 3, 10]), taxed=kind is Kind.VAT_SPECIAL),
        bureau=companies.bureau(seller),
        drawer=companies.person(rng),
        payee=companies.person(rng),
        reviewer=companies.person(rng),
    )
    if kind is Kind.TOLL:
        amount = cents(Decimal(rng.randint(300, 40_000)) / 100)
        facts = replace(facts, lines=[DrawnLine("*经营租赁*通行费", amount, "3%")], plate="鄂AHG248", vehicle="货车")
    return facts


def _rail(rng: Random, buyer: Party, day: date) -> InvoiceFacts:
    start, end = rng.sample(_CITIES, 2)
    ride = Ride(
        departure=start[0],
        destination=end[0],
        travel_date=day - timedelta(days=rng.randint(0, 20)),
        time=f"{rng.randint(6, 22):02d}:{rng.randint(0, 59):02d}",
        carrier_number=f"{rng.choice('GDC')}{rng.randint(1, 9999)}",
        seat=f"{rng.randint(1, 16):02d}车{rng.randint(1, 18):02d}{rng.choice('ABCDF')}",
        seat_class=rng.choice(["二等座", "一等座", "商务座"]),
        departure_latin=start[1],
        destination_latin=end[1],
    )
    return InvoiceFacts(
        kind=Kind.RAIL,
        number=f"{day:%y}{rng.choice(['11', '31', '41'])}9{digits(rng, 15)}",
        issued_on=day,
        seller=Party(name=""),
        buyer=buyer,
        lines=[_fare(rng)],
        passenger=companies.person(rng),
        identity=f"1427241988****{digits(rng, 4)}",
        ticket_number=f"{digits(rng, 6)}A{digits(rng, 15)}",
        rides=[ride],
    )


def _fare(rng: Random) -> DrawnLine:
    """A fare in whole or half yuan whose 9 % tax, rounded, makes it exactly."""
    while True:
        total = Decimal(rng.randint(40, 3600)) / 2
        line = DrawnLine("铁路旅客运输", cents(total / Decimal("1.09")), "9%")
        if line.amount + line.tax == total:
            return line


def _air(rng: Random, buyer: Party, day: date) -> InvoiceFacts:
    carrier, code, seller = rng.choice(_AIRLINES)
    stops = rng.sample(_AIRPORTS, rng.choice([2, 2, 3]))
    flown = day - timedelta(days=rng.randint(1, 20))
    rides = [
        Ride(
            departure=f"{a[0]} {a[1]}",
            destination=f"{b[0]} {b[1]}",
            travel_date=flown,
            time=f"{7 + 4 * index:02d}:{rng.randint(0, 59):02d}",
            carrier_number=f"{code}{rng.randint(1000, 9999)}",
            seat_class=rng.choice("YVFM"),
            carrier=carrier,
        )
        for index, (a, b) in enumerate(pairwise(stops))
    ]
    fare, fuel = cents(Decimal(rng.randint(20_000, 250_000)) / 100), Decimal(rng.choice(["27.52", "45.87", "0.00"]))
    fares = Fares(
        fare, fuel, cents((fare + fuel) * Decimal("0.09")), Decimal("50.00"), Decimal(rng.choice(["0.00", "10.00"]))
    )
    return InvoiceFacts(
        kind=Kind.AIR,
        number=f"{day:%y}{rng.choice(['11', '31', '44'])}8{digits(rng, 15)}",
        issued_on=day,
        seller=Party(name=seller),
        buyer=buyer,
        check_code=digits(rng, 4),
        passenger=companies.person(rng),
        identity="384932********1234",
        ticket_number=f"784{digits(rng, 10)}",
        rides=rides,
        fares=fares,
    )


def _fiscal(rng: Random, buyer: Party, day: date) -> InvoiceFacts:
    total = cents(Decimal(rng.randint(500, 90_000)) / 100)
    heading = rng.choice(_RECEIPTS)
    office = rng.choice(["国家知识产权局专利局", "南京市中级人民法院", "上海市第一人民医院"])
    if rng.random() < 0.3:
        buyer = Party(name=companies.person(rng))
    return InvoiceFacts(
        kind=Kind.FISCAL,
        heading=heading,
        code=f"{rng.choice(['00', '32', '31'])}01{digits(rng, 4)}",
        number=digits(rng, 10),
        check_code="".join(rng.choice("0123456789abcdef") for _ in range(6)),
        issued_on=day,
        seller=Party(name=office),
        buyer=buyer,
        lines=[DrawnLine("行政事业性收费", total, "不征税", unit="元", quantity="1", price=f"{total}")],
        payee=companies.person(rng),
        reviewer=companies.person(rng),
    )
