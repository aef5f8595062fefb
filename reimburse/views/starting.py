"""Starting a document: a claim out of chosen invoices, an empty one, a cash advance."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from common.errors import BusinessError
from directory.viewer import viewer_of
from invoices import selectors as invoices
from reimburse import forms, lists, services
from reimburse.services.creating import post_for
from reimburse.views.asked import ids_of, key_of


@require_safe
def new(request: HttpRequest) -> HttpResponse:
    """Which invoices shall it be? The ready ones of the wallet are ticked already."""
    page = invoices.wallet(viewer_of(request), chip="ready", cursor=request.GET.get("after", ""))
    context = {"cards": page.cards, "next": page.next, "key": uuid4().hex}
    return render(request, "reimburse/new.html", context)


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """A draft claim from the ticked invoices; without any, an empty one."""
    document = services.create_claim(
        employee=viewer_of(request), invoice_ids=ids_of(request, "invoice"), at=timezone.now(), key=key_of(request)
    )
    return redirect("reimburse:edit", document.public_id)


def new_advance(request: HttpRequest) -> HttpResponse:
    """Ask for money before it is spent. What was typed is kept as a draft first, whatever comes of sending it."""
    viewer = viewer_of(request)
    post = post_for(viewer, None, day=timezone.localdate())
    available = lists.of(post.company)
    if request.method != "POST":
        form = forms.AdvanceForm(available, initial={"cost_centre": post.cost_centre})
        return _advance_page(request, form)
    form = forms.AdvanceForm(available, data=request.POST)
    if not form.is_valid():
        return _advance_page(request, form, status=422)
    document = services.create_advance(
        employee=viewer, at=timezone.now(), company=post.company, key=key_of(request), **form.typed()
    )
    if document.was_submitted:  # a second click
        return redirect("reimburse:document", document.public_id)
    if "send" not in request.POST:
        return redirect("reimburse:edit", document.public_id)
    try:
        services.submit(
            document_id=document.public_id,
            employee=viewer,
            version=document.version,
            at=timezone.now(),
            key=key_of(request),
        )
    except BusinessError as error:  # the draft is kept: say why it was not sent, where it can be mended
        messages.error(request, error.message)
        return redirect("reimburse:edit", document.public_id)
    return redirect("reimburse:document", document.public_id)


def _advance_page(request: HttpRequest, form: forms.AdvanceForm, *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "key": key_of(request) or uuid4().hex}
    return render(request, "reimburse/new_advance.html", context, status=status)
