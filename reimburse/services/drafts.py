"""Working on a draft: what is typed is saved at once; lines and their invoices come and go.

Every change takes the version the person saw and gives the next one, so that an older window is told (Stale) instead
of overwriting what a newer one wrote. Only the applicant works on a document, and only while nobody decides on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from directory.models import Employee
from reimburse import contents as reading
from reimburse import filling
from reimburse.contents import Contents
from reimburse.errors import ClaimsOnly, LineNotFound, TooManyLines
from reimburse.models import Document, Line, LineInvoice
from reimburse.services import creating, locking, saving, settling

HEAD_FIELDS = frozenset({"title", "cost_centre", "project", "due_on"})  # due_on: of an advance
LINE_FIELDS = frozenset({"expense_type", "spent_on", "purpose", "amount", "cost_centre", "project"})
OF_CLAIMS = frozenset({"expense_type", "spent_on"})  # what the line of an advance does not have


@dataclass(frozen=True, slots=True)
class Changes:
    """What was typed: only the fields named here change. Lines and settled advances by their public ids."""

    head: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[UUID, Mapping[str, Any]] = field(default_factory=dict)
    settles: Mapping[UUID, Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        strange = set(self.head) - HEAD_FIELDS
        strange |= {name for values in self.lines.values() for name in values} - LINE_FIELDS
        if strange:
            raise ValueError(f"a draft has no {', '.join(sorted(strange))}")


@transaction.atomic(durable=True)
def save_draft(*, document_id: UUID, employee: Employee, version: int, changes: Changes, at: datetime) -> Document:
    """Keep what was typed; where that is nothing new, the version stays.

    Raises DocumentNotFound, WrongState, Stale, LineNotFound, AdvanceNotOpen.
    """
    document = locking.for_editing(document_id, employee, version)
    contents = reading.read(document)
    touched = {line_id: _type_line(contents, line_id, values) for line_id, values in changes.lines.items()}
    head = _type_head(contents, changes.head)
    settled = [settling.wish(contents, advance_id, amount) for advance_id, amount in changes.settles.items()]
    if not head and not any(touched.values()) and not any(settled):
        return document
    amounts = any("amount" in fields for fields in touched.values())
    return saving.finish(document, contents, at=at, marks=amounts or "title" in head)


@transaction.atomic(durable=True)
def add_line(*, document_id: UUID, employee: Employee, version: int, at: datetime) -> tuple[Document, Line]:
    """A blank line at the end. Raises DocumentNotFound, WrongState, Stale, ClaimsOnly, TooManyLines."""
    document = _claim(document_id, employee, version)
    contents = reading.read(document)
    _must_have_room(contents, more=1)
    line = Line.objects.create(
        document=document,
        position=_next_position(contents),
        cost_centre=document.cost_centre,
        project=document.project,
    )
    return saving.finish(document, contents, at=at, marks=False), line


@transaction.atomic(durable=True)
def remove_line(*, document_id: UUID, employee: Employee, version: int, line_id: UUID, at: datetime) -> Document:
    """Take a line off; its invoices are free again.

    Raises DocumentNotFound, WrongState, Stale, ClaimsOnly, LineNotFound.
    """
    document = _claim(document_id, employee, version)
    contents = reading.read(document)
    line = find(contents, line_id)
    had_invoices = bool(reading.invoices_of(line))
    line.delete()
    rest = reading.read(document)
    return saving.finish(document, rest, at=at, marks=had_invoices)


@transaction.atomic(durable=True)
def move_line(*, document_id: UUID, employee: Employee, version: int, line_id: UUID, by: int, at: datetime) -> Document:
    """Move a line up (negative) or down among the others.

    Raises DocumentNotFound, WrongState, Stale, ClaimsOnly, LineNotFound.
    """
    document = _claim(document_id, employee, version)
    contents = reading.read(document)
    order = list(contents.lines)
    line = find(contents, line_id)
    place = order.index(line)
    order.remove(line)
    order.insert(max(0, min(len(order), place + by)), line)
    for position, moved in enumerate(order, start=1):
        moved.position = position
    Line.objects.bulk_update(order, ["position"])
    return saving.finish(document, contents, at=at, marks=False)


@transaction.atomic(durable=True)
def add_invoices(
    *,
    document_id: UUID,
    employee: Employee,
    version: int,
    invoice_ids: Sequence[UUID],
    at: datetime,
    line_id: UUID | None = None,
) -> Document:
    """Put invoices out of the wallet on the claim: on one line, or (no line) each on a line of its own.

    Raises DocumentNotFound, WrongState, Stale, ClaimsOnly, LineNotFound, InvoicesGone, TooManyLines, InvoiceTwice,
    NotYourInvoice, InvoiceAlreadyUsed.
    """
    document = _claim(document_id, employee, version)
    contents = reading.read(document)
    chosen = creating.take_from_wallet(employee, invoice_ids)
    if line_id is None:
        _must_have_room(contents, more=len(chosen))
        lines = creating.fill_lines(document, chosen, first_position=_next_position(contents))
        creating.keep_lines(lines, chosen)
    else:
        line = find(contents, line_id)
        before = reading.invoices_of(line)
        there = {used.invoice_id for used in before}  # a second time changes nothing
        added = [LineInvoice(line=line, invoice=one, amount=Decimal(0)) for one in chosen if one.pk not in there]
        filling.follow_invoices(line, before, [*before, *added])
        if line.spent_on is None and chosen:
            line.spent_on = filling.day_of(chosen[0])
        line.save()
        LineInvoice.objects.bulk_update(before, ["amount"])
        LineInvoice.objects.bulk_create(added)
    return saving.finish(document, reading.read(document), at=at, marks=True)


@transaction.atomic(durable=True)
def take_invoice_off(
    *, document_id: UUID, employee: Employee, version: int, line_id: UUID, invoice_id: UUID, at: datetime
) -> Document:
    """Take one invoice off its line; the line stays.

    Raises DocumentNotFound, WrongState, Stale, ClaimsOnly, LineNotFound.
    """
    document = _claim(document_id, employee, version)
    line = find(reading.read(document), line_id)
    before = reading.invoices_of(line)
    after = [used for used in before if used.invoice.public_id != invoice_id]
    filling.follow_invoices(line, before, after)
    line.save()
    LineInvoice.objects.filter(line=line, invoice__public_id=invoice_id).delete()
    LineInvoice.objects.bulk_update(after, ["amount"])
    return saving.finish(document, reading.read(document), at=at, marks=True)


def _claim(document_id: UUID, employee: Employee, version: int) -> Document:
    """The claim to work on. An advance is one sum: no lines come or go, and no invoice proves it. Raises ClaimsOnly."""
    document = locking.for_editing(document_id, employee, version)
    if not document.is_claim:
        raise ClaimsOnly(document=document.audit_label)
    return document


def find(contents: Contents, line_id: UUID) -> Line:
    for line in contents.lines:
        if line.public_id == line_id:
            return line
    raise LineNotFound(document=contents.document.audit_label)


def _type_line(contents: Contents, line_id: UUID, values: Mapping[str, Any]) -> set[str]:
    """Type into one line; which fields are different now."""
    line = find(contents, line_id)
    strange = frozenset() if contents.document.is_claim else OF_CLAIMS
    changed = {name for name, value in values.items() if name not in strange and getattr(line, name) != value}
    if not changed:
        return changed
    _must_belong(contents.document, values)
    for name in changed:
        setattr(line, name, values[name])
    if "amount" in changed:
        used = reading.invoices_of(line)
        filling.share_out(line, used)
        LineInvoice.objects.bulk_update(used, ["amount"])
    line.save()
    return changed


def _type_head(contents: Contents, values: Mapping[str, Any]) -> set[str]:
    """Type into the head; which fields are new. Lines that had the head's cost centre or project follow it."""
    document = contents.document
    changed = set()
    _must_belong(document, values)
    if contents.advance is not None and "due_on" in values and contents.advance.due_on != values["due_on"]:
        contents.advance.due_on = values["due_on"]
        contents.advance.save(update_fields=["due_on"])
        changed.add("due_on")
    for name in ("cost_centre", "project"):
        if name in values and getattr(document, name) != values[name]:
            following = [line for line in contents.lines if getattr(line, name) == getattr(document, name)]
            for line in following:
                setattr(line, name, values[name])
            Line.objects.bulk_update(following, [name])
            setattr(document, name, values[name])
            changed.add(name)
    if "title" in values and document.title != values["title"]:
        document.title = values["title"]
        changed.add("title")
    return changed


def _must_belong(document: Document, values: Mapping[str, Any]) -> None:
    """Expense types, cost centres and projects are those of the document's company."""
    for value in values.values():
        if getattr(value, "company_id", document.company_id) != document.company_id:
            raise ValueError(f"{value} is not of the company of {document}")


def _next_position(contents: Contents) -> int:
    return max((line.position for line in contents.lines), default=0) + 1


def _must_have_room(contents: Contents, *, more: int) -> None:
    if len(contents.lines) + more > creating.MOST_LINES:
        raise TooManyLines(document=contents.document.audit_label, limit=creating.MOST_LINES)
