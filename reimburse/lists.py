"""The lists of a company that a document chooses from, read once for a page or a form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from directory import selectors as directory
from directory.models import Company, CostCentre, ExpenseType, Project


@dataclass(frozen=True, slots=True)
class Lists:
    expense_types: Sequence[ExpenseType]
    cost_centres: Sequence[CostCentre]
    projects: Sequence[Project]


def of(company: Company) -> Lists:
    return Lists(
        expense_types=directory.expense_types(company),
        cost_centres=directory.cost_centres(company),
        projects=directory.projects(company),
    )
