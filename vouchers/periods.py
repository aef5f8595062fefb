"""Whether a company's books are open on a day.

Months are closed in order: a closed month closes all before it. A month without a row is open, and gets its row when
something is posted into it.
"""

from __future__ import annotations

from datetime import date

from django.db import connection

# FOR SHARE: whoever wants to close the month waits for the postings that are under way, and they for the closing.
HOLD = """
SELECT year, month, closed FROM directory_period
 WHERE company_id = %(company)s
   AND (year, month) >= (%(year)s, %(month)s)
   AND (closed OR (year, month) = (%(year)s, %(month)s))
 ORDER BY year, month
   FOR SHARE
"""
ADD = """
INSERT INTO directory_period (company_id, year, month, closed) VALUES (%(company)s, %(year)s, %(month)s, false)
ON CONFLICT (company_id, year, month) DO NOTHING
"""


def hold_open(*, company_id: int, day: date) -> bool:
    """Whether the month of `day` is open; if so it stays open until the transaction ends. Call inside one."""
    params = {"company": company_id, "year": day.year, "month": day.month}
    with connection.cursor() as cursor:
        cursor.execute(HOLD, params)
        rows = cursor.fetchall()
        if not any((year, month) == (day.year, day.month) for year, month, _closed in rows):
            cursor.execute(ADD, params)
            cursor.execute(HOLD, params)
            rows = cursor.fetchall()
    return not any(closed for _year, _month, closed in rows)
