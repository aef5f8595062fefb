"""电子发票（航空运输电子客票行程单）: a boarding list over a row of amounts, each under its own heading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from invoices.readers import text
from invoices.readers.base import Kind, Reading, Source, Trip
from invoices.readers.faces.parts import goes_on, has_label, labelled, leading_digits, party_name
from invoices.readers.layout import Found, Line, Page, Word, label

LABELS = {
    "state": label("开具状态"),
    "number": label("发票号码"),
    "passenger": label("旅客姓名"),
    "identity": label("有效身份证件号码"),
    "endorsement": label("签注"),
    "ticket": label("电子客票号码"),
    "check_code": label("验证码"),
    "hint": label("提示信息"),
    "insurance": label("保险费"),
    "outlet": label("销售网点代号"),
    "seller_name": label("填开单位"),
    "date": label("填开日期"),
    "buyer_name": label("购买方名称"),
    "buyer_tax_id": label("统一社会信用代码/纳税人识别号|统一社会信用代码|纳税人识别号"),
}
_AMOUNTS = {
    "fare": label("票价"),
    "fuel_surcharge": label("燃油附加费"),
    "rate": label("增值税税率"),
    "tax": label("增值税税额"),
    "development_fund": label("民航发展基金"),
    "other_taxes": label("其他税费"),
    "total": re.compile(r"(?<![0-9])合\s*计"),
}
_FLIGHT = re.compile(r"^(?:[A-Z][A-Z0-9]|[0-9][A-Z])\s?[0-9]{3,4}[A-Z]?$")
_TIME = re.compile(r"^[0-2]?[0-9]:[0-5][0-9]$")
_STOP = re.compile(r"^\s*([自至])\s*[:：]\s*(.*)$")
_AMOUNT = re.compile(r"[0-9]+\.[0-9]{2}")
_CURRENCY = re.compile(r"\b(CNY|CN|YQ|USD|HKD|EUR)\b")


def read(pages: Sequence[Page]) -> Reading:
    reading = Reading()
    reading.name_kind(Kind.AIR, Source.TEXT)
    reading.put("number", leading_digits(labelled(pages, "number", LABELS), 20, 19), Source.TEXT)
    reading.put("date", text.day(labelled(pages, "date", LABELS)), Source.TEXT)
    for key in ("seller_name", "buyer_name"):
        reading.put(key, party_name(labelled(pages, key, LABELS)), Source.TEXT)
        if goes_on(pages, key, LABELS):
            reading.doubt(key)
    buyer_id = text.ascii_form(labelled(pages, "buyer_tax_id", LABELS))
    reading.put("buyer_tax_id", text.tax_id(buyer_id), Source.TEXT)
    if not buyer_id and has_label(pages, "buyer_tax_id", LABELS):
        reading.blank.add("buyer_tax_id")
    check = text.ascii_form(labelled(pages, "check_code", LABELS))
    reading.facts.check_code = check
    reading.put("check_code_last6", check[-6:] if re.fullmatch(r"[0-9A-Za-z]{4,20}", check) else "", Source.TEXT)
    reading.facts.ticket_number = text.digits(labelled(pages, "ticket", LABELS))
    for page in pages:
        _amounts(reading, page)
        reading.facts.passenger = reading.facts.passenger or _below(page, page.first(LABELS["passenger"]))
        reading.facts.trips.extend(_trips(page))
    return reading


def _amounts(reading: Reading, page: Page) -> None:
    """Each amount belongs to the heading whose cell it stands in: cells reach from one heading to the next."""
    for line in page.lines:
        hits = {key: found[0] for key, pattern in _AMOUNTS.items() if (found := line.find(pattern))}
        if not {"fare", "tax", "total"} <= hits.keys():
            continue
        headings = sorted(hits.items(), key=lambda item: item[1].box.x0)
        said: dict[str, str] = {}
        for word in _first_amounts_under(page, line):
            key = next((key for key, hit in reversed(headings) if hit.box.x0 - 2 <= word.box.centre), "")
            said[key] = f"{said.get(key, '')}{word.text}"
        _put_amounts(reading, {key: text.amount(_CURRENCY.sub("", value)) for key, value in _spaced(said).items()})
        return


def _first_amounts_under(page: Page, line: Line) -> list[Word]:
    """The words of the nearest line below that holds amounts, with what is set a little off it."""
    below = [other for other in page.lines if 0 < other.middle - line.middle < 6 * line.box.height]
    first = next((other for other in below if len(_AMOUNT.findall(other.text)) >= 3), None)
    if first is None:
        return []
    return [
        word for other in below if abs(other.middle - first.middle) < 0.6 * first.box.height for word in other.words()
    ]


def _spaced(said: dict[str, str]) -> dict[str, str]:
    """`CNY477.06` → `CNY 477.06`, so that the currency can be told from the amount."""
    return {key: re.sub(r"(?<=[A-Z])(?=[0-9-])", " ", value) for key, value in said.items()}


def _put_amounts(reading: Reading, said: dict[str, Decimal | None]) -> None:
    facts = reading.facts
    facts.fare, facts.fuel_surcharge = said.get("fare"), said.get("fuel_surcharge")
    facts.development_fund, facts.other_taxes = said.get("development_fund"), said.get("other_taxes")
    if facts.fare is not None:
        reading.put("amount_excl_tax", facts.fare + (facts.fuel_surcharge or Decimal(0)), Source.TEXT)
    reading.put("tax", said.get("tax"), Source.TEXT)
    reading.put("total", said.get("total"), Source.TEXT)


def _below(page: Page, found: Found | None) -> str:
    """What stands under a heading, before the next heading's place."""
    if found is None:
        return ""
    rights = [hit.box.x0 for pattern in LABELS.values() for hit in found.line.find(pattern) if hit.start >= found.end]
    right = min(rights, default=page.width)
    for line in page.lines:
        if found.line.middle < line.middle < found.line.middle + 4 * found.box.height:
            words = [word.text for word in line.words() if found.box.x0 - 5 <= word.box.x0 < right]
            if words:
                return text.name(" ".join(words))
    return ""


def _trips(page: Page) -> list[Trip]:
    """Flights: 自/至 lines give the places, the line between them the flight."""
    stops: list[tuple[float, str, str]] = []
    flights: list[tuple[float, Sequence[Word]]] = []
    for line in page.lines:
        match = _STOP.match(line.text)
        if match and match.group(2).strip():
            first = re.split(r"\s{1,}(?=[\u4e00-\u9fff]*[A-Z0-9]{2}[0-9]{3})", match.group(2))[0]
            stops.append((line.middle, match.group(1), text.clean(first)))
        if any(_FLIGHT.match(word.text) for word in line.words()):
            flights.append((line.middle, line.words()))
    trips = []
    for middle, words in flights:
        departure = [said for height, kind, said in stops if kind == "自" and height <= middle + 4][-1:]
        destination = [said for height, kind, said in stops if kind == "至" and height >= middle - 4][:1]
        trips.append(_trip(words, "".join(departure), "".join(destination)))
    return trips


def _trip(words: Sequence[Word], departure: str, destination: str) -> Trip:
    flight = next(word.text for word in words if _FLIGHT.match(word.text))
    days = [found for word in words if (found := text.day(word.text))]
    times = [word.text for word in words if _TIME.match(word.text)]
    classes = [word.text for word in words if re.fullmatch(r"[A-Z]", word.text)]
    return Trip(departure, destination, days[0] if days else None, "".join(times[:1]), flight, "", "".join(classes[:1]))
