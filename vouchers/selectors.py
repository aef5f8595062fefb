"""What finance staff see of vouchers. Everything asks for the viewer; who manages no company's vouchers sees none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from common import keyset
from directory import rights
from directory.models import Company, Employee
from reimburse.models import Document
from vouchers.models import Export, ExportedVoucher, VatDecision, Voucher, VoucherLine

PAGE = 60
EXPORTS_PAGE = 30
ORDER = ("-dated_on", "-id")
MOST = 1000  # counts stop here: "1000+"

MONTH, REVIEW, PROBLEMS, EXPORT = "month", "review", "problems", "export"
SHOWS = (MONTH, REVIEW, PROBLEMS, EXPORT)


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[Voucher]
    next: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many vouchers each chip leads to; capped at MOST + 1."""

    month: int
    month_export: int  # of the month, posted and not exported yet
    review: int
    problems: int
    export: int


def companies(viewer: Employee) -> list[Company]:
    """The companies whose vouchers the viewer manages."""
    everything = Company.objects.all()
    return [company for company in everything if rights.can(viewer, rights.MANAGE_VOUCHERS, company.pk)]


def visible_to(viewer: Employee) -> QuerySet[Voucher]:
    return Voucher.objects.filter(rights.companies_with(viewer, rights.MANAGE_VOUCHERS))


# --- The list ---------------------------------------------------------------------------------------------------------
def vouchers(viewer: Employee, company: Company, *, show: str, month: date, cursor: str = "") -> Page:
    """One page of a company's vouchers, the newest first: of a month, or of a state whatever the month."""
    rows = _showing(visible_to(viewer).filter(company=company), show, month)
    found, following = keyset.page(rows, ORDER, after=cursor, limit=PAGE)
    return Page(found, following)


def _showing(rows: QuerySet[Voucher], show: str, month: date) -> QuerySet[Voucher]:
    if show == REVIEW:
        return rows.filter(status=Voucher.Status.DRAFT)
    if show == PROBLEMS:
        return rows.filter(status=Voucher.Status.DRAFT).exclude(problems=[])
    if show == EXPORT:
        return rows.exclude(status=Voucher.Status.DRAFT).filter(exported_at=None)
    return rows.filter(dated_on__gte=month, dated_on__lt=next_month(month))


COUNT = """
WITH mine AS NOT MATERIALIZED (SELECT * FROM vouchers_voucher WHERE company_id = %(company)s)
SELECT (SELECT count(*) FROM (SELECT FROM mine WHERE dated_on >= %(first)s AND dated_on < %(end)s LIMIT %(most)s) m),
       (SELECT count(*) FROM (SELECT FROM mine WHERE dated_on >= %(first)s AND dated_on < %(end)s
                                AND NOT status = 'draft' AND exported_at IS NULL LIMIT %(most)s) x),
       (SELECT count(*) FROM (SELECT FROM mine WHERE status = 'draft' LIMIT %(most)s) r),
       (SELECT count(*) FROM (SELECT FROM mine WHERE status = 'draft' AND problems <> '[]' LIMIT %(most)s) p),
       (SELECT count(*) FROM (SELECT FROM mine WHERE NOT status = 'draft' AND exported_at IS NULL LIMIT %(most)s) e)
"""


def counts(viewer: Employee, company: Company, *, month: date) -> Counts:
    if not rights.can(viewer, rights.MANAGE_VOUCHERS, company.pk):
        return Counts(0, 0, 0, 0, 0)
    params: dict[str, Any] = {"company": company.pk, "first": month, "end": next_month(month), "most": MOST + 1}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, params)
        return Counts(*cursor.fetchone())


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def previous_month(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


# --- One voucher ------------------------------------------------------------------------------------------------------
def voucher_of(viewer: Employee, document_id: UUID) -> UUID | None:
    """The newest voucher of a document that is not a red copy; None where there is none for the viewer."""
    mine = visible_to(viewer).filter(document__public_id=document_id, reverses=None)
    return mine.order_by("-pk").values_list("public_id", flat=True).first()


def waits_for_voucher(viewer: Employee, document_id: UUID) -> str | None:
    """The number of a document of the viewer's books that is approved; its voucher is drafted any moment."""
    mine = Document.objects.filter(rights.companies_with(viewer, rights.MANAGE_VOUCHERS), public_id=document_id)
    return mine.filter(status=Document.Status.APPROVED).values_list("number", flat=True).first()


def voucher(viewer: Employee, public_id: UUID) -> Voucher | None:
    """The voucher with all that its head shows; None where the viewer may not see it."""
    return (
        visible_to(viewer)
        .select_related(
            "company",
            "document__applicant",
            "document__payee",
            "posted_by",
            "prepared_by",
            "reverses",
            "reversed_by",
        )
        .filter(public_id=public_id)
        .first()
    )


def lines_of(shown: Voucher) -> list[VoucherLine]:
    return list(
        shown.lines.select_related("account", "department", "employee", "project", "expense_type").order_by("position")
    )


def decisions_of(shown: Voucher) -> list[VatDecision]:
    return list(shown.vat_decisions.select_related("invoice", "rule", "decided_by").order_by("pk"))


def exports_of(shown: Voucher) -> list[Export]:
    """The files it was handed out in, the first one first."""
    links = ExportedVoucher.objects.filter(voucher=shown).select_related("export__exported_by").order_by("pk")
    return [link.export for link in links]


def next_to_review(viewer: Employee, done: Voucher) -> UUID | None:
    """The draft that stands below one in the list, else the topmost: where the eye goes after posting."""
    drafts = visible_to(viewer).filter(company=done.company_id, status=Voucher.Status.DRAFT).exclude(pk=done.pk)
    below = keyset.following(ORDER, keyset.values_of(done, ORDER))
    ordered = drafts.order_by(*ORDER).values_list("public_id", flat=True)
    return ordered.filter(below).first() or ordered.first()


# --- Exports ----------------------------------------------------------------------------------------------------------
def exports(viewer: Employee, company: Company) -> QuerySet[Export]:
    mine = Export.objects.filter(rights.companies_with(viewer, rights.MANAGE_VOUCHERS), company=company)
    return mine.select_related("exported_by", "stored")


def export(viewer: Employee, public_id: UUID) -> Export | None:
    mine = Export.objects.filter(rights.companies_with(viewer, rights.MANAGE_VOUCHERS))
    return mine.select_related("stored", "company").filter(public_id=public_id).first()


# --- For other pages --------------------------------------------------------------------------------------------------
def search(viewer: Employee, text: str, limit: int) -> list[Voucher]:
    """By number (记-0012, 12), document number, summary or amount; the newest first."""
    wanted = Q(summary__icontains=text) | Q(document__number__icontains=text)
    digits = text.rpartition("-")[2]
    if digits.isdecimal() and len(digits) <= 9:
        wanted |= Q(number=int(digits))
    try:
        amount = Decimal(text.replace(",", "").lstrip("¥￥"))
    except InvalidOperation:
        amount = None
    if amount is not None and amount.is_finite() and abs(amount) < 10**15:
        wanted |= Q(total=amount)
    found = visible_to(viewer).filter(wanted).select_related("company", "document")
    return list(found.order_by("-pk")[:limit])


def of_document(document_public_id: UUID) -> list[Voucher]:
    """Every voucher of a document, the newest first. The caller has checked that the viewer may see the document."""
    return list(Voucher.objects.filter(document__public_id=document_public_id).order_by("-pk"))
