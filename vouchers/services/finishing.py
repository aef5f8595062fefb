"""Making a voucher final, and taking a final one back: posting, and reversal in red (冲销)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from budgets import services as budgets
from common import locks
from common.errors import Stale
from common.money import Money
from common.numbers import next_number
from directory import rights
from directory.models import Employee
from reimburse import services as reimburse
from reimburse.models import AdvanceDetail, Document
from vouchers import accounts, periods, posting, problems
from vouchers.errors import (
    AdvanceIsSettled,
    CannotReverse,
    DateInFuture,
    OwnVoucher,
    PeriodClosed,
    ReasonMissing,
    VoucherProblems,
)
from vouchers.models import Voucher, VoucherLine
from vouchers.posting import Entry
from vouchers.services.taking import already_posted, record, taken

Status = Voucher.Status


def post(*, voucher_id: UUID, actor: Employee, version: int, at: datetime) -> Voucher:
    """Make a reviewed draft final: it gets its number, the budget is spent, the document is posted.

    The same person's second click finds it posted and changes nothing. Raises VoucherNotFound, AlreadyPosted, Stale,
    OwnVoucher, VoucherProblems, PeriodClosed, DateInFuture.
    """
    with locks.busy_if_blocked(), transaction.atomic(durable=True):
        voucher = taken(voucher_id, actor)
        if not voucher.is_draft:
            if voucher.posted_by_id == actor.pk and voucher.version == version + 1:
                return voucher
            raise already_posted(voucher)
        if voucher.version != version:
            raise Stale(subject=voucher.audit_label)
        _must_be_anothers(voucher, actor)
        _must_be_complete(voucher)
        _must_be_open(voucher, voucher.dated_on, today=timezone.localdate(at))
        _number(voucher, actor=actor, at=at)
        if voucher.document is not None:
            voucher.document = _spend(voucher, voucher.document, actor=actor, at=at)
        record("voucher.posted", voucher, actor=actor, at=at, data={"amount": str(voucher.total)})
        return voucher


def reverse(*, voucher_id: UUID, actor: Employee, reason: str, at: datetime) -> Voucher:
    """Take a posted voucher back with a red copy dated today; the document may be drafted and posted anew.

    Never deletes. Returns the reversal. Raises VoucherNotFound, ReasonMissing, CannotReverse, AdvanceIsSettled,
    PeriodClosed.
    """
    if not reason.strip():
        raise ReasonMissing
    with locks.busy_if_blocked(), transaction.atomic(durable=True):
        original = taken(voucher_id, actor)
        if original.status != Status.POSTED or original.is_red:
            raise CannotReverse(subject=original.audit_label)
        today = timezone.localdate(at)
        _must_be_open(original, today, today=today)
        if original.document is not None:
            _must_be_unsettled(original.document)
        red = _red_copy(original, actor=actor, reason=reason.strip()[:200], today=today, at=at)
        _number(red, actor=actor, at=at)
        Voucher.objects.filter(pk=original.pk, status=Status.POSTED).update(
            status=Status.REVERSED, version=original.version + 1
        )
        if original.document is not None:
            original.document = red.document = _unspend(red, original.document, actor=actor, at=at)
        data = {"amount": str(original.total), "reversal": red.full_number, "reversal_id": str(red.public_id)}
        record("voucher.reversed", original, actor=actor, at=at, data=data | {"reason": red.reason})
        return red


# --- Checks -----------------------------------------------------------------------------------------------------------
def _must_be_anothers(voucher: Voucher, actor: Employee) -> None:
    """Nobody posts what is paid to herself (不相容职务分离), except where nobody else keeps the company's books."""
    document = voucher.document
    if document is None or actor.pk not in (document.applicant_id, document.payee_id):
        return
    if any(person != actor for person in rights.people_with(rights.MANAGE_VOUCHERS, voucher.company)):
        raise OwnVoucher(subject=voucher.audit_label)


