"""What the inbox's pages show of a turn: the words around the columns that the request carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from approvals import history, kinds
from approvals.models import ApprovalRequest, Slot
from approvals.selectors import Summary
from common import findings
from common.templatetags import ui


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list."""

    slot: Slot
    current: bool = False

    @property
    def request(self) -> ApprovalRequest:
        return self.slot.request

    @property
    def kind(self) -> str:
        kind = kinds.find(self.request.kind)
        return str(kind.label) if kind else self.request.kind

    @property
    def document_url(self) -> str:
        kind = kinds.find(self.request.kind)
        return kind.url(self.request.subject_id) if kind else ""

    @property
    def flag(self) -> str:
        """The first thing that deserves attention, in a sentence."""
        return attention(self.request)[0] if self.slot.flagged and self.request.attention else ""

    @property
    def answer(self) -> str:
        return str(Slot.State(self.slot.state).label)


def attention(request: ApprovalRequest) -> list[str]:
    return [findings.word(found["code"], found["params"]) for found in request.attention]


def rows(slots: Sequence[Slot], current: Slot | None = None) -> list[Row]:
    return [Row(slot, current=current is not None and slot.pk == current.pk) for slot in slots]


def sum_of(summary: Summary) -> str:
    """What waits, added up by currency: ¥71,438.60."""
    return _(", ").join(ui.money(amount, currency) for currency, amount in sorted(summary.sums.items()))


def then(request: ApprovalRequest) -> str:
    """What an approval leads to, for the decision bar."""
    following = history.whats_next(request)
    if following is None:
        return _("the last step")
    name, people = following
    words = {"step": name, "people": _(", ").join(person.display_name for person in people[:3])}
    return _("then %(step)s: %(people)s") % words


def note_of(slot: Slot) -> str:
    """Why it is this approver, where the route itself does not say so."""
    if slot.reason == Slot.Reason.ROUTE:
        return ""
    return str(Slot.Reason(slot.reason).label)


def said(request: ApprovalRequest, action: str) -> str:
    """What was just done, for the message on the page."""
    words: dict[str, Any] = {"number": request.number, "title": request.title}
    if action == "return":
        return _("%(number)s “%(title)s” went back to the applicant.") % words
    if action == "reject":
        return _("%(number)s “%(title)s” is rejected.") % words
    if request.status == ApprovalRequest.Status.APPROVED:
        return _("%(number)s “%(title)s” is approved.") % words
    return _("%(number)s “%(title)s”: your approval is in; it goes on.") % words
