"""Posting rules: what an approved document means in debits and credits. Pure, no database.

Sources: finance reference 2.2 (rows 1, 2, 4 to 7, 12 to 14, 20) and 2.3 (net = gross − VAT, never both rounded).
Amounts are in the company's home currency. Summaries are written in the language of the books: the caller sets it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from common.errors import Finding
from common.money import ZERO, Money, total
from directory.models import ExpenseType
from vouchers.models import FixedAccount

Purpose = FixedAccount.Purpose
Use = ExpenseType.Use

NO_EXPENSE_ACCOUNT, NO_FIXED_ACCOUNT, NO_ACCOUNT = (
    "voucher_no_expense_account",
    "voucher_no_fixed_account",
    "voucher_no_account",
)
ACCOUNT_CLOSED, ACCOUNT_NOT_LEAF = "voucher_account_closed", "voucher_account_not_leaf"
NO_DEPARTMENT, NO_EMPLOYEE, NO_PROJECT = "voucher_no_department", "voucher_no_employee", "voucher_no_project"
NO_VAT_RULE, TOO_MUCH_SETTLED = "voucher_no_vat_rule", "voucher_too_much_settled"


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An account as the rules see it. Only a leaf that is in use may be posted to."""

    id: int
    code: str
    label: str
    by_department: bool = False
    by_employee: bool = False
    by_project: bool = False
    active: bool = True
    leaf: bool = True


@dataclass(frozen=True, slots=True)
class Chart:
    """The posting rules of a company: (expense type, nature of the cost centre) → account, and the fixed ones."""

    expense: Mapping[tuple[int, str], AccountFacts]
    fixed: Mapping[str, AccountFacts]


