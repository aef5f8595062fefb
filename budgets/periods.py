"""The spans of time the budget page looks at: a year, a quarter or a month, written 2026, 2026Q4, 2026-11."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

WRITTEN = re.compile(r"(?P<year>[12]\d{3})(?:Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """Whole months of one year, from the first to the last."""

    year: int
    first: int = 1
    last: int = 12

    @property
    def starts_on(self) -> date:
        return date(self.year, self.first, 1)

    @property
    def ends_on(self) -> date:
        return date(self.year, self.last, monthrange(self.year, self.last)[1])

    def holds(self, starts_on: date, ends_on: date) -> bool:
        """Whether a budget's period lies within; one that crosses the end of the year belongs to where it begins."""
        if self.is_year:
            return starts_on.year == self.year
        return self.starts_on <= starts_on and ends_on <= self.ends_on

    @property
    def is_year(self) -> bool:
        return (self.first, self.last) == (1, 12)

    @property
    def is_month(self) -> bool:
        return self.first == self.last

    @property
    def code(self) -> str:
        if self.is_year:
            return f"{self.year}"
        return f"{self.year}-{self.first:02}" if self.is_month else f"{self.year}Q{self.last // 3}"

    @property
    def label(self) -> str:
        """全年, 四季度, 11 月: what a chip says, beside the year."""
        if self.is_year:
            return _("Whole year")
        if self.is_month:
            return date_format(self.starts_on, pgettext("date format of a month", "M"))
        return (_("First quarter"), _("Second quarter"), _("Third quarter"), _("Fourth quarter"))[self.last // 3 - 1]


def month(year: int, number: int) -> Span:
    return Span(year, number, number)


def quarter_of(year: int, number: int) -> Span:
    """The quarter a month lies in."""
    first = (number - 1) // 3 * 3 + 1
    return Span(year, first, first + 2)


def parse(written: str) -> Span | None:
    """The span somebody wrote into the address; None when it is none."""
    found = WRITTEN.fullmatch(written)
    if found is None:
        return None
    year = int(found["year"])
    if found["quarter"]:
        return quarter_of(year, int(found["quarter"]) * 3)
    return month(year, int(found["month"])) if found["month"] else Span(year)
