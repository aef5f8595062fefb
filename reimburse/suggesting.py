"""Which expense type an invoice probably belongs to: what I chose for the same seller before, else words on it."""

from __future__ import annotations

from collections.abc import Sequence

from directory.models import Company, Employee, ExpenseType
from invoices import suggest
from invoices.models import Invoice
from reimburse.models import LineInvoice


def expense_types(
    invoices: Sequence[Invoice], *, employee: Employee, company: Company, types: Sequence[ExpenseType]
) -> dict[int, ExpenseType]:
    """The suggested type by invoice id; invoices that suggest nothing are left out."""
    by_id = {expense_type.pk: expense_type for expense_type in types}
    learned = _learned(invoices, employee=employee, company=company)
    suggested: dict[int, ExpenseType] = {}
    for invoice in invoices:
        expense_type = by_id.get(learned.get(invoice.seller_name, 0)) or suggest.expense_type(invoice, types)
        if expense_type:
            suggested[invoice.pk] = expense_type
    return suggested


def _learned(invoices: Sequence[Invoice], *, employee: Employee, company: Company) -> dict[str, int]:
    """The type of my latest line with an invoice of the same seller, by the seller's name."""
    sellers = {invoice.seller_name for invoice in invoices if invoice.seller_name}
    if not sellers:
        return {}
    lines = (
        LineInvoice.objects.filter(
            line__document__applicant=employee,
            line__document__company=company,
            line__expense_type__isnull=False,
            invoice__seller_name__in=sellers,
        )
        .order_by("invoice__seller_name", "-line_id")
        .distinct("invoice__seller_name")
    )
    return dict(lines.values_list("invoice__seller_name", "line__expense_type_id"))
