"""电子发票（铁路电子客票）: one ride, its fare, the traveller and the buyer. The face names neither seller nor tax."""

from __future__ import annotations

import re
from collections.abc import Sequence

from invoices.readers import text
from invoices.readers.base import Kind, Reading, Source, Trip
from invoices.readers.faces.parts import goes_on, has_label, labelled, leading_digits, party_name
from invoices.readers.layout import Page, label

LABELS = {
    "number": re.compile(r"(?<!原)发\s*票\s*号\s*码"),
    "original": label("原发票号码"),
    "date": label("开票日期"),
    "total": label("票价|退票费"),
    "amount": re.compile(r"金\s*额\s*(?=[:：])"),
    "rate": re.compile(r"税\s*率\s*(?=[:：])"),
    "tax": re.compile(r"税\s*额\s*(?=[:：])"),
    "ticket": label("电子客票号"),
    "buyer_name": label("购买方名称"),
    "buyer_tax_id": label("统一社会信用代码/纳税人识别号|统一社会信用代码|纳税人识别号"),
}
_REFUND = label("退票费")
_TRAIN = re.compile(r"(?<![0-9A-Z])([GDCZTKYLS]?[0-9]{1,4})(?![0-9A-Z年月日])")
_STATION = re.compile(r"([\u4e00-\u9fff]{2,8}?)\s?站")
_DEPARTURE = re.compile(r"([0-9]{4}\s*年\s*[0-9]{1,2}\s*月\s*[0-9]{1,2}\s*日)\s*([0-9]{1,2}\s*:\s*[0-9]{2})\s*开")
_SEAT = re.compile(r"([0-9]{1,2})\s*车\s*([0-9A-Z]{1,4}\s*(?:[上中下]铺)?)\s*号?")
_CLASS = re.compile(r"(商务座|特等座|一等座|二等座|优选一等座|动卧|一等卧|二等卧|高级软卧|软卧|硬卧|软座|硬座|无座)")
_PERSON = re.compile(r"[0-9]{4,}\*{3,}[0-9Xx]{3,4}\s*([\u4e00-\u9fff·]{2,20})")
_AMOUNT = re.compile(r"[-−－]?[0-9][0-9,]*(?:\.[0-9]{1,2})?")


def read(pages: Sequence[Page]) -> Reading:
    reading = Reading()
    reading.name_kind(Kind.RAIL, Source.TEXT)
    reading.put("number", leading_digits(labelled(pages, "number", LABELS), 20), Source.TEXT)
    said = labelled(pages, "date", LABELS)
    reading.put("date", text.day("".join(said.split())), Source.TEXT)
    for key, name in (("total", "total"), ("amount", "amount_excl_tax"), ("tax", "tax")):
        match = _AMOUNT.search(text.ascii_form(labelled(pages, key, LABELS)))
        reading.put(name, text.amount(match.group()) if match else None, Source.TEXT)
    reading.put("buyer_name", party_name(labelled(pages, "buyer_name", LABELS)), Source.TEXT)
    if goes_on(pages, "buyer_name", LABELS):
        reading.doubt("buyer_name")
    buyer_id = text.ascii_form(labelled(pages, "buyer_tax_id", LABELS))
    reading.put("buyer_tax_id", text.tax_id(buyer_id), Source.TEXT)
    if not buyer_id and has_label(pages, "buyer_tax_id", LABELS):
        reading.blank.add("buyer_tax_id")
    reading.facts.ticket_number = text.ascii_form(labelled(pages, "ticket", LABELS).split(" ")[0])
    reading.facts.original_number = leading_digits(labelled(pages, "original", LABELS), 20)
    if any(page.first(_REFUND) for page in pages):
        reading.facts.business = "退"
        reading.note("rail_not_a_sale", business="退")
    _ride(reading, pages)
    return reading


def _ride(reading: Reading, pages: Sequence[Page]) -> None:
    lines = [line.text for page in pages for line in page.lines]
    whole = "\n".join(lines)
    stations = [name for line in lines for name in _STATION.findall(line)][:2]
    start = _DEPARTURE.search(whole)
    seat, seat_class, person = _SEAT.search(whole), _CLASS.search(whole), _PERSON.search(whole)
    trains = [match.group(1) for line in lines if "站" in line for match in _TRAIN.finditer(line)]
    lonely = [line for line in lines if re.fullmatch(r"[GDCZTKYLS][0-9]{1,4}", line.strip())]
    reading.facts.passenger = person.group(1) if person else ""
    reading.facts.fare = reading.amount("total")
    reading.facts.trips = [
        Trip(
            departure="".join(stations[:1]),
            destination="".join(stations[1:]),
            travel_date=text.day("".join(start.group(1).split())) if start else None,
            time="".join(start.group(2).split()) if start else "",
            carrier_number=next(iter(trains or lonely), ""),
            seat=f"{seat.group(1)}车{''.join(seat.group(2).split())}" if seat else "",
            seat_class=seat_class.group(1) if seat_class else "",
        )
    ]
