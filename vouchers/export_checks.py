"""What must hold of every voucher before the first byte of an export is written. One statement a question, any number
of vouchers; the first fault is named, with how many there are."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.utils.translation import gettext_lazy as _

from common.errors import Wording
from vouchers.errors import NotExportable

FAULTY = """
SELECT v.word, v.number, v.summary FROM vouchers_voucher v WHERE v.id = ANY(%(ids)s::bigint[]) AND
"""

DRAFT = "v.status = 'draft'"
UNBALANCED = """
EXISTS (SELECT 1 FROM (SELECT coalesce(sum(l.debit), 0) AS debit, coalesce(sum(l.credit), 0) AS credit
                         FROM vouchers_voucherline l WHERE l.voucher_id = v.id) AS s
         WHERE s.debit <> s.credit OR s.debit <> v.total)
"""
WITHOUT_ACCOUNT = """
(EXISTS (SELECT 1 FROM vouchers_voucherline l WHERE l.voucher_id = v.id AND l.account_id IS NULL)
 OR NOT EXISTS (SELECT 1 FROM vouchers_voucherline l WHERE l.voucher_id = v.id))
"""
WITHOUT_DIMENSION = """
EXISTS (SELECT 1 FROM vouchers_voucherline l JOIN vouchers_account a ON a.id = l.account_id
         WHERE l.voucher_id = v.id
           AND (a.by_department AND l.department_id IS NULL OR a.by_employee AND l.employee_id IS NULL
                OR a.by_project AND l.project_id IS NULL))
"""
IN_CLOSED_MONTH = """
EXISTS (SELECT 1 FROM directory_period p
         WHERE p.company_id = v.company_id AND p.closed
           AND (p.year, p.month) >= (extract(year FROM v.dated_on), extract(month FROM v.dated_on)))
"""

QUESTIONS: Sequence[tuple[str, Wording]] = (
    (DRAFT, _("it is not posted yet. Post it first.")),
    (UNBALANCED, _("its debits and credits differ. Tell your administrator: the books were changed from outside.")),
    (WITHOUT_ACCOUNT, _("a line has no account.")),
    (
        WITHOUT_DIMENSION,
        _(
            "a line lacks a department, employee or project that its account is kept by. "
            "Reverse the voucher and draft it again."
        ),
    ),
)
CLOSED: tuple[str, Wording] = (
    IN_CLOSED_MONTH,
    _("its month is closed. Have the month opened again, or say why it is exported all the same."),
)


def check(ids: Sequence[int], *, closed_months_too: bool) -> None:
    """Raises NotExportable with the first fault found."""
    for condition, problem in QUESTIONS if closed_months_too else (*QUESTIONS, CLOSED):
        with connection.cursor() as cursor:
            cursor.execute(FAULTY + condition + " ORDER BY v.id", {"ids": list(ids)})
            faulty = cursor.fetchall()
        if faulty:
            word, number, summary = faulty[0]
            name = f"{word}-{number:04}" if number else summary
            raise NotExportable(count=len(faulty), voucher=name, problem=problem)
