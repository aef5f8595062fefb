"""Document and voucher numbers: without gaps per company, prefix and period, given out late in a transaction."""

from __future__ import annotations

from django.db import connection

NEXT = """
INSERT INTO common_numberseries (company_id, prefix, period, last) VALUES (%s, %s, %s, 1)
ON CONFLICT (company_id, prefix, period) DO UPDATE SET last = common_numberseries.last + 1
RETURNING last
"""


def next_number(*, company_id: int, prefix: str, period: str) -> int:
    """The next number of a series. Call inside a transaction: the series stays locked until it commits."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [company_id, prefix, period])
        return int(cursor.fetchone()[0])
