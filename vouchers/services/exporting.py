"""Handing posted vouchers to the ERP as a file: each once, unless asked again with a reason.

Everything is checked before the first byte is written; a fault is an error that names the voucher, and no file is made.
The file is kept with its sums and its hash, to be fetched again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet, Sum
from django.db.models.expressions import RawSQL
from django.utils import timezone

from common import audit, files, locks
from common.models import StoredFile
from common.money import HOME_CURRENCY, ZERO
from common.numbers import next_number
from directory import rights
from directory.models import Company, Employee
from vouchers import export_checks
from vouchers.errors import AlreadyExported, NothingToExport, TooManyRows
from vouchers.exporters import FORMATS, Exporter
from vouchers.exporters.base import Row
from vouchers.models import Export, ExportedVoucher, Voucher, VoucherLine

PREFIX = "PZ"
CHUNK = 2000  # rows fetched at a time
ONE = Decimal(1)

LINK = """
INSERT INTO vouchers_exportedvoucher (export_id, voucher_id, again)
SELECT %s, id, exported_at IS NOT NULL FROM vouchers_voucher WHERE id = ANY(%s::bigint[]) ORDER BY id
"""


def export(
    *,
    company: Company,
    actor: Employee,
    format: str,  # noqa: A002 - the word users and files use
    at: datetime,
    voucher_ids: Sequence[UUID] = (),
    month: date | None = None,
    again_because: str = "",
) -> Export:
    """Write chosen vouchers, or those of a month (any day of it), to a file of `format` (csv, xlsx) and keep it.

    Of a month, those not exported yet are taken; with a reason all of them. Raises NotAllowed, NothingToExport,
    NotExportable, AlreadyExported, TooManyRows, Busy.
    """
    rights.require(actor, rights.MANAGE_VOUCHERS, company.pk)
    because = again_because.strip()[:200]
    with locks.busy_if_blocked(), transaction.atomic(durable=True):
        locks.limit_waiting()
        ids = _locked(company, voucher_ids, month, again=bool(because))
        if not ids:
            raise NothingToExport
        if not because:
            _must_be_new(ids)
        export_checks.check(ids, closed_months_too=bool(because))
        stored, row_count = _file(ids, FORMATS[format])
        return _keep(company, ids, stored, row_count, format=format, actor=actor, because=because, at=at)


def lines_of(ids: Sequence[int]) -> QuerySet[VoucherLine]:
    """The lines of vouchers, by key. An array is one parameter, however many vouchers there are."""
    return VoucherLine.objects.filter(voucher_id__in=RawSQL("SELECT unnest(%s::bigint[])", [list(ids)]))


# --- Which ------------------------------------------------------------------------------------------------------------
def _locked(company: Company, voucher_ids: Sequence[UUID], month: date | None, *, again: bool) -> list[int]:
    """The keys of the vouchers to export, locked in their order, so that two exports cannot both take one."""
    rows = Voucher.objects.filter(company=company)
    if month is not None:
        rows = rows.filter(dated_on__year=month.year, dated_on__month=month.month).exclude(status=Voucher.Status.DRAFT)
        rows = rows if again else rows.filter(exported_at=None)
    else:
        rows = rows.filter(public_id__in=RawSQL("SELECT unnest(%s::uuid[])", [list(voucher_ids)]))
    return list(rows.order_by("pk").select_for_update().values_list("pk", flat=True))


def _must_be_new(ids: Sequence[int]) -> None:
    exported = ExportedVoucher.objects.filter(voucher_id__in=RawSQL("SELECT unnest(%s::bigint[])", [list(ids)]))
    first = exported.select_related("voucher", "export").order_by("voucher__dated_on", "voucher__number").first()
    if first is not None:
        count = exported.values("voucher_id").distinct().count()
        raise AlreadyExported(count=count, voucher=first.voucher.full_number, export=first.export.number)


# --- The file ---------------------------------------------------------------------------------------------------------
def _file(ids: Sequence[int], exporter: Exporter) -> tuple[StoredFile, int]:
    lines = lines_of(ids)
    if exporter.row_limit is not None and (count := lines.count()) > exporter.row_limit:
        raise TooManyRows(rows=count, limit=exporter.row_limit)
    settings.FILES_ROOT.mkdir(parents=True, exist_ok=True, mode=0o750)
    with tempfile.TemporaryDirectory(dir=settings.FILES_ROOT, prefix="export-") as folder:
        target = Path(folder) / f"vouchers.{exporter.extension}"
        row_count = exporter.write(_rows(lines), target)
        return files.keep(target, media_type=exporter.media_type), row_count


_FIELDS = (
    "voucher__dated_on",
    "voucher__word",
    "voucher__number",
    "position",
    "summary",
    "account__code",
    "account__name",
    "debit",
    "credit",
    "voucher__company__currency",
    "department__code",
    "department__name",
    "employee__staff_number",
    "employee__username",
    "employee__name",
    "project__code",
    "project__name",
    "expense_type__code",
    "expense_type__name",
    "voucher__attachment_count",
    "voucher__prepared_by__name",
    "voucher__posted_by__name",
    "voucher__document__number",
    "voucher__document__submitted_at",
)


def _rows(lines: QuerySet[VoucherLine]) -> Iterator[Row]:
    """Row by row from a cursor of the database; the lines of a voucher stand together."""
    ordered = lines.order_by("voucher__dated_on", "voucher__number", "voucher_id", "position")
    for found in ordered.values(*_FIELDS).iterator(chunk_size=CHUNK):
        yield _row(found)


def _row(line: dict[str, Any]) -> Row:
    day: date = line["voucher__dated_on"]
    submitted: datetime | None = line["voucher__document__submitted_at"]
    by_employee = line["employee__name"] is not None
    return (
        day,
        day.year,
        day.month,
        line["voucher__word"],
        line["voucher__number"],
        line["position"],
        line["summary"],
        line["account__code"],
        line["account__name"],
        line["debit"] or None,
        line["credit"] or None,
        line["voucher__company__currency"] or HOME_CURRENCY,
        ONE,
        line["debit"] or line["credit"],
        line["department__code"],
        line["department__name"],
        (line["employee__staff_number"] or line["employee__username"]) if by_employee else None,
        line["employee__name"],
        None,  # customers and suppliers: no document of ours has one yet
        None,
        None,
        line["project__code"],
        line["project__name"],
        line["expense_type__code"],
        line["expense_type__name"],
        line["voucher__attachment_count"],
        line["voucher__prepared_by__name"] or line["voucher__posted_by__name"],
        line["voucher__document__number"],
        timezone.localtime(submitted).date() if submitted else day,
    )


# --- The record -------------------------------------------------------------------------------------------------------
def _keep(
    company: Company,
    ids: Sequence[int],
    stored: StoredFile,
    row_count: int,
    *,
    format: str,  # noqa: A002
    actor: Employee,
    because: str,
    at: datetime,
) -> Export:
    chosen = Voucher.objects.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [list(ids)]))
    debit_total = chosen.aggregate(sum=Sum("total"))["sum"] or ZERO
    year = timezone.localdate(at).year
    number = next_number(company_id=company.pk, prefix=PREFIX, period=str(year))
    made = Export.objects.create(
        company=company,
        number=f"{PREFIX}-{year}-{number:06}",
        format=format,
        voucher_count=len(ids),
        row_count=row_count,
        debit_total=debit_total,
        exported_by=actor,
        exported_at=at,
        again_because=because,
        stored=stored,
    )
    with connection.cursor() as cursor:
        cursor.execute(LINK, [made.pk, list(ids)])
    chosen.filter(Q(exported_at=None)).update(exported_at=at)
    data = {
        "vouchers": len(ids),
        "rows": row_count,
        "debit_total": str(debit_total),
        "format": format,
        "sha256": stored.sha256,
        "again_because": because,
    }
    audit.record("export.created", made, actor=actor, at=at, data=data)
    return made
