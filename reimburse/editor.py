"""The editor of a document as it is drawn: lines, the open one, findings to walk through, the budget left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from approvals.models import Slot
from budgets import selectors as budgets
from budgets.services import Overrun
from common.errors import Finding
from common.money import HOME_CURRENCY
from invoices.shown import Face
from reimburse import checking, forms, lists, routing, showing
from reimburse import contents as reading
from reimburse.contents import Contents
from reimburse.models import Document, Line
from reimburse.showing import BudgetShown, LineShown

GRAVE = ("block", "warn")


@dataclass
class Editor:
    """One look at a draft. Every part is worked out when a template asks for it, and once."""

    document: Document
    contents: Contents
    today: date
    open_id: UUID | None = None
    errors: forms.LineForm | None = None  # what was typed into the open line and could not be taken

    @cached_property
    def lists(self) -> lists.Lists:
        return lists.of(self.document.company)

    @cached_property
    def sent_back(self) -> Slot | None:
        """The turn of whoever sent the document back."""
        if self.document.status != Document.Status.RETURNED:
            return None
        turns = Slot.objects.filter(request=self.document.approval_id, state=Slot.State.RETURNED)
        return turns.select_related("approver").order_by("-acted_at").first()

    @cached_property
    def open_line(self) -> Line | None:
        """The line being edited: the one asked for, else the first with something to be mended, else the first."""
        asked = (line for line in self.contents.lines if line.public_id == self.open_id)
        grave = {finding.where for finding in self.findings if finding.severity in GRAVE}
        troubled = (line for line in self.contents.lines if str(line.public_id) in grave)
        return next(asked, None) or next(troubled, None) or next(iter(self.contents.lines), None)

    @cached_property
    def effects(self) -> Sequence[budgets.Effect]:
        return budgets.preview(routing.charges(self.contents, today=self.today))

    @cached_property
    def findings(self) -> list[Finding]:
        return [*checking.findings_of(self.contents, today=self.today), *_overruns(self.effects)]

    @cached_property
    def marks(self) -> dict[int, list[Any]]:
        return showing.marks_of(self.contents)

    @cached_property
    def lines(self) -> list[LineShown]:
        return showing.lines_of(self.contents, self.findings, self.marks, open_line=self.open_line)

    @cached_property
    def shown(self) -> LineShown | None:
        """The open line with its findings."""
        return next((line for line in self.lines if line.is_open), None)

    @cached_property
    def general(self) -> list[Finding]:
        """What is said about the claim as a whole; an advance says everything at its one form."""
        return showing.general(self.findings) if self.document.is_claim else []

    @cached_property
    def notes(self) -> Sequence[Any]:
        """What is said where one types."""
        if not self.document.is_claim:
            return self.findings
        return self.shown.findings if self.shown else []

    @cached_property
    def to_mend(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity in GRAVE]

    @property
    def blocked(self) -> bool:
        return any(finding.severity == "block" for finding in self.findings)

    @property
    def next_to_mend(self) -> str:
        """The line that a click on the number of findings leads to: the next one after the open line that has any."""
        keys = [str(line.line.public_id) for line in self.lines if line.gravity]
        open_number = self.shown.number if self.shown else 0
        after = [str(line.line.public_id) for line in self.lines if line.gravity and line.number > open_number]
        return next(iter([*after, *keys]), "")

    @cached_property
    def budget(self) -> BudgetShown | None:
        return showing.tightest(self.effects)

    @property
    def unit(self) -> str:
        """元, or the code of another currency, for the heads of columns."""
        return _("CNY") if self.document.currency == HOME_CURRENCY else self.document.currency

    @cached_property
    def sums(self) -> showing.Sums:
        return showing.sums_of(self.contents)

    @cached_property
    def head_form(self) -> forms.HeadForm:
        document = self.document
        values = {"title": document.title, "cost_centre": document.cost_centre, "project": document.project}
        if self.contents.advance:
            values |= {"due_on": self.contents.advance.due_on}
        return forms.HeadForm(self.lists, initial=values)

    @cached_property
    def line_form(self) -> forms.LineForm | None:
        """The fields of the open line, with what was typed wrongly still in them."""
        line = self.open_line
        if line is None:
            return None
        if self.errors is not None:
            return self.errors
        names = ("expense_type", "spent_on", "purpose", "cost_centre", "project")
        values = {name: getattr(line, name) for name in names}
        values["amount"] = None if line.amount is None else f"{line.amount:,.2f}"
        return forms.LineForm(self.lists, initial=values)

    @cached_property
    def faces(self) -> list[Face]:
        """The invoices of the open line."""
        if self.open_line is None:
            return []
        used = reading.invoices_of(self.open_line)
        return showing.faces_of(self.document, [row.invoice for row in used], self.marks)

    @cached_property
    def advances(self) -> list[tuple[Document, Any]]:
        """The advances that may be settled, each with the field for how much this claim settles."""
        if not self.document.is_claim:
            return []
        wished = {row.advance_id: row for row in self.contents.settlements}
        listed = checking.open_advances(self.document)
        values = {str(a.public_id): f"{wished[a.pk].amount:,.2f}" for a in listed if a.pk in wished}
        form = forms.SettleForm(listed, initial=values)
        return [(advance, form[str(advance.public_id)]) for advance in listed]


def of(document: Document, *, today: date, open_id: UUID | None = None) -> Editor:
    return Editor(document, reading.read(document), today, open_id)


def _overruns(effects: Sequence[budgets.Effect]) -> list[Finding]:
    """What budgets would say if the document were sent now: some refuse, some only warn."""
    found = []
    for effect in effects:
        if effect.over:
            finding = Overrun(effect.node, over=-effect.after, left=effect.available_before).finding
            found.append(replace(finding, severity="block") if effect.mode == "block" else finding)
    return found
