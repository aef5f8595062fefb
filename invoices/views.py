"""The wallet 票夹: cards, uploads, and the page of one invoice."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from common import audit, files
from common.files import MAX_SIZE
from directory import selectors as directory
from directory.models import Company, Employee
from directory.viewer import viewer_of
from invoices import errors, fields, outcomes, selectors, services, shown
from invoices.forms import ValuesForm
from invoices.models import Invoice, InvoiceFile, Upload
from invoices.readers.base import KEYS

MAX_FILES = 50  # at a time
CHIP_LABELS = {
    "all": gettext_lazy("All unused"),
    "ready": gettext_lazy("Ready to claim"),
    "unsure": gettext_lazy("To confirm"),
    "problem": gettext_lazy("With a problem"),
    "used": gettext_lazy("Used already"),
}


# --- The wallet -------------------------------------------------------------------------------------------------------
@require_GET
def wallet(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    chip = request.GET.get("chip", "all")
    chip = chip if chip in selectors.CHIPS else "all"
    counts = selectors.wallet_counts(viewer)
    page = selectors.wallet(viewer, chip=chip, cursor=request.GET.get("after", ""))
    context = {
        "counts": counts,
        "chips": [(key, CHIP_LABELS[key], getattr(counts, key)) for key in selectors.CHIPS],
        "chip": chip,
        "cards": page.cards,
        "next": page.next,
        "query": urlencode({"chip": chip}) if chip != "all" else "",
        **_uploads(viewer, timezone.now()),
    }
    return render(request, "invoices/wallet.html", context)


@require_GET
def uploads(request: HttpRequest) -> HttpResponse:
    """How the latest uploads fare. When fewer are open than the page knew of, the page fetches its cards anew."""
    context = _uploads(viewer_of(request), timezone.now())
    response = render(request, "invoices/parts/uploads.html", context)
    before = request.GET.get("open", "")
    if before.isdigit() and int(before) > context["open"]:
        response["HX-Trigger"] = "wallet-changed"
    return response


def _uploads(viewer: Employee, at: datetime) -> dict[str, Any]:
    found = selectors.uploads(viewer, at=at)
    rows = [(upload, outcomes.of(upload)) for upload in found]
    return {"uploads": rows, "open": sum(outcome is None for _upload, outcome in rows)}


@require_POST
def upload(request: HttpRequest) -> HttpResponseBase:
    """Keep the files that were dropped and read them as far as two seconds go; the page shows how each fares."""
    viewer, at = viewer_of(request), timezone.now()
    dropped = request.FILES.getlist("files")
    if len(dropped) > MAX_FILES:
        raise errors.TooManyFiles(count=len(dropped), limit=MAX_FILES)
    company = _company(viewer, at)
    received = [
        services.receive(
            company=company,
            employee=viewer,
            name=file.name or "",
            content=file.read(MAX_SIZE + 1),
            size=file.size,
            at=at,
        )
        for file in dropped
    ]
    services.read_now(upload_ids=[one.pk for one in received if one.finished_at is None], at=at)
    if request.headers.get("Accept") == "application/json":
        latest = Upload.objects.filter(pk__in=[one.pk for one in received]).order_by("pk")
        return JsonResponse({"uploads": [_as_json(one) for one in latest]})
    return redirect("invoices:wallet")


def _company(viewer: Employee, at: datetime) -> Company:
    """The company of the main post; an invoice made out to another one of hers goes there by itself."""
    posts = directory.posts_of(viewer, day=timezone.localdate(at))
    if not posts:
        raise errors.NoCompany
    return posts[0].company


def _as_json(upload: Upload) -> dict[str, str | None]:
    outcome = outcomes.of(upload)
    return {
        "id": str(upload.public_id),
        "name": upload.name,
        "state": upload.state,
        "outcome": outcome.text if outcome else None,
        "invoice": str(upload.invoice.public_id) if upload.invoice else None,
    }


# --- One invoice ------------------------------------------------------------------------------------------------------
@require_GET
def invoice(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _page(request, _seen(request, public_id))


@require_POST
def confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep the fields that came with the request: one or two from a card, any number from the invoice's page."""
    viewer, at = viewer_of(request), timezone.now()
    seen = _seen(request, public_id)
    if request.POST.get("on") == "card":
        values = {key: request.POST[key] for key in KEYS if key in request.POST}
        return _card(request, services.confirm(invoice_id=seen.pk, employee=viewer, values=values, at=at))
    form = ValuesForm(request.POST, invoice=seen)
    if not form.is_valid():
        is_part = request.headers.get("HX-Request")
        return _form(request, seen, form) if is_part else _page(request, seen, form)
    kept = services.confirm(invoice_id=seen.pk, employee=viewer, values=form.values, at=at)
    messages.success(request, _("Kept."))
    response = redirect("invoices:invoice", kept.public_id)
    return HttpResponse(headers={"HX-Redirect": response.url}) if request.headers.get("HX-Request") else response


