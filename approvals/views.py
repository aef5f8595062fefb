"""The inbox: what waits for me, one document at a time or several at once, and what I have done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from approvals import forms, kinds, selectors, services, shown
from approvals.models import ApprovalRequest, Slot
from common.errors import BusinessError
from directory import rights
from directory.models import Employee
from directory.viewer import viewer_of

COUNTS_CHANGED = json.dumps({"badges": {}})  # the navigation fetches its numbers anew


class NotUnderstood(BusinessError):
    code = "not_understood"
    status = 422
    wording = gettext_lazy("This could not be taken: %(why)s Mend it and send it once more.")


def show_of(data: Mapping[str, Any]) -> str:
    """The chip in the address."""
    asked = str(data.get("show", "all"))
    return asked if asked in forms.SHOWN else "all"


def wants_fragment(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def case_url(slot: Slot | None, show: str) -> str:
    """The address of a case, or of the list when there is none, within the same chip."""
    path = reverse("approvals:show", args=[slot.public_id]) if slot else reverse("approvals:inbox")
    return f"{path}?{urlencode({'show': show})}" if show != "all" else path


# --- The list and the case beside it ----------------------------------------------------------------------------------
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """The list, with its first document beside it; that one's pane follows by itself."""
    viewer, show, cursor = viewer_of(request), show_of(request.GET), request.GET.get("after", "")
    page = selectors.inbox(viewer, chip=show, cursor=cursor)
    if wants_fragment(request) and cursor:
        return render(request, "approvals/parts/rows.html", {"rows": shown.rows(page.slots), **_paging(page, show)})
    current = page.slots[0] if page.slots else None
    return render(request, "approvals/inbox.html", _list(viewer, page, current, show) | _head(current, show, place=1))


