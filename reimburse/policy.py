"""What must be mended before a document is sent, and what its approvers should know. Pure judgements, no database.

Every function returns all it finds, so that a document is mended once and not nine times. Sources: expense policy as
in docs/states.md; deadlines after 企业所得税汇算清缴 (31 May of the next year).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from common.errors import Finding, Severity
from common.money import ZERO, total
from common.templatetags.ui import money
from invoices import policy as invoice_policy

LATE_AFTER = timedelta(days=90)  # an expense should be claimed within three months
SETTLEMENT_DAY = (5, 31)  # 汇算清缴: last day on which the year before may still be claimed
WRONG: dict[str, tuple[Severity, str]] = {  # what `invoices.policy.problems` finds, and how grave it is on a claim
    invoice_policy.WRONG_TITLE: ("block", "invoice_other_buyer"),
    invoice_policy.WRONG_TAX_ID: ("block", "invoice_other_tax_id"),
    invoice_policy.NO_TAX_ID: ("warn", "invoice_no_tax_id"),
    invoice_policy.RED_LETTER: ("block", "invoice_red"),
}
LONGEST_ADVANCE = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """One invoice on a line, as far as it can be right or wrong."""

    label: str  # how the page names it: the seller, else the number
    key: str = field(default="", kw_only=True)  # the invoice's public id
    total: Decimal | None
    claimed: Decimal
    currency: str = "CNY"
    issued_on: date | None = None
    known: bool = True  # has a number; a photo that nobody has typed yet has none
    unsure: bool = False
    wrong: Sequence[str] = ()  # codes of `invoices.policy.problems`: title, tax id, red letter
    used_by: str = ""  # the other document that has spent it
    marked_by: str = ""  # another draft of the same person that has it too


@dataclass(frozen=True, slots=True)
class LineFacts:
    key: str  # the line's public id
    type_code: str = ""
    type_name: str = ""
    type_active: bool = True
    needs_invoice: bool = True
    entertainment: bool = False
    spent_on: date | None = None
    purpose: str = ""  # as a person wrote it: "" where it is only what the invoice says
    amount: Decimal | None = None
    payer_active: bool = True  # its cost centre and project are in use
    invoices: Sequence[InvoiceFacts] = ()


@dataclass(frozen=True, slots=True)
class AdvanceFacts:
    """An open advance of the applicant: what is still to be settled, and how much of it this claim settles."""

    label: str
    open: Decimal
    settled_here: Decimal = ZERO
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document as the policy sees it. `today` is the company's local day."""

    today: date
    currency: str = "CNY"
    buyer: str = ""  # the company's name, as it must stand on invoices
    lines: Sequence[LineFacts] = ()
    advances: Sequence[AdvanceFacts] = ()
    due_on: date | None = None
    purpose: str = ""
    seen: Sequence[tuple[str, date, Decimal]] = field(default=())  # (type's code, day, amount) claimed before

    @property
    def sum(self) -> Decimal:
        return total(line.amount or ZERO for line in self.lines)


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "block"]


def noteworthy(findings: Iterable[Finding]) -> list[Finding]:
    """What approvers should look at."""
    return [finding for finding in findings if finding.severity == "warn"]


# --- Expense claims ---------------------------------------------------------------------------------------------------
def check_claim(sheet: Sheet) -> list[Finding]:
    if not sheet.lines:
        return [Finding("no_lines")]
    found = [finding for line in sheet.lines for finding in _line(sheet, line)]
    return [*found, *_repeats(sheet), *_settlements(sheet)]


def _line(sheet: Sheet, line: LineFacts) -> Iterator[Finding]:
    if not line.type_code:
        yield Finding("line_no_type", where=line.key)
    elif not line.type_active:
        yield Finding("line_type_closed", where=line.key, params={"type": line.type_name})
    if not line.payer_active:
        yield Finding("line_payer_closed", where=line.key)
    if line.entertainment and not line.purpose.strip():
        yield Finding("line_no_purpose", where=line.key)
    yield from _day(sheet.today, line)
    yield from _amount(sheet, line)
    if line.needs_invoice and line.type_code and not line.invoices:
        yield Finding("line_no_invoice", where=line.key, params={"type": line.type_name})
    for invoice in line.invoices:
        yield from _invoice(sheet, line, invoice)


def _day(today: date, line: LineFacts) -> Iterator[Finding]:
    if line.spent_on is None:
        yield Finding("line_no_date", where=line.key)
    elif line.spent_on > today:
        yield Finding("line_date_future", where=line.key, params={"day": line.spent_on.isoformat()})
    elif today > last_day_for(line.spent_on):
        params = {"day": line.spent_on.isoformat(), "until": last_day_for(line.spent_on).isoformat()}
        yield Finding("line_too_old", where=line.key, params=params)
    elif line.spent_on.year < today.year:
        params = {"day": line.spent_on.isoformat(), "until": last_day_for(line.spent_on).isoformat()}
        yield Finding("line_last_year", "warn", where=line.key, params=params)
    elif today - line.spent_on > LATE_AFTER:
        params = {"day": line.spent_on.isoformat(), "days": str(LATE_AFTER.days)}
        yield Finding("line_late", "warn", where=line.key, params=params)


