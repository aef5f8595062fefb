"""The list, and the page of one document: the same for applicant, approver and finance; only its actions differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from approvals import selectors as approvals
from approvals.models import Slot
from budgets import selectors as budgets
from common import audit
from directory import rights
from directory.viewer import viewer_of
from reimburse import contents as reading
from reimburse import history, selectors, services, showing
from reimburse.models import Document
from reimburse.views.asked import version_of


@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    """My documents; with the right, all of the company. Filter and place stand in the address."""
    viewer = viewer_of(request)
    sees_all = rights.can_anywhere(viewer, rights.SEE_ALL_DOCUMENTS)
    scope = "company" if sees_all and request.GET.get("scope") == "company" else "mine"
    chip = request.GET.get("status", "all")
    chip = chip if chip in selectors.CHIPS else "all"
    question = selectors.company_documents if scope == "company" else selectors.my_documents
    page = question(viewer, chip=chip, cursor=request.GET.get("after"))
    context = {
        "rows": page.rows,
        "next": page.next,
        "chip": chip,
        "scope": scope,
        "sees_all": sees_all,
        "chips": _chips(selectors.counts(viewer) if scope == "mine" else None),
        "query": f"scope={scope}&status={chip}",
    }
    return render(request, "reimburse/list.html", context)


CHIP_LABELS = {
    "all": gettext_lazy("All"),
    "draft": gettext_lazy("Drafts"),
    "returned": gettext_lazy("Returned"),
    "waiting": gettext_lazy("In approval"),
    "approved": gettext_lazy("Approved"),
    "posted": gettext_lazy("Posted"),
    "rejected": gettext_lazy("Rejected"),
}


def _chips(counts: dict[str, int] | None) -> list[dict[str, Any]]:
    """The filters with how many of the viewer's own documents each shows; nobody counts those of a whole company."""
    return [{"key": key, "label": CHIP_LABELS[key], "count": _capped(counts, key)} for key in selectors.CHIPS]


def _capped(counts: dict[str, int] | None, key: str) -> str | None:
    if counts is None:
        return None
    return f"{selectors.MOST}+" if counts[key] >= selectors.MOST else str(counts[key])


@dataclass(frozen=True, slots=True)
class Actions:
    """What the viewer can do with the document now."""

    edit: bool
    withdraw: bool
    slot: Slot | None
    voucher: bool

    @property
    def any(self) -> bool:
        return self.edit or self.withdraw or self.slot is not None or self.voucher


@require_safe
def show(request: HttpRequest, document_id: UUID) -> HttpResponse:
    viewer = viewer_of(request)
    document = selectors.document(viewer, document_id)
    if document.approval is None:
        return redirect("reimburse:edit", document_id)
    contents = reading.read(document)
    steps = approvals.route_of(document.approval)
    slot = approvals.slot_of(viewer, document.approval)
    own = document.applicant_id == viewer.pk
    context = {
        "document": document,
        "contents": contents,
        "lines": showing.lines_of(contents, document.findings, showing.marks_of(contents)),
        "general": showing.general(document.findings),
        "sums": showing.sums_of(contents),
        "steps": steps,
        "following": _following(document, steps),
        "stages": showing.stages_of(document, steps),
        "because": approvals.because(document.approval),
        "route_name": approvals.route_name(document.approval),
        "effects": [showing.BudgetShown(effect) for effect in budgets.effect_of(document.public_id)],
        "events": history.of(audit.timeline(document.public_id)),
        "actions": Actions(
            edit=own and document.is_editable,
            withdraw=own and document.status == Document.Status.WAITING,
            slot=slot,
            voucher=document.status in {Document.Status.APPROVED, Document.Status.POSTED}
            and rights.can(viewer, rights.MANAGE_VOUCHERS, document.company_id),
        ),
    }
    return render(request, "reimburse/document.html", context)


def _following(document: Document, steps: Sequence[approvals.RouteStepView]) -> approvals.RouteStepView | None:
    """The step that comes after the one that waits now."""
    waiting = document.status == Document.Status.WAITING
    return next((step for step in steps if waiting and step.state == "next"), None)


@require_POST
def withdraw(request: HttpRequest, document_id: UUID) -> HttpResponse:
    services.withdraw(document_id=document_id, employee=viewer_of(request), at=timezone.now())
    return redirect("reimburse:document", document_id)


@require_POST
def delete(request: HttpRequest, document_id: UUID) -> HttpResponse:
    services.delete_draft(
        document_id=document_id, employee=viewer_of(request), version=version_of(request), at=timezone.now()
    )
    return redirect("reimburse:list")