def _must_be_complete(voucher: Voucher) -> None:
    """Accounts may have been closed since the draft was made, so the lines are judged anew."""
    lines = list(voucher.lines.select_related("account").annotate(parent=accounts.has_children("account")))
    entries = [
        Entry(
            summary=line.summary,
            account=accounts.facts(line.account, parent=line.parent) if line.account else None,
            debit=line.debit,
            credit=line.credit,
            department_id=line.department_id,
            employee_id=line.employee_id,
            project_id=line.project_id,
        )
        for line in lines
    ]
    found = posting.check_accounts(entries)
    if found or voucher.problems:
        subject = voucher.audit_label
        raise VoucherProblems(problems.worded(found or problems.stored(voucher.problems)), subject=subject)


def _must_be_open(voucher: Voucher, day: date, *, today: date) -> None:
    if day > today:
        raise DateInFuture(subject=voucher.audit_label, day=day.isoformat())
    if not periods.hold_open(company_id=voucher.company_id, day=day):
        raise PeriodClosed(subject=voucher.audit_label, period=f"{day:%Y-%m}")


def _must_be_unsettled(document: Document) -> None:
    """An advance that claims have settled cannot be taken back from under them. A claim under way is waited for: a
    condition on `settled` would look at the row before the lock, and pass by it."""
    if document.is_claim:
        return
    detail = AdvanceDetail.objects.select_for_update().get(document=document)
    if detail.settled > 0:
        raise AdvanceIsSettled(advance=document.number, amount=Money(detail.settled, document.currency))


# --- Effects ----------------------------------------------------------------------------------------------------------
def _number(voucher: Voucher, *, actor: Employee, at: datetime) -> None:
    """Number and post: from here on the database refuses every change. The series stays locked until the commit."""
    voucher.number = next_number(company_id=voucher.company_id, prefix=voucher.word, period=f"{voucher.dated_on:%Y-%m}")
    voucher.status, voucher.posted_by, voucher.posted_at = Status.POSTED, actor, at
    voucher.version += 1
    voucher.save(update_fields=["number", "status", "posted_by", "posted_at", "version"])


def _spend(voucher: Voucher, document: Document, *, actor: Employee, at: datetime) -> Document:
    """A claim's commitment is spent. An advance's stays committed until claims settle it: nothing is consumed yet."""
    posted = reimburse.mark_posted(document_id=document.public_id, at=at, actor=actor)
    if document.is_claim:
        budgets.spend(document_id=document.public_id, key=_key(voucher, document), at=at)
    return posted


def _unspend(red: Voucher, document: Document, *, actor: Employee, at: datetime) -> Document:
    approved = reimburse.mark_unposted(document_id=document.public_id, at=at, actor=actor)
    if document.is_claim:
        budgets.unspend(document_id=document.public_id, key=_key(red, document), at=at)
    return approved


def _key(voucher: Voucher, document: Document) -> str:
    """Posting can happen again within a round, so the voucher tells the acts apart."""
    return f"{document.public_id}:{document.round}:{voucher.public_id}"


def _red_copy(original: Voucher, *, actor: Employee, reason: str, today: date, at: datetime) -> Voucher:
    """The same lines with the sums in red (negative on the same side), each saying what it takes back."""
    with translation.override(settings.LANGUAGE_CODE):
        mark = _("Reverse %(voucher)s") % {"voucher": original.full_number}
    red = Voucher.objects.create(
        company=original.company,
        document=original.document,
        word=original.word,
        dated_on=today,
        summary=f"{mark} {original.summary}"[:200],
        total=-original.total,
        attachment_count=original.attachment_count,
        reverses=original,
        reason=reason,
        prepared_by=actor,
        created_at=at,
    )
    lines = list(original.lines.all())
    for line in lines:
        line.pk, line.voucher = None, red
        line.debit, line.credit = -line.debit, -line.credit
        line.summary = f"{mark} {line.summary}"[:200]
    VoucherLine.objects.bulk_create(lines)
    return red
