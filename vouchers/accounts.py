"""Reading the chart and the posting rules for composing and checking vouchers."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat

from vouchers.models import Account, ExpenseAccount, FixedAccount
from vouchers.posting import AccountFacts, Chart


def has_children(account: str) -> Exists:
    """Whether the account behind a path ("account", or "" for the account itself) has accounts in use below it."""
    prefix = f"{account}__" if account else ""
    return Exists(
        Account.objects.filter(
            company_id=OuterRef(f"{prefix}company_id"),
            active=True,
            code__startswith=Concat(OuterRef(f"{prefix}code"), Value(".")),
        )
    )


def leaves(company_id: int) -> QuerySet[Account]:
    """Accounts that may be posted to: in use, and nothing below them."""
    return Account.objects.filter(company_id=company_id, active=True).exclude(has_children("")).order_by("code")


def facts(account: Account, *, parent: bool) -> AccountFacts:
    return AccountFacts(
        id=account.pk,
        code=account.code,
        label=account.name,
        by_department=account.by_department,
        by_employee=account.by_employee,
        by_project=account.by_project,
        active=account.active,
        leaf=not parent,
    )


def facts_of(account_ids: Iterable[int]) -> dict[int, AccountFacts]:
    rows = Account.objects.filter(pk__in=set(account_ids)).annotate(parent=has_children(""))
    return {account.pk: facts(account, parent=account.parent) for account in rows}


def chart_of(company_id: int) -> Chart:
    """The posting rules of a company, in two statements."""
    expense = ExpenseAccount.objects.filter(company_id=company_id).select_related("account")
    fixed = FixedAccount.objects.filter(company_id=company_id).select_related("account")
    return Chart(
        expense={
            (rule.expense_type_id, rule.nature): facts(rule.account, parent=rule.parent)
            for rule in expense.annotate(parent=has_children("account"))
        },
        fixed={
            rule.purpose: facts(rule.account, parent=rule.parent)
            for rule in fixed.annotate(parent=has_children("account"))
        },
    )