def last_day_for(spent_on: date) -> date:
    """Until when an expense of that day may be claimed: the end of the tax settlement of its year."""
    return date(spent_on.year + 1, *SETTLEMENT_DAY)


def _amount(sheet: Sheet, line: LineFacts) -> Iterator[Finding]:
    if not line.amount:
        yield Finding("line_no_amount", where=line.key)
        return
    totals = [invoice.total for invoice in line.invoices]
    if not totals or None in totals:
        return
    proven = total(amount for amount in totals if amount is not None)
    params = {"amount": _shown(line.amount, sheet), "invoices": _shown(proven, sheet)}
    if line.amount > proven:
        yield Finding("line_over_invoices", where=line.key, params=params)
    elif line.amount < proven:
        yield Finding("line_below_invoices", "info", where=line.key, params=params)


def _invoice(sheet: Sheet, line: LineFacts, invoice: InvoiceFacts) -> Iterator[Finding]:
    params = {"invoice": invoice.label, "id": invoice.key}
    if not invoice.known:
        yield Finding("invoice_unknown", where=line.key, params=params)
    elif invoice.unsure:
        yield Finding("invoice_unsure", where=line.key, params=params)
    for code in invoice.wrong:
        severity, name = WRONG[code]
        yield Finding(name, severity, where=line.key, params=params | {"buyer": sheet.buyer})
    if invoice.issued_on is not None and invoice.issued_on > sheet.today:
        yield Finding("invoice_future", where=line.key, params=params | {"day": invoice.issued_on.isoformat()})
    if invoice.currency != sheet.currency:
        yield Finding("invoice_foreign", where=line.key, params=params | {"currency": invoice.currency})
    if invoice.used_by:
        yield Finding("invoice_used", where=line.key, params=params | {"document": invoice.used_by})
    elif invoice.marked_by:
        yield Finding("invoice_marked", "warn", where=line.key, params=params | {"document": invoice.marked_by})


def _repeats(sheet: Sheet) -> Iterator[Finding]:
    """Lines without invoice that were claimed before, or stand here twice: same type, day and amount."""
    count: Counter[tuple[str, date, Decimal]] = Counter(sheet.seen)
    for line in sheet.lines:
        if line.invoices or line.spent_on is None or not line.amount or not line.type_code:
            continue
        same = (line.type_code, line.spent_on, line.amount)
        if count[same]:
            params = {"type": line.type_name, "day": line.spent_on.isoformat(), "amount": _shown(line.amount, sheet)}
            yield Finding("line_repeated", "warn", where=line.key, params=params)
        count[same] += 1


def _settlements(sheet: Sheet) -> Iterator[Finding]:
    settled = total(advance.settled_here for advance in sheet.advances)
    if settled > sheet.sum:
        params = {"settled": _shown(settled, sheet), "total": _shown(sheet.sum, sheet)}
        yield Finding("settled_over_total", params=params)
    for advance in sheet.advances:
        params = {"advance": advance.label, "open": _shown(advance.open, sheet)}
        if advance.settled_here > advance.open:
            yield Finding("settled_over_open", params=params | {"settled": _shown(advance.settled_here, sheet)})
        elif advance.overdue and not advance.settled_here:
            yield Finding("advance_overdue_unsettled", "warn", params=params)
        elif not advance.settled_here and settled < sheet.sum:
            yield Finding("advance_unsettled", "info", params=params)


# --- Cash advances ----------------------------------------------------------------------------------------------------
def check_advance(sheet: Sheet) -> list[Finding]:
    found: list[Finding] = []
    line = sheet.lines[0] if sheet.lines else LineFacts(key="")
    if not sheet.purpose.strip():
        found.append(Finding("advance_no_purpose"))
    if not line.amount:
        found.append(Finding("advance_no_amount"))
    if not line.payer_active:
        found.append(Finding("line_payer_closed", where=line.key))
    return [*found, *_due(sheet), *_earlier(sheet)]


def _due(sheet: Sheet) -> Iterator[Finding]:
    if sheet.due_on is None:
        yield Finding("advance_no_due_date")
    elif sheet.due_on < sheet.today:
        yield Finding("advance_due_past", params={"day": sheet.due_on.isoformat()})
    elif sheet.due_on - sheet.today > LONGEST_ADVANCE:
        params = {"day": sheet.due_on.isoformat(), "latest": (sheet.today + LONGEST_ADVANCE).isoformat()}
        yield Finding("advance_due_far", params=params)


def _earlier(sheet: Sheet) -> Iterator[Finding]:
    """An overdue advance is settled before the next one; an open one is worth knowing."""
    for advance in sheet.advances:
        params = {"advance": advance.label, "open": _shown(advance.open, sheet)}
        if advance.overdue:
            yield Finding("advance_overdue", params=params)
        else:
            yield Finding("advance_open", "warn", params=params)


def _shown(amount: Decimal, sheet: Sheet) -> str:
    return money(amount, sheet.currency)
