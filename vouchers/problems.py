"""What keeps a voucher from being posted: the sentences, and where each thing is mended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import findings
from common.errors import Finding, Wording
from directory.models import CostCentre
from vouchers import posting
from vouchers.kinds import InvoiceKind
from vouchers.models import FixedAccount

WORDINGS: Mapping[str, Wording] = {
    posting.NO_EXPENSE_ACCOUNT: _(
        "No account is set for “%(type)s” borne by %(nature_label)s. An administrator adds it under Expense accounts."
    ),
    posting.NO_FIXED_ACCOUNT: _(
        "No account is set for %(purpose_label)s. An administrator adds it under Fixed accounts."
    ),
    posting.NO_ACCOUNT: _("Line %(line)s has no account. Choose one."),
    posting.ACCOUNT_CLOSED: _("Line %(line)s: the account %(account)s is no longer in use. Choose another one."),
    posting.ACCOUNT_NOT_LEAF: _("Line %(line)s: %(account)s has accounts below it. Choose one of those."),
    posting.NO_DEPARTMENT: _("Line %(line)s: %(account)s is kept by department. Choose one."),
    posting.NO_EMPLOYEE: _("Line %(line)s: %(account)s is kept by employee. Choose one."),
    posting.NO_PROJECT: _("Line %(line)s: %(account)s is kept by project. Choose one."),
    posting.NO_VAT_RULE: _(
        "No input VAT rule says what a %(kind_label)s of %(day)s gives. An administrator adds it under Input VAT rules."
    ),
    posting.TOO_MUCH_SETTLED: _(
        "The advances settled are %(over)s more than the claim. Have the claim returned and mended."
    ),
}

# Codes whose remedy is a row of the posting rules: the administrators' page that adds it.
_ADMIN = {
    posting.NO_EXPENSE_ACCOUNT: "admin:vouchers_expenseaccount_add",
    posting.NO_FIXED_ACCOUNT: "admin:vouchers_fixedaccount_add",
    posting.NO_VAT_RULE: "admin:vouchers_vatrule_add",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is missing, worded for the viewer. `href`: where administrators add it, if they have to."""

    text: str
    href: str
    position: int | None

    @property
    def in_draft(self) -> bool:
        """Whether a line of the draft is edited to mend it."""
        return not self.href and self.position is not None


def register() -> None:
    findings.register(WORDINGS)


def shown(rows: Iterable[Mapping[str, Any]], company_id: int) -> list[Problem]:
    """The stored problems of a voucher, for its page."""
    return [
        Problem(
            text=word(row["code"], row["params"]),
            href=_href(row["code"], row["params"], company_id),
            position=int(row["where"]) if row["where"] else None,
        )
        for row in rows
    ]


def word(code: str, params: Mapping[str, Any]) -> str:
    return findings.word(code, labelled(params))


def labelled(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters with the words for those that are codes, in the viewer's language."""
    words = dict(params)
    if "nature" in params:
        words["nature_label"] = CostCentre.Nature(params["nature"]).label
    if "purpose" in params:
        words["purpose_label"] = FixedAccount.Purpose(params["purpose"]).label
    if "kind" in params:
        words["kind_label"] = InvoiceKind(params["kind"]).label
    return words


def stored(rows: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """The findings a voucher keeps, as they were found."""
    return [Finding(**row) for row in rows]


def worded(found: Sequence[Finding]) -> list[Finding]:
    """Findings whose parameters any page can word, for errors that leave this app."""
    return [Finding(f.code, f.severity, f.where, labelled(f.params)) for f in found]


def _href(code: str, params: Mapping[str, Any], company_id: int) -> str:
    target = _ADMIN.get(code)
    if target is None:
        return ""
    given = {"company": company_id, "nature": params.get("nature"), "expense_type": params.get("type_id")}
    given |= {"purpose": params.get("purpose")} if "purpose" in params else {}
    given = {"kind": params["kind"], "starts_on": params["day"]} if "kind" in params else given
    return f"{reverse(target)}?{urlencode({key: value for key, value in given.items() if value is not None})}"
