"""The editor. What is typed is saved with every request; the answer to a script is the parts of the page that changed.

Without a script the same buttons send the whole form, and the page is loaded anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.errors import WrongState
from common.money import ZERO
from directory.viewer import viewer_of
from invoices.models import Upload
from reimburse import editor as editing
from reimburse import forms, lists, selectors, services
from reimburse.checking import open_advances
from reimburse.models import Document
from reimburse.services import Changes
from reimburse.views.asked import ids_of, key_of, version_of


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence that floats over the page."""

    tone: Literal["success", "error"]
    text: str


@require_safe
def edit(request: HttpRequest, document_id: UUID) -> HttpResponse:
    document = selectors.own(viewer_of(request), document_id)
    if not document.is_editable:
        return redirect("reimburse:document", document_id)
    shown = editing.of(document, today=timezone.localdate(), open_id=line_asked(request.GET.get("line")))
    return render(request, "reimburse/editor.html", {"editor": shown, "document": document})


@require_POST
def save(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Keep what was typed; `open` asks for another line to be opened."""
    document, line_form = _keep(request, document_id)
    asked = line_asked(request.POST.get("open"))
    open_id = asked or line_asked(request.POST.get("line"))
    errors = line_form if line_form is not None and line_form.errors and asked is None else None
    return answer(request, document, open_id=open_id, lines=asked is not None, errors=errors)


@require_POST
def add_line(request: HttpRequest, document_id: UUID) -> HttpResponse:
    document, _form = _keep(request, document_id)
    document, line = services.add_line(
        document_id=document_id, employee=viewer_of(request), version=document.version, at=timezone.now()
    )
    return answer(request, document, open_id=line.public_id, lines=True)


@require_POST
def remove_line(request: HttpRequest, document_id: UUID, line_id: UUID) -> HttpResponse:
    return _change_line(request, document_id, line_id, services.remove_line)


@require_POST
def move_line(request: HttpRequest, document_id: UUID, line_id: UUID, by: str) -> HttpResponse:
    return _change_line(request, document_id, line_id, services.move_line, by=-1 if by == "up" else 1)


@require_POST
def take_invoice_off(request: HttpRequest, document_id: UUID, line_id: UUID, invoice_id: UUID) -> HttpResponse:
    return _change_line(request, document_id, line_id, services.take_invoice_off, invoice_id=invoice_id)


@require_POST
def add_invoices(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Put chosen invoices on the claim: on the line named, else each on a line of its own."""
    document = services.add_invoices(
        document_id=document_id,
        employee=viewer_of(request),
        version=version_of(request),
        invoice_ids=ids_of(request, "invoice"),
        line_id=line_asked(request.POST.get("onto")),
        at=timezone.now(),
    )
    onto = line_asked(request.POST.get("onto"))
    last = document.lines.order_by("-position").values_list("public_id", flat=True).first()
    return answer(request, document, open_id=onto or last, lines=True)


@require_POST
def submit(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Send the document. A form without script sends what was typed along; that is saved first, whatever follows."""
    version = version_of(request)
    if "title" in request.POST or "line" in request.POST:
        try:
            version = _keep(request, document_id)[0].version
        except WrongState:
            if not services.has_sent(document_id=document_id, employee=viewer_of(request), key=key_of(request)):
                raise
            return _sent(request, document_id)  # the second click
    services.submit(
        document_id=document_id,
        employee=viewer_of(request),
        version=version,
        at=timezone.now(),
        key=key_of(request),
    )
    return _sent(request, document_id)


def _sent(request: HttpRequest, document_id: UUID) -> HttpResponse:
    target = reverse("reimburse:document", args=[document_id])
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def _change_line(
    request: HttpRequest, document_id: UUID, line_id: UUID, change: Callable[..., Document], **values: Any
) -> HttpResponse:
    kept, _form = _keep(request, document_id)
    document = change(
        document_id=document_id,
        employee=viewer_of(request),
        version=kept.version,
        line_id=line_id,
        at=timezone.now(),
        **values,
    )
    return answer(request, document, open_id=line_asked(request.POST.get("line")), lines=True)


def _keep(request: HttpRequest, document_id: UUID) -> tuple[Document, forms.LineForm | None]:
    """Save what was typed into the head, the open line and the settled advances."""
    viewer = viewer_of(request)
    document = selectors.own(viewer, document_id)
    available = lists.of(document.company)
    head = forms.HeadForm(available, data=request.POST)
    line_id = line_asked(request.POST.get("line"))
    line = forms.LineForm(available, data=request.POST) if line_id else None
    settle = forms.SettleForm(open_advances(document) if document.is_claim else [], data=request.POST)
    settles = {UUID(key): amount or ZERO for key, amount in settle.typed().items()}
    changes = Changes(head=head.typed(), lines={line_id: line.typed()} if line and line_id else {}, settles=settles)
    document = services.save_draft(
        document_id=document_id,
        employee=viewer,
        version=version_of(request),
        changes=changes,
        at=timezone.now(),
    )
    return document, line


def answer(
    request: HttpRequest,
    document: Document,
    *,
    open_id: UUID | None,
    lines: bool,
    errors: forms.LineForm | None = None,
    said: Sequence[Said] = (),
    arriving: Sequence[Upload] | None = None,
) -> HttpResponse:
    """The parts of the page that changed; to a form without script, the page."""
    if not request.headers.get("HX-Request"):
        for one in [*said, *(_coming(upload) for upload in arriving or ())]:
            messages.add_message(request, getattr(messages, one.tone.upper()), one.text)
        query = f"?{urlencode({'line': open_id})}" if open_id else ""
        return HttpResponseRedirect(reverse("reimburse:edit", args=[document.public_id]) + query)
    shown = editing.of(document, today=timezone.localdate(), open_id=open_id)
    shown.errors = errors
    context = {"editor": shown, "document": document, "lines": lines, "said": said, "arriving": arriving}
    return render(request, "reimburse/parts/update.html", context)


def _coming(upload: Upload) -> Said:
    """To a page that cannot ask again."""
    return Said("success", _("“%(file)s” is still being read; it will be in your wallet.") % {"file": upload.name})


def line_asked(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