@dataclass(frozen=True, slots=True)
class Spend:
    """One line of a claim. `vat` is what may be deducted of `amount`."""

    expense_type_id: int
    type_name: str
    use: str
    nature: str
    cost_centre_id: int
    department_id: int
    project_id: int | None
    amount: Decimal
    vat: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Offset:
    """How much of an advance, and whose, the claim settles."""

    advance_number: str
    employee_id: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Party:
    """Who is paid, and the department and centre the document as a whole belongs to."""

    claimant: str
    payee_id: int
    payee: str
    department_id: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the voucher to be. Without an account it stands there to be mended, and blocks posting."""

    summary: str
    account: AccountFacts | None
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    department_id: int | None = None
    employee_id: int | None = None
    project_id: int | None = None
    cost_centre_id: int | None = None
    expense_type_id: int | None = None
    key: str = ""  # what the line is for, the same when the document is composed again


@dataclass(frozen=True, slots=True)
class Composition:
    entries: Sequence[Entry]
    problems: Sequence[Finding]

    @property
    def total(self) -> Decimal:
        return total(entry.debit for entry in self.entries)


# --- Documents --------------------------------------------------------------------------------------------------------
def compose_claim(chart: Chart, party: Party, spends: Sequence[Spend], offsets: Sequence[Offset]) -> Composition:
    """D expense net · D input VAT, once · (welfare through 2211) · C advances settled · C payable, the rest."""
    spends = [spend for spend in spends if spend.amount > 0]
    problems: list[Finding] = []
    entries = [*_expenses(chart, party, spends, problems)]
    fixed = _Fixed(chart, party, problems)
    vat = total(spend.vat for spend in spends)
    if vat:
        summary = _("%(name)s claims deductible input VAT") % {"name": party.claimant}
        entries.append(fixed.entry(Purpose.INPUT_VAT, summary, debit=vat))
    if welfare := total(spend.amount for spend in spends if spend.use == Use.WELFARE):
        entries.append(fixed.entry(Purpose.WELFARE_PAYABLE, _("Accrue staff welfare"), credit=welfare))
        entries.append(fixed.entry(Purpose.WELFARE_PAYABLE, _("Pay staff welfare"), debit=welfare))
    for offset in offsets:
        summary = _("Settle %(advance)s") % {"advance": offset.advance_number}
        entry = fixed.entry(Purpose.EMPLOYEE_ADVANCE, summary, credit=offset.amount, employee_id=offset.employee_id)
        entries.append(entry)
    payable = total(spend.amount for spend in spends) - total(offset.amount for offset in offsets)
    if payable > 0:
        summary = _("Payable to %(name)s for the claim") % {"name": party.payee}
        entries.append(fixed.entry(Purpose.EMPLOYEE_PAYABLE, summary, credit=payable))
    elif payable < 0:
        problems.append(Finding(TOO_MUCH_SETTLED, params={"over": str(Money(-payable))}))
        entries = []  # nothing that does not balance is ever written down
    return Composition(entries, [*problems, *check(entries)])


def compose_advance(chart: Chart, party: Party, amount: Decimal) -> Composition:
    """D advance to the employee · C bank. It is posted when the bank has paid."""
    problems: list[Finding] = []
    fixed = _Fixed(chart, party, problems)
    lent = _("%(name)s borrows") % {"name": party.payee}
    paid = _("Pay %(name)s's advance") % {"name": party.payee}
    entries = [
        fixed.entry(Purpose.EMPLOYEE_ADVANCE, lent, debit=amount),
        fixed.entry(Purpose.BANK, paid, credit=amount),
    ]
    return Composition(entries, [*problems, *check(entries)])


def _expenses(chart: Chart, party: Party, spends: Iterable[Spend], problems: list[Finding]) -> Iterator[Entry]:
    """Lines of the same expense type, bearer and project become one, in the order of their first."""
    merged: dict[tuple[int, int, int | None], list[Spend]] = {}
    for spend in spends:
        merged.setdefault((spend.expense_type_id, spend.cost_centre_id, spend.project_id), []).append(spend)
    missing: set[tuple[int, str]] = set()
    for group in merged.values():
        first = group[0]
        key = (first.expense_type_id, first.nature)
        account = chart.expense.get(key)
        if account is None and key not in missing:
            missing.add(key)
            params = {"type": first.type_name, "nature": first.nature, "type_id": first.expense_type_id}
            problems.append(Finding(NO_EXPENSE_ACCOUNT, params=params))
        net = total(spend.amount - spend.vat for spend in group)
        if net > 0:
            yield with_dimensions(
                Entry(
                    summary=_("%(name)s claims %(type)s") % {"name": party.claimant, "type": first.type_name},
                    account=account,
                    debit=net,
                    department_id=first.department_id,
                    employee_id=party.payee_id,
                    project_id=first.project_id,
                    cost_centre_id=first.cost_centre_id,
                    expense_type_id=first.expense_type_id,
                    key=f"expense:{first.expense_type_id}:{first.cost_centre_id}:{first.project_id}",
                )
            )


class _Fixed:
    """Entries on the accounts that do not depend on the expense; a missing one is named once."""

    def __init__(self, chart: Chart, party: Party, problems: list[Finding]) -> None:
        self.chart, self.party, self.problems = chart, party, problems
        self.missing: set[str] = set()

    def entry(
        self,
        purpose: str,
        summary: str,
        *,
        debit: Decimal = ZERO,
        credit: Decimal = ZERO,
        employee_id: int | None = None,
    ) -> Entry:
        account = self.chart.fixed.get(purpose)
        if account is None and purpose not in self.missing:
            self.missing.add(purpose)
            self.problems.append(Finding(NO_FIXED_ACCOUNT, params={"purpose": str(purpose)}))
        return with_dimensions(
            Entry(
                summary=summary,
                account=account,
                debit=debit,
                credit=credit,
                department_id=self.party.department_id,
                employee_id=employee_id or self.party.payee_id,
                key=f"{purpose}:{summary}:{'debit' if debit else 'credit'}",
            )
        )


# --- Entries ----------------------------------------------------------------------------------------------------------
def with_dimensions(entry: Entry) -> Entry:
    """The entry with the dimensions its account carries and no other. Without an account it keeps what is known."""
    account = entry.account
    if account is None:
        return entry
    return replace(
        entry,
        department_id=entry.department_id if account.by_department else None,
        employee_id=entry.employee_id if account.by_employee else None,
        project_id=entry.project_id if account.by_project else None,
    )


def check(entries: Sequence[Entry]) -> list[Finding]:
    """What keeps each line from being posted. `where` is its position, from 1. Missing accounts are not named here."""
    return [finding for position, entry in enumerate(entries, start=1) for finding in _check(position, entry)]


def check_accounts(entries: Sequence[Entry]) -> list[Finding]:
    """The same, and every line without an account as well: for drafts that a person has edited, and before posting."""
    missing = [
        Finding(NO_ACCOUNT, where=str(position), params={"line": position})
        for position, entry in enumerate(entries, start=1)
        if entry.account is None
    ]
    return [*missing, *check(entries)]


def _check(position: int, entry: Entry) -> Iterator[Finding]:
    account = entry.account
    if account is None:
        return
    params = {"account": f"{account.code} {account.label}", "line": position}
    if not account.active:
        yield Finding(ACCOUNT_CLOSED, where=str(position), params=params)
    elif not account.leaf:
        yield Finding(ACCOUNT_NOT_LEAF, where=str(position), params=params)
    for code, required, value in (
        (NO_DEPARTMENT, account.by_department, entry.department_id),
        (NO_EMPLOYEE, account.by_employee, entry.employee_id),
        (NO_PROJECT, account.by_project, entry.project_id),
    ):
        if required and value is None:
            yield Finding(code, where=str(position), params=params)


def claimed_parts(amount: Decimal, claimed: Sequence[Decimal]) -> list[Decimal]:
    """How much of each invoice a line of `amount` takes: what it says, in proportion where that is too much."""
    whole = total(claimed)
    if whole <= amount or whole <= 0:
        return list(claimed)
    return [part.amount for part in Money(amount).allocate(list(claimed))]
