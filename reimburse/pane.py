"""What the inbox shows of a document: its lines and what they do to the budget, the invoices of the chosen line."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.template.loader import render_to_string

from budgets import selectors as budgets
from invoices import selectors as invoice_selectors
from invoices.models import Invoice
from reimburse import contents as reading
from reimburse import showing
from reimburse.contents import Contents
from reimburse.models import Document, Line


def draw(request: HttpRequest, document_id: UUID) -> str:
    """The middle and the right pane. The inbox has checked that the viewer is a party to the approval."""
    document = Document.objects.select_related("company", "applicant", "department").get(public_id=document_id)
    contents = reading.read(document)
    context = {
        "attention": [finding for finding in document.findings if finding["severity"] != "info"],
        "remarks": [finding for finding in document.findings if finding["severity"] == "info"],
        "budget": showing.tightest(budgets.effect_of(document.public_id)),
        "pictured": _pictured(contents),
        **_chosen(contents, _first(contents)),
    }
    return render_to_string("reimburse/pane.html", context, request=request)


def evidence_of(document: Document, line_id: UUID) -> dict[str, Any]:
    """What changes when another line is chosen."""
    contents = reading.read(document)
    asked = next((line for line in contents.lines if line.public_id == line_id), None)
    return _chosen(contents, asked or _first(contents))


def _chosen(contents: Contents, line: Line | None) -> dict[str, Any]:
    """The lines, one of them chosen, and its invoices."""
    document, marks = contents.document, showing.marks_of(contents)
    used = reading.invoices_of(line) if line else []
    return {
        "document": document,
        "contents": contents,
        "lines": showing.lines_of(contents, document.findings, marks, open_line=line),
        "chosen": line,
        "faces": showing.faces_of(document, [row.invoice for row in used], marks),
    }


def _pictured(contents: Contents) -> list[Invoice]:
    """The invoices that have a picture, for the row of small ones on a phone."""
    files = invoice_selectors.pictures_of([invoice.pk for invoice in contents.invoices])
    return [invoice for invoice in contents.invoices if invoice.pk in files and files[invoice.pk].preview_id]


def _first(contents: Contents) -> Line | None:
    """The first line with an invoice to look at, else the first."""
    with_invoice = (line for line in contents.lines if reading.invoices_of(line))
    return next(with_invoice, None) or next(iter(contents.lines), None)
