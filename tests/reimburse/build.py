"""Documents for tests, made by the real services: invoices in Alice's wallet, claims with lines, a route to Bob."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from approvals.models import ApprovalRequest, Condition, Route, RouteStep, Slot
from directory.models import Company, Employee, ExpenseType
from invoices.models import Invoice
from reimburse import services
from reimburse.models import Document, Line
from tests.builders import NOON, TODAY, World
from tests.invoices.build import make_invoice

DUE = date(2026, 12, 24)


def make_route(company: Company, *people: Employee, kind: str = "claim", **condition: str) -> Route:
    """One step for each of the people, one after the other; a condition is fact="operator value"."""
    route = Route.objects.create(company=company, name="测试路线", kind=kind)
    for position, person in enumerate(people, start=1):
        step = RouteStep.objects.create(
            route=route, position=position, name=f"第{position}步", source=RouteStep.Source.PEOPLE
        )
        step.people.set([person])
    for fact, wanted in condition.items():
        operator, _, value = wanted.partition(" ")
        Condition.objects.create(route=route, fact=fact, operator=operator, value=value)
    return route


def make_claim(world: World, *totals: str, expense_type: ExpenseType | None = None, **changes: Any) -> Document:
    """Alice's draft claim with one invoice for each total, complete enough to be sent."""
    employee = changes.pop("employee", world.alice)
    invoices = [make_invoice(employee, world.company, total=total, **changes) for total in totals or ("106.00",)]
    document = services.create_claim(
        employee=employee, invoice_ids=[invoice.public_id for invoice in invoices], at=NOON
    )
    return type_in(document, expense_type=expense_type or world.office)


def type_in(document: Document, **values: Any) -> Document:
    """Type the same values into every line."""
    lines = {line.public_id: values for line in document.lines.all()}
    return services.save_draft(
        document_id=document.public_id,
        employee=document.applicant,
        version=document.version,
        changes=services.Changes(lines=lines),
        at=NOON,
    )


def make_advance(world: World, amount: str = "5000.00", **changes: Any) -> Document:
    """Alice's draft cash advance, complete enough to be sent."""
    values = {
        "employee": world.alice,
        "purpose": "南京展会备用金",
        "amount": Decimal(amount),
        "due_on": DUE,
        "at": NOON,
    }
    return services.create_advance(**values | changes)


def submit(document: Document, **changes: Any) -> Document:
    values = {
        "document_id": document.public_id,
        "employee": document.applicant,
        "version": document.version,
        "at": NOON,
    }
    return services.submit(**values | changes)


def open_slot(document: Document) -> Slot:
    return Slot.objects.get(request__subject_id=document.public_id, state=Slot.State.OPEN)


def decide(document: Document, action: str = "approve", *, comment: str = "同意") -> Document:
    """Let whoever is asked now answer."""
    from approvals import services as approvals

    slot = open_slot(document)
    approvals.decide(slot_id=slot.public_id, actor=slot.approver, action=action, comment=comment, at=NOON)  # type: ignore[arg-type]
    document.refresh_from_db()
    return document


def lines_of(document: Document) -> list[Line]:
    return list(document.lines.order_by("position"))


def request_of(document: Document) -> ApprovalRequest:
    return ApprovalRequest.objects.get(subject_id=document.public_id)


__all__ = ["DUE", "NOON", "TODAY", "Invoice", "make_invoice"]
