"""Reading what a request asks for: the company, the month, the filter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils import timezone

from directory.models import Company
from directory.viewer import viewer_of
from vouchers import selectors

MONTH = re.compile(r"(?P<year>[12]\d{3})-(?P<month>0?[1-9]|1[0-2])", re.ASCII)


def version_of(request: HttpRequest) -> int:
    """The version of the voucher that the page showed; 0, which is none, when it was not sent."""
    sent = request.POST.get("version", "")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 10 else 0


@dataclass(frozen=True, slots=True)
class Asked:
    """Which vouchers the list shows. All of it stands in the address."""

    company: Company
    companies: list[Company]
    show: str
    month: date
    after: str

    @property
    def query(self) -> str:
        """The address's parameters without the place in the list."""
        return self.query_for(show=self.show)

    def query_for(self, *, show: str, month: date | None = None) -> str:
        params = {"show": show, "month": f"{month or self.month:%Y-%m}"}
        if len(self.companies) > 1:
            params["company"] = str(self.company.public_id)
        return urlencode(params)


def asked(request: HttpRequest, *, company_id: int | None = None) -> Asked:
    """What the address asks for; a voucher's page gives its company. Raises Http404 for who manages no vouchers."""
    companies = selectors.companies(viewer_of(request))
    show = request.GET.get("show", selectors.MONTH)
    return Asked(
        company=_company(companies, company_id, request.GET.get("company", "")),
        companies=companies,
        show=show if show in selectors.SHOWS else selectors.MONTH,
        month=month_of(request.GET.get("month", "")),
        after=request.GET.get("after", ""),
    )


def company_of(request: HttpRequest) -> Company:
    """The company a form was sent for. Raises Http404."""
    return _company(selectors.companies(viewer_of(request)), None, request.POST.get("company", ""))


def _company(companies: list[Company], company_id: int | None, written: str) -> Company:
    if not companies:
        raise Http404
    if company_id is not None:
        wanted = [company for company in companies if company.pk == company_id]
    elif written:
        wanted = [company for company in companies if company.public_id == _uuid(written)]
    else:
        wanted = companies
    if not wanted:
        raise Http404
    return wanted[0]


def _uuid(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None


def month_of(written: str) -> date:
    """The first day of "2026-11"; of this month when nothing sensible is written."""
    found = MONTH.fullmatch(written)
    if found is None:
        return timezone.localdate().replace(day=1)
    return date(int(found["year"]), int(found["month"]), 1)
