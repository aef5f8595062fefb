"""What the inbox shows of a document: its lines and what they do to the budget, the invoice of the chosen line."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from budgets import selectors as budgets
from reimburse import contents as reading
from reimburse.models import Document


def draw(request: HttpRequest, document_id: UUID) -> str:
    """The middle and the right pane. The inbox has checked that the viewer is a party to the approval."""
    document = Document.objects.select_related("company", "applicant", "department").get(public_id=document_id)
    context = {
        "document": document,
        "contents": reading.read(document),
        "effects": budgets.effect_of(document.public_id),
        "today": timezone.localdate(),
    }
    return render_to_string("reimburse/pane.html", context, request=request)
