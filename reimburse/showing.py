"""A document as its pages draw it: lines with their invoices and findings, budget effect, stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from approvals.selectors import RouteStepView
from budgets.selectors import Effect
from common.errors import Finding
from common.money import ZERO, total
from invoices import selectors as invoice_selectors
from invoices import shown
from invoices.models import Invoice, InvoiceFile
from invoices.shown import Face, Mark
from reimburse import contents as reading
from reimburse.contents import Contents
from reimburse.models import Document, Line, LineInvoice

GRAVITY = {"bad": 0, "warn": 1, "wait": 2, "ok": 3, "none": 4}


@dataclass(frozen=True, slots=True)
class InvoiceShown:
    """An invoice on a line: its kind in a word, and the mark that matters most."""

    used: LineInvoice
    kind: str
    mark: Mark | None

    @property
    def invoice(self) -> Invoice:
        return self.used.invoice


@dataclass(frozen=True, slots=True)
class LineShown:
    number: int
    line: Line
    invoices: Sequence[InvoiceShown]
    findings: Sequence[Any]  # `Finding`, or what is kept of one
    is_open: bool = False

    @property
    def needs_no_invoice(self) -> bool:
        expense_type = self.line.expense_type
        return not self.invoices and expense_type is not None and not expense_type.needs_invoice

    @property
    def mark(self) -> Mark | None:
        """The gravest mark of all its invoices."""
        marks = [shown.mark for shown in self.invoices if shown.mark]
        return min(marks, key=lambda mark: GRAVITY[mark.state], default=None)

    @property
    def kinds(self) -> str:
        """普票 3 张: the kinds of its invoices, in a word each."""
        return "、".join(dict.fromkeys(shown.kind for shown in self.invoices))

    @property
    def gravity(self) -> str:
        """The gravest severity among its findings; "" without any worth a look."""
        found = {_severity(finding) for finding in self.findings}
        return next((severity for severity in ("block", "warn") if severity in found), "")


def lines_of(
    contents: Contents,
    findings: Sequence[Finding] | Sequence[Mapping[str, Any]],
    marks: Mapping[int, Sequence[Mark]],
    *,
    open_line: Line | None = None,
) -> list[LineShown]:
    at_line: dict[str, list[Any]] = {}
    for finding in findings:
        at_line.setdefault(_where(finding), []).append(finding)
    return [
        LineShown(
            number,
            line,
            [_invoice(used, marks) for used in reading.invoices_of(line)],
            at_line.get(str(line.public_id), []),
            is_open=open_line is not None and line.pk == open_line.pk,
        )
        for number, line in enumerate(contents.lines, start=1)
    ]


def marks_of(contents: Contents) -> dict[int, list[Mark]]:
    """The marks of all invoices of a document, by invoice."""
    return invoice_selectors.marks(contents.invoices, contents.document.company)


def _invoice(used: LineInvoice, marks: Mapping[int, Sequence[Mark]]) -> InvoiceShown:
    gravest = min(marks.get(used.invoice_id, ()), key=lambda mark: GRAVITY[mark.state], default=None)
    return InvoiceShown(used, shown.short_kind(used.invoice), gravest)


def _where(finding: Any) -> str:
    return str(finding["where"] if isinstance(finding, Mapping) else finding.where)


def _severity(finding: Any) -> str:
    return str(finding["severity"] if isinstance(finding, Mapping) else finding.severity)


def general(findings: Sequence[Any]) -> list[Any]:
    """What is said about the document as a whole."""
    return [finding for finding in findings if not _where(finding)]


# --- The invoice beside the lines -------------------------------------------------------------------------------------
def faces_of(document: Document, invoices: Sequence[Invoice], marks: Mapping[int, Sequence[Mark]]) -> list[Face]:
    """Invoices of a document; their pictures and files are served through the document."""
    pictures = invoice_selectors.pictures_of([invoice.pk for invoice in invoices])
    return [_face(document, invoice, marks, pictures.get(invoice.pk)) for invoice in invoices]


def _face(document: Document, invoice: Invoice, marks: Mapping[int, Sequence[Mark]], file: InvoiceFile | None) -> Face:
    ids = [document.public_id, invoice.public_id]
    return shown.face_of(
        invoice,
        marks.get(invoice.pk, ()),
        picture=reverse("reimburse:invoice_preview", args=ids) if file and file.preview_id else "",
        large=reverse("reimburse:invoice_file", args=ids) if file else "",
    )


# --- What it does to the budget ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class BudgetShown:
    """One budget as a bar: what is spent, approved and asked for, and how much of that is this document's."""

    effect: Effect

    @property
    def name(self) -> str:
        return str(self.effect.node)

    @property
    def left(self) -> Decimal:
        return self.effect.after

    @property
    def used_before(self) -> Decimal:
        return self.effect.node.amount - self.effect.available_before


def tightest(effects: Sequence[Effect]) -> BudgetShown | None:
    """The budget of which least would be left."""
    effect = min(effects, key=lambda effect: effect.after, default=None)
    return BudgetShown(effect) if effect else None


# --- How far it is ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the document's way: `state` is done, now, next, returned or rejected."""

    name: str
    state: str
    at: datetime | None = None
    since: datetime | None = None
    who: str = ""


def stages_of(document: Document, steps: Sequence[RouteStepView]) -> list[Stage]:
    """Sent, the steps of the route, booked."""
    taken_back = document.status == Document.Status.WITHDRAWN
    stages = [Stage(_("Sent"), "returned" if taken_back else "done", at=document.submitted_at)]
    stages += [_stage(step) for step in steps]
    posted = document.status == Document.Status.POSTED
    stages.append(Stage(_("Booked"), "done" if posted else "next", at=document.changed_at if posted else None))
    return stages


STATES = {"passed": "done", "withdrawn": "next"}


def _stage(step: RouteStepView) -> Stage:
    state = STATES.get(step.state, step.state)
    names = "、".join(dict.fromkeys(turn.name for turn in step.turns))
    ends = [turn.at for turn in step.turns if turn.at]
    begins = [turn.since for turn in step.turns if turn.since]
    return Stage(
        step.name,
        state,
        at=max(ends, default=None) if state != "now" else None,
        since=min(begins, default=None) if state == "now" else None,
        who=names,
    )


# --- Sums -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Sums:
    lines: int
    invoices: int
    tax: Decimal
    amount: Decimal
    settled: Decimal = field(default=ZERO)

    @property
    def to_pay(self) -> Decimal:
        return max(self.amount - self.settled, ZERO)


def sums_of(contents: Contents) -> Sums:
    return Sums(
        lines=len(contents.lines),
        invoices=len(contents.invoices),
        tax=total(line.tax for line in contents.lines),
        amount=contents.total,
        settled=contents.settled,
    )
