"""The facts that documents of every kind have, ready to be declared by a kind."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from approvals.kinds import Fact
from directory import selectors as directory
from directory.models import Company, Department, Named


def _pairs(rows: Sequence[Named]) -> list[tuple[str, str]]:
    return [(row.code, row.shown_name) for row in rows]  # type: ignore[attr-defined]  # all with a code of their own


def expense_types(company: Company) -> list[tuple[str, str]]:
    return _pairs(directory.expense_types(company))


def departments(company: Company) -> list[tuple[str, str]]:
    return _pairs(list(Department.objects.filter(company=company, active=True)))


def cost_centres(company: Company) -> list[tuple[str, str]]:
    return _pairs(directory.cost_centres(company))


def projects(company: Company) -> list[tuple[str, str]]:
    return _pairs(directory.projects(company))


COMMON_FACTS = {
    "amount": Fact("decimal", _("amount")),  # in the company's currency
    "expense_types": Fact("codes", _("expense types"), expense_types),
    "department": Fact("code", _("department"), departments, within="departments"),
    "cost_centre": Fact("code", _("cost centre"), cost_centres),
    "project": Fact("code", _("project"), projects),
    "over_budget": Fact("bool", _("over budget")),
    "level": Fact("number", _("applicant's level")),
    "has_findings": Fact("bool", _("something to look at")),
}
