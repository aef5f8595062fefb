"""What a document said when it was sent: kept with its entry in the audit trail, and told to other systems.

Amounts are text in the document's currency, days are ISO dates. Names are the Chinese ones, whoever looks.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from invoices.models import Invoice
from reimburse import contents as reading
from reimburse.contents import Contents
from reimburse.models import Document, Line, LineInvoice

SCHEMA = 1


def of(document: Document, contents: Contents | None = None) -> dict[str, Any]:
    """The full snapshot of a document. Give the contents where they have been read already."""
    contents = contents or reading.read(document)
    return {
        **brief(document),
        "schema": SCHEMA,
        "title": document.title,
        "applicant": _person(document.applicant),
        "payee": _person(document.payee),
        "company": {"code": document.company.code, "name": document.company.name},
        "department": _named(document.department),
        "cost_centre": _named(document.cost_centre),
        "project": _named(document.project),
        "due_on": _day(contents.advance.due_on) if contents.advance else None,
        "lines": [_line(line) for line in contents.lines],
        "attachments": [attachment.name for attachment in contents.attachments],
        "settlements": [
            {"advance": settlement.advance.number, "amount": str(settlement.amount)}
            for settlement in contents.settlements
        ],
    }


def brief(document: Document) -> dict[str, Any]:
    """What every event about a document carries."""
    return {
        "kind": document.kind,
        "number": document.number,
        "status": document.status,
        "total": str(document.total),
        "currency": document.currency,
        "round": document.round,
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "id": str(line.public_id),
        "position": line.position,
        "expense_type": _named(line.expense_type),
        "spent_on": _day(line.spent_on),
        "purpose": line.purpose,
        "amount": _amount(line.amount),
        "tax": _amount(line.tax),
        "cost_centre": _named(line.cost_centre),
        "project": _named(line.project),
        "invoices": [_invoice(used) for used in reading.invoices_of(line)],
    }


def _invoice(used: LineInvoice) -> dict[str, Any]:
    invoice: Invoice = used.invoice
    return {
        "id": str(invoice.public_id),
        "kind": invoice.kind,
        "invoice_code": invoice.code,
        "number": invoice.number,
        "date": _day(invoice.issued_on),
        "seller_name": invoice.seller_name,
        "seller_tax_id": invoice.seller_tax_id,
        "buyer_name": invoice.buyer_name,
        "buyer_tax_id": invoice.buyer_tax_id,
        "amount_excl_tax": _amount(invoice.amount_excl_tax),
        "tax": _amount(invoice.tax),
        "total": _amount(invoice.total),
        "check_code_last6": invoice.check_code_last6,
        "currency": invoice.currency,
        "claimed": str(used.amount),
        "unsure": list(invoice.unsure),
    }


def _person(person: Any) -> dict[str, str]:
    return {"id": str(person.public_id), "name": person.name, "staff_number": person.staff_number}


def _named(thing: Any) -> dict[str, str] | None:
    return {"code": thing.code, "name": thing.name} if thing else None


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