@require_POST
def remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    viewer = viewer_of(request)
    card = selectors.card(viewer, public_id)
    if card is None:
        raise Http404
    services.remove(holding_id=card.holding.pk, employee=viewer, at=timezone.now())
    messages.success(request, _("Put out of your wallet. It is back when you upload its file again."))
    return redirect("invoices:wallet")


def _seen(request: HttpRequest, public_id: UUID) -> Invoice:
    return get_object_or_404(selectors.visible_to(viewer_of(request)), public_id=public_id)


def _card(request: HttpRequest, kept: Invoice) -> HttpResponse:
    card = selectors.card(viewer_of(request), kept.public_id)
    if card is None or not request.headers.get("HX-Request"):
        return redirect("invoices:wallet")
    response = render(request, "invoices/parts/card.html", {"card": card})
    response["HX-Trigger"] = "badges"
    return response


def _form(request: HttpRequest, seen: Invoice, form: ValuesForm) -> HttpResponse:
    return render(request, "invoices/parts/form.html", {"invoice": seen, "form": form})


def _page(request: HttpRequest, seen: Invoice, form: ValuesForm | None = None) -> HttpResponse:
    viewer = viewer_of(request)
    holding = selectors.holder_of(seen)
    assert holding is not None
    is_mine = holding.holder_id == viewer.pk
    kept = selectors.files_of(seen)
    use = selectors.live_uses([seen.pk]).get(seen.pk)
    picture = next((file for file in kept if file.preview_id), None)
    may_change = is_mine and not (use and use.firm)
    marks = selectors.marks([seen], holding.company)[seen.pk]
    if use is not None:
        marks = [shown.use_mark(use, known=services.may_know(viewer, use)), *marks]
    context = {
        "invoice": seen,
        "title": shown.title_of(seen),
        "holding": holding,
        "is_mine": is_mine,
        "face": shown.face_of(seen, marks, picture=_preview(picture), keys=fields.keys_of(seen)),
        "files": kept,
        "use": use if use and services.may_know(viewer, use) else None,
        "form": (form or ValuesForm(invoice=seen, keys=fields.keys_of(seen))) if may_change else None,
        "history": audit.timeline(seen.public_id),
        "may_remove": is_mine and use is None,
    }
    return render(request, "invoices/invoice.html", context)


def _preview(file: InvoiceFile | None) -> str:
    return reverse("invoices:preview", args=[file.public_id]) if file else ""


# --- Files ------------------------------------------------------------------------------------------------------------
@require_GET
def file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The file as received. Shown in the browser only when asked for and of a type that cannot act."""
    found = selectors.file_of(viewer_of(request), public_id)
    if found is None:
        raise Http404
    return files.response(found.stored, name=found.name, inline="inline" in request.GET)


@require_GET
def preview(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The picture of the file's first page."""
    found = selectors.file_of(viewer_of(request), public_id)
    if found is None or found.preview is None:
        raise Http404
    return files.response(found.preview, name=found.name, inline=True)
