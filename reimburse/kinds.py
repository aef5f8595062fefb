"""The two kinds of documents, as approvals know them: their facts, their pane in the inbox, their page."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse

from approvals import kinds
from approvals.facts import COMMON_FACTS
from reimburse import pane
from reimburse.models import Document


def register() -> None:
    for kind in Document.Kind:
        kinds.register(kinds.Kind(kind.value, kind.label, COMMON_FACTS, pane=pane.draw, url=url_of))


def url_of(document_id: UUID) -> str:
    return reverse("reimburse:document", args=[document_id])
