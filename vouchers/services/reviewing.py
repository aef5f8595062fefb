"""Reviewing a draft (稽核): its date, its lines' accounts and dimensions, and single decisions about input VAT.

Amounts are never typed: they follow from the document and the VAT decisions, so that a draft always balances.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from common import locks
from common.money import Money, round_amount
from directory.models import Department, Employee, Project
from vouchers import accounts, composing, posting, vat
from vouchers.composing import Composed, Taxed
from vouchers.errors import ForeignValue, LinesChanged, ReasonMissing, VatNotAllowed, VatTooHigh
from vouchers.kinds import VatReason
from vouchers.models import Account, VatDecision, Voucher, VoucherLine
from vouchers.posting import AccountFacts, Composition, Entry
from vouchers.services.drafting import decisions_by_hand, rewrite
from vouchers.services.taking import record, taken_draft

UNDECIDABLE = (VatReason.SMALL_TAXPAYER, VatReason.USE)  # the law leaves nothing to decide


@dataclass(frozen=True, slots=True)
class LineChange:
    """What a person wants a line of the draft to say. Keys are those of the company's own lists; None: none."""

    position: int
    summary: str
    account_id: int | None
    department_id: int | None = None
    employee_id: int | None = None
    project_id: int | None = None


# --- Lines ------------------------------------------------------------------------------------------------------------
def edit(
    *,
    voucher_id: UUID,
    actor: Employee,
    version: int,
    lines: Sequence[LineChange],
    dated_on: date,
    attachment_count: int,
    at: datetime,
) -> Voucher:
    """Change a draft's date, number of papers, and its lines' summaries, accounts and dimensions.

    Dimensions that an account is not kept by are dropped; missing ones become problems. Raises VoucherNotFound,
    AlreadyPosted, Stale, LinesChanged, ForeignValue.
    """
    with locks.busy_if_blocked(), transaction.atomic(durable=True):
        voucher = taken_draft(voucher_id, actor, version)
        rows = list(voucher.lines.select_related("account", "department", "employee", "project"))
        if [row.position for row in rows] != [change.position for change in lines]:
            raise LinesChanged(subject=voucher.audit_label)
        known = accounts.facts_of(change.account_id for change in lines if change.account_id is not None)
        names = _names(voucher, lines)
        entries = [_entry(row, change, known) for row, change in zip(rows, lines, strict=True)]
        changes = [found for row, entry in zip(rows, entries, strict=True) if (found := _apply(row, entry, names))]
        changes += _apply_head(voucher, dated_on, attachment_count)
        if changes:
            VoucherLine.objects.bulk_update(rows, ["summary", *DIMENSIONS])
            _save_reviewed(voucher, entries, actor)
            record("voucher.changed", voucher, actor=actor, at=at, data={"changes": changes})
        return voucher


DIMENSIONS = ("account", "department", "employee", "project")
Names = dict[tuple[str, int], str]  # what a chosen value is called, by column and key


def _entry(row: VoucherLine, change: LineChange, known: dict[int, AccountFacts]) -> Entry:
    return posting.with_dimensions(
        Entry(
            summary=change.summary.strip()[:200] or row.summary,
            account=known[change.account_id] if change.account_id is not None else None,
            debit=row.debit,
            credit=row.credit,
            department_id=change.department_id,
            employee_id=change.employee_id,
            project_id=change.project_id,
        )
    )


def _apply(row: VoucherLine, entry: Entry, names: Names) -> dict[str, Any] | None:
    """Put the entry on the row. What changed, from and to in words, for the trail; None when nothing did."""
    changed: dict[str, Any] = {}
    if row.summary != entry.summary:
        changed["summary"] = [row.summary, entry.summary]
        row.summary = entry.summary
    wanted = {
        "account": entry.account.id if entry.account else None,
        "department": entry.department_id,
        "employee": entry.employee_id,
        "project": entry.project_id,
    }
    for name, key in wanted.items():
        if getattr(row, f"{name}_id") != key:
            before = getattr(row, name)
            changed[name] = [_called(before) if before else "", names[name, key] if key else ""]
            setattr(row, f"{name}_id", key)
    return {"line": row.position, **changed} if changed else None


def _called(value: Any) -> str:
    """Names in the language of the books: the trail is read by everybody."""
    return str(value) if isinstance(value, Account) else str(value.name)


def _apply_head(voucher: Voucher, dated_on: date, attachment_count: int) -> list[dict[str, Any]]:
    changed: dict[str, Any] = {}
    if voucher.dated_on != dated_on:
        changed["dated_on"] = [voucher.dated_on.isoformat(), dated_on.isoformat()]
    if voucher.attachment_count != attachment_count:
        changed["attachment_count"] = [voucher.attachment_count, attachment_count]
    voucher.dated_on, voucher.attachment_count = dated_on, attachment_count
    return [changed] if changed else []


