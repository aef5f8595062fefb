"""What the routes of approvals may depend on, and what the approvers of a document should look at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from budgets.services import Charge, Overrun
from common.errors import Finding
from directory import selectors as directory
from reimburse import policy
from reimburse.contents import Contents


def charges(contents: Contents, *, today: date) -> list[Charge]:
    """What the document asks of budgets: the department of each line's cost centre pays, in the period of its day.

    An advance has no day and no type of expense: it is charged on the day it is sent, to the department as a whole.
    """
    return [
        Charge(
            line_id=line.public_id,
            department_id=line.cost_centre.department_id,
            expense_type_id=line.expense_type_id,
            on=line.spent_on or today,
            amount=line.amount,
        )
        for line in contents.lines
        if line.amount
    ]


def attention(findings: Sequence[Finding], overruns: Sequence[Overrun]) -> list[Finding]:
    """What deserves an approver's eye: budgets first, then what the policy warns of."""
    return [*(overrun.finding for overrun in overruns), *policy.noteworthy(findings)]


def facts(contents: Contents, *, noteworthy: Sequence[Finding], over_budget: bool, today: date) -> dict[str, Any]:
    """The facts declared for both kinds (`approvals.facts`): sums in the company's currency, codes of its lists."""
    document = contents.document
    post = directory.post_in(document.applicant, document.company, day=today)
    return {
        "amount": document.total,
        "expense_types": sorted({line.expense_type.code for line in contents.lines if line.expense_type}),
        "department": document.department.code,
        "departments": directory.codes_above(document.department),
        "cost_centre": document.cost_centre.code,
        "project": document.project.code if document.project else "",
        "over_budget": over_budget,
        "level": post.level if post else 0,
        "has_findings": bool(noteworthy),
    }