@require_GET
def case(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    """One document to decide on: beside the list, or alone for whoever asks for the fragment."""
    viewer, show = viewer_of(request), show_of(request.GET)
    slot = selectors.own_slot(viewer, slot_id)
    context = _head(slot, show, place=0) | {"summary": selectors.inbox_summary(viewer)}
    if slot.state == Slot.State.OPEN:
        context |= {
            "place": selectors.place(viewer, slot, chip=show),
            "before": selectors.before(viewer, slot, chip=show),
            "after": selectors.after(viewer, slot, chip=show),
            "pane": _pane(request, slot),
        }
    if wants_fragment(request):
        return render(request, "approvals/parts/case.html", context)
    return render(
        request, "approvals/inbox.html", _list(viewer, selectors.inbox(viewer, chip=show), slot, show) | context
    )


def _list(viewer: Employee, page: selectors.Page, current: Slot | None, show: str) -> dict[str, Any]:
    summary = selectors.inbox_summary(viewer)
    administers = rights.can_anywhere(viewer, rights.ADMINISTER_PROCESS)
    return {
        "rows": shown.rows(page.slots, current),
        "summary": summary,
        "sum": shown.sum_of(summary),
        "stuck": len(selectors.stuck(viewer)) if administers else 0,
        **_paging(page, show),
    }


def _paging(page: selectors.Page, show: str) -> dict[str, Any]:
    return {"next": page.next, "show": show, "query": urlencode({"show": show}) if show != "all" else ""}


def _head(slot: Slot | None, show: str, *, place: int) -> dict[str, Any]:
    """What the case's frame needs, from the request's own columns."""
    if slot is None:
        return {"case": None, "show": show}
    return {
        "case": shown.Row(slot),
        "attention": shown.attention(slot.request),
        "then": shown.then(slot.request),
        "note": shown.note_of(slot),
        "place": place,
        "show": show,
        "address": case_url(slot, show),
        "is_open": slot.state == Slot.State.OPEN,
    }


def _pane(request: HttpRequest, slot: Slot) -> SafeString:
    """The kind's own drawing of the document; the request's columns where no app draws it any more."""
    kind = kinds.find(slot.request.kind)
    # The kind's template has escaped what people typed.
    return mark_safe(kind.pane(request, slot.request.subject_id)) if kind else SafeString("")  # noqa: S308


# --- Answers --------------------------------------------------------------------------------------------------------
@require_POST
def decide(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    viewer, show = viewer_of(request), show_of(request.POST)
    form = forms.DecisionForm(request.POST)
    if not form.is_valid():
        raise NotUnderstood(why=_first_error(form))
    slot = selectors.own_slot(viewer, slot_id)
    action = form.cleaned_data["action"]
    decided = services.decide(
        slot_id=slot_id, actor=viewer, action=action, comment=form.cleaned_data["comment"], at=timezone.now()
    )
    return _go_on(request, viewer, slot, shown.said(decided, action), show)


@require_http_methods(["GET", "POST"])
def transfer(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    """Choose somebody by name, and hand the turn over to her."""
    viewer, now = viewer_of(request), timezone.now()
    slot = selectors.transferable(viewer, slot_id)
    show, text = show_of(request.POST or request.GET), request.GET.get("q", "")
    if request.method == "POST":
        form = forms.TransferForm(request.POST)
        if not form.is_valid():
            raise NotUnderstood(why=_first_error(form))
        to = form.cleaned_data["to"]
        services.transfer(slot_id=slot_id, actor=viewer, to=to, comment=form.cleaned_data["comment"], at=now)
        words = {"number": slot.request.number, "name": to.display_name}
        said = _("%(number)s now waits for %(name)s.") % words
        if slot.approver_id == viewer.pk:
            return _go_on(request, viewer, slot, said, show)
        messages.success(request, said)
        return redirect("approvals:stuck")
    context = {
        "case": shown.Row(slot),
        "show": show,
        "text": text,
        "people": selectors.colleagues(slot, text, day=timezone.localdate(now)),
        "address": case_url(slot, show),
    }
    if not wants_fragment(request):
        return render(request, "approvals/transfer.html", context)
    part = "people" if request.headers.get("HX-Target") == "people" else "transfer"
    return render(request, f"approvals/parts/{part}.html", context)


def _go_on(request: HttpRequest, viewer: Employee, slot: Slot, said: str, show: str) -> HttpResponse:
    """The next document, with a word on the one before; its pane follows by itself."""
    following = selectors.after(viewer, slot, chip=show)
    if not wants_fragment(request):
        messages.success(request, said)
        return HttpResponseRedirect(case_url(following, show))
    summary = selectors.inbox_summary(viewer)
    place = selectors.place(viewer, following, chip=show) if following else 0
    context = _head(following, show, place=place) | {
        "done": slot,
        "said": said,
        "summary": summary,
        "sum": shown.sum_of(summary),
    }
    response = render(request, "approvals/parts/after.html", context)
    response["HX-Replace-Url"] = case_url(following, show)
    response["HX-Trigger"] = COUNTS_CHANGED
    return response


@require_POST
def approve_selected(request: HttpRequest) -> HttpResponse:
    """Approve several at once; the page says for each how it went."""
    viewer, show = viewer_of(request), show_of(request.POST)
    slot_ids = [slot_id for text in request.POST.getlist("slots") if (slot_id := _uuid(text))]
    if not slot_ids or len(slot_ids) > forms.MOST_AT_ONCE:
        raise NotUnderstood(why=_("Select between 1 and %(most)s documents.") % {"most": forms.MOST_AT_ONCE})
    outcomes = services.approve_many(slot_ids=slot_ids, actor=viewer, at=timezone.now())
    page = selectors.inbox(viewer, chip=show)
    context = _list(viewer, page, None, show) | {"outcomes": _outcomes(viewer, outcomes)}
    response = render(request, "approvals/inbox.html", context)
    response["HX-Trigger"] = COUNTS_CHANGED
    return response


def _outcomes(
    viewer: Employee, outcomes: list[tuple[UUID, ApprovalRequest | BusinessError]]
) -> list[tuple[shown.Row | None, str, bool]]:
    """For each: the row, what happened in a sentence, whether it went well."""
    rows = {slot.public_id: shown.Row(slot) for slot in selectors.own_slots(viewer, [key for key, _o in outcomes])}
    return [
        (rows.get(slot_id), str(outcome), False)
        if isinstance(outcome, BusinessError)
        else (rows.get(slot_id), shown.said(outcome, "approve"), True)
        for slot_id, outcome in outcomes
    ]


# --- Looking back, and what is stuck --------------------------------------------------------------------------------
@require_GET
def done(request: HttpRequest) -> HttpResponse:
    """What I answered or handed over."""
    page = selectors.handled(viewer_of(request), cursor=request.GET.get("after"))
    return render(request, "approvals/done.html", {"rows": shown.rows(page.slots), "next": page.next})


@require_GET
def stuck(request: HttpRequest) -> HttpResponse:
    """For process administrators: what waits for people who left."""
    viewer = viewer_of(request)
    if not rights.can_anywhere(viewer, rights.ADMINISTER_PROCESS):
        raise services.RequestNotFound
    return render(request, "approvals/stuck.html", {"rows": shown.rows(selectors.stuck(viewer))})


def _first_error(form: Any) -> str:
    return str(next(iter(form.errors.values()))[0])


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