def _save_reviewed(voucher: Voucher, entries: Sequence[Entry], actor: Employee) -> None:
    """Judge the draft anew. What the rules lack (an input VAT rule, say) stays until the draft is made again."""
    of_rules = [
        problem for problem in voucher.problems if problem["code"] in (posting.NO_VAT_RULE, posting.TOO_MUCH_SETTLED)
    ]
    voucher.problems = [*of_rules, *(problem.as_json() for problem in posting.check_accounts(entries))]
    voucher.prepared_by = actor
    voucher.version += 1
    voucher.save(update_fields=["dated_on", "attachment_count", "problems", "prepared_by", "version"])


def _names(voucher: Voucher, lines: Sequence[LineChange]) -> Names:
    """What the chosen values are called; each must be of the voucher's company. Raises ForeignValue."""
    company = voucher.company_id
    ours: dict[str, QuerySet[Any]] = {
        "account": Account.objects.filter(company_id=company),
        "department": Department.objects.filter(company_id=company),
        "project": Project.objects.filter(company_id=company),
        "employee": Employee.objects.filter(posts__company_id=company).distinct(),
    }
    names: Names = {}
    for name, rows in ours.items():
        wanted = {getattr(change, f"{name}_id") for change in lines} - {None}
        found = {row.pk: _called(row) for row in rows.filter(pk__in=wanted)} if wanted else {}
        if strange := wanted - set(found):
            raise ForeignValue(
                line=next(change.position for change in lines if getattr(change, f"{name}_id") in strange)
            )
        names |= {(name, key): called for key, called in found.items()}
    return names


# --- Input VAT --------------------------------------------------------------------------------------------------------
def decide_vat(
    *,
    voucher_id: UUID,
    actor: Employee,
    version: int,
    invoice_id: UUID,
    deductible: Decimal,
    because: str,
    at: datetime,
) -> Voucher:
    """Decide one invoice's input VAT by hand, with a reason: an unknown kind, a traveller known from elsewhere.

    The lines follow; what people changed on them stays. Raises VoucherNotFound, AlreadyPosted, Stale, ReasonMissing,
    VatNotAllowed where the law leaves nothing to decide, VatTooHigh.
    """
    if not because.strip():
        raise ReasonMissing
    with locks.busy_if_blocked(), transaction.atomic(durable=True):
        voucher = taken_draft(voucher_id, actor, version)
        assert voucher.document is not None, "a draft has a document"
        by_hand = decisions_by_hand(voucher)
        before = composing.compose(voucher.document, by_hand=by_hand)
        taxed = _taxed(voucher, before, invoice_id)
        _must_be_decidable(taxed, deductible)
        by_hand[taxed.invoice.pk] = VatDecision(
            deductible=round_amount(deductible), decided_by=actor, because=because.strip()[:200]
        )
        after = composing.compose(voucher.document, by_hand=by_hand)
        after = _with_edits(after, before, list(voucher.lines.all()))
        rewrite(voucher, after, by_hand=by_hand)
        data = {
            "invoice": str(taxed.invoice),
            "deductible": [str(taxed.deductible), str(round_amount(deductible))],
            "because": because.strip(),
        }
        record("voucher.vat_decided", voucher, actor=actor, at=at, data=data)
        return voucher


def _taxed(voucher: Voucher, composed: Composed, invoice_id: UUID) -> Taxed:
    found = next((taxed for taxed in composed.taxed if taxed.invoice.public_id == invoice_id), None)
    if found is None:
        raise LinesChanged(subject=voucher.audit_label)
    return found


def _must_be_decidable(taxed: Taxed, deductible: Decimal) -> None:
    if deductible and taxed.decision.reason in UNDECIDABLE:
        raise VatNotAllowed(invoice=taxed.invoice, reason=taxed.decision.reason.label)
    most = vat.ceiling(taxed.evidence)
    if not 0 <= deductible <= most:
        raise VatTooHigh(invoice=taxed.invoice, most=Money(most))


def _with_edits(after: Composed, before: Composed, rows: Sequence[VoucherLine]) -> Composed:
    """The new lines with what people had changed on the old ones: a line that says what was composed was not edited."""
    if len(rows) != len(before.entries):
        return after
    known = accounts.facts_of(row.account_id for row in rows if row.account_id is not None)
    edited = {entry.key: row for entry, row in zip(before.entries, rows, strict=True) if _differs(entry, row)}
    if not edited:
        return after
    entries = [_as_edited(entry, edited.get(entry.key), known) for entry in after.entries]
    kept = [
        problem
        for problem in after.composition.problems
        if not problem.where and problem.code == posting.TOO_MUCH_SETTLED
    ]
    return replace(after, composition=Composition(entries, [*kept, *posting.check_accounts(entries)]))


def _differs(entry: Entry, row: VoucherLine) -> bool:
    account_id = entry.account.id if entry.account else None
    composed = (entry.summary, account_id, entry.department_id, entry.employee_id, entry.project_id)
    return composed != (row.summary, row.account_id, row.department_id, row.employee_id, row.project_id)


def _as_edited(entry: Entry, row: VoucherLine | None, known: dict[int, AccountFacts]) -> Entry:
    if row is None:
        return entry
    return replace(
        entry,
        summary=row.summary,
        account=known[row.account_id] if row.account_id is not None else None,
        department_id=row.department_id,
        employee_id=row.employee_id,
        project_id=row.project_id,
    )
