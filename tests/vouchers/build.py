"""Vouchers for tests: drafts out of approved claims by the real services, and rows by the thousand for large files."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from directory.models import Company
from reimburse.models import Document
from tests.builders import NOON, TODAY
from tests.stories.books import Books, Spent, special, spent, work
from vouchers.models import Account, Voucher, VoucherLine


def office(amount: str = "113.00", **changes: Any) -> Spent:
    """Paper for the office on a special invoice of 13 %."""
    whole = Decimal(amount)
    tax = (whole / Decimal("1.13") * Decimal("0.13")).quantize(Decimal("0.01"))
    return spent("office", amount, special(str(whole - tax), str(tax)), **changes)


def drafted(books: Books, *lines: Spent) -> Voucher:
    """The draft of an approved claim, made by the worker."""
    return draft_of(books.claim(*(lines or (office(),))))


def draft_of(document: Document) -> Voucher:
    work()
    return Voucher.objects.get(document=document, status=Voucher.Status.DRAFT)


TAKE_NUMBERS = """
INSERT INTO common_numberseries (company_id, prefix, period, last) VALUES (%s, '记', %s, %s)
ON CONFLICT (company_id, prefix, period) DO UPDATE SET last = common_numberseries.last + EXCLUDED.last
RETURNING last
"""
POST_ALL = """
UPDATE vouchers_voucher v SET status = 'posted', posted_at = %s, posted_by_id = %s, version = 2, number = n.number
  FROM (SELECT id, %s + row_number() OVER (ORDER BY id) AS number FROM unnest(%s::bigint[]) AS id) n
 WHERE n.id = v.id
"""


@transaction.atomic
def many(
    books: Books,
    count: int,
    *,
    company: Company | None = None,
    dated_on: date = TODAY,
    posted: bool = True,
    lines: int = 3,
) -> list[Voucher]:
    """So many small vouchers at once, without documents."""
    company = company or books.company
    office_account = Account.objects.get(company=company, code="6602.05")
    payable = Account.objects.get(company=company, code="2241")
    vouchers = Voucher.objects.bulk_create(
        Voucher(
            company=company,
            dated_on=dated_on,
            summary=f"Alice报销办公费 {n}",
            total=Decimal(lines - 1),
            created_at=NOON,
        )
        for n in range(count)
    )
    VoucherLine.objects.bulk_create(
        VoucherLine(
            voucher=voucher,
            position=position,
            summary=f"Alice报销办公费 {position}",
            account=payable if position == lines else office_account,
            debit=Decimal(0 if position == lines else 1),
            credit=Decimal(lines - 1 if position == lines else 0),
            department=None if position == lines else books.world.department,
            employee=books.alice if position == lines else None,
        )
        for voucher in vouchers
        for position in range(1, lines + 1)
    )
    if posted:
        with connection.cursor() as cursor:
            cursor.execute(TAKE_NUMBERS, [company.pk, f"{dated_on:%Y-%m}", count])
            before = cursor.fetchone()[0] - count
            cursor.execute(POST_ALL, [NOON, books.world.carol.pk, before, [voucher.pk for voucher in vouchers]])
    return list(Voucher.objects.filter(pk__in=[voucher.pk for voucher in vouchers]).order_by("pk"))
