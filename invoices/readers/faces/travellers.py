"""The journeys printed on invoices for passenger transport: under 出行人 … 出行日期 出发地 到达地."""

from __future__ import annotations

import re
from collections.abc import Sequence

from invoices.readers import text
from invoices.readers.base import Facts, Trip
from invoices.readers.layout import Box, Line, Page, label

_HEADINGS = {
    "passenger": label("出行人"),
    "identity": label("有效身份证件号"),
    "date": label("出行日期"),
    "departure": label("出发地"),
    "destination": label("到达地"),
    "class": label("等级"),
    "vehicle": label("交通工具类型"),
}
_END = re.compile(r"^\s*合\s*计|价\s*税\s*合\s*计")


def read(pages: Sequence[Page], facts: Facts) -> None:
    for page in pages:
        for line in page.lines:
            hits = {key: found[0].box for key, pattern in _HEADINGS.items() if (found := line.find(pattern))}
            if "date" in hits and "departure" in hits:
                below = [other for other in page.lines if other.middle > line.middle]
                _rows(below, hits, facts)
                break


def _rows(lines: Sequence[Line], hits: dict[str, Box], facts: Facts) -> None:
    """Each word belongs to the heading whose middle is closest."""
    for line in lines:
        if _END.search(line.text):
            return
        said: dict[str, str] = {}
        for word in line.words():
            key = min(hits, key=lambda key: abs(hits[key].centre - word.box.centre))
            said[key] = text.joined(said.get(key, ""), word.text)
        trip = Trip(
            departure=said.get("departure", ""),
            destination=said.get("destination", ""),
            travel_date=text.day(said.get("date", "")),
            seat_class=said.get("class", "").strip("无"),
        )
        if trip.travel_date:
            facts.trips.append(trip)
            facts.passenger = facts.passenger or said.get("passenger", "")
