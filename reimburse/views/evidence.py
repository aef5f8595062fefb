"""What proves a document: invoices added in the editor, attachments, and files as the document's viewers see them."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common import files
from common.files import MAX_SIZE, FileRefused
from directory.models import Employee
from directory.viewer import viewer_of
from invoices import outcomes
from invoices import selectors as invoices
from invoices import services as receiving
from invoices.models import InvoiceFile, Upload
from reimburse import pane, selectors, services
from reimburse.errors import AttachmentRefused, DocumentNotFound
from reimburse.models import Attachment, Document, LineInvoice
from reimburse.views.asked import ids_of, version_of
from reimburse.views.editing import Said, answer, line_asked

MOST_FILES = 50  # at a time, as in the wallet


@require_safe
def picker(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The claimable invoices of the wallet, to be put on the claim or (`onto`) on one of its lines."""
    viewer = viewer_of(request)
    document = selectors.own(viewer, document_id)
    page = invoices.wallet(viewer, chip="ready", cursor=request.GET.get("after", ""))
    cards = [card for card in page.cards if card.holding.company_id == document.company_id]
    context = {"document": document, "cards": cards, "next": page.next, "onto": request.GET.get("onto", "")}
    part = request.headers.get("HX-Request")
    return render(request, "reimburse/parts/picker.html" if part else "reimburse/picker.html", context)


@require_POST
def upload(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Put invoice files into the wallet and, as far as they can be read at once, on the claim; say how each fared."""
    viewer, at = viewer_of(request), timezone.now()
    document = selectors.own(viewer, document_id)
    received = [
        receiving.receive(
            company=document.company,
            employee=viewer,
            name=file.name or "",
            content=file.read(MAX_SIZE + 1),
            size=file.size,
            at=at,
        )
        for file in request.FILES.getlist("files")[:MOST_FILES]
    ]
    receiving.read_now(upload_ids=[one.pk for one in received if one.finished_at is None], at=at)
    return _put_on(request, document, [one.public_id for one in received])


@require_POST
def arrive(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Ask again after files that took longer: those read by now go on the claim, the others are asked after again."""
    return _put_on(request, selectors.own(viewer_of(request), document_id), ids_of(request, "upload"))


def _put_on(request: HttpRequest, document: Document, upload_ids: list[UUID]) -> HttpResponse:
    """Put what has been read on the claim, and say how each file fared."""
    viewer = viewer_of(request)
    mine = Upload.objects.filter(employee=viewer, public_id__in=upload_ids).select_related("invoice").order_by("pk")
    finished = [one for one in mine if one.finished_at is not None]
    free = _free(viewer, finished)
    if free:
        document = services.add_invoices(
            document_id=document.public_id,
            employee=viewer,
            version=version_of(request),
            invoice_ids=free,
            at=timezone.now(),
        )
    last = document.lines.order_by("-position").values_list("public_id", flat=True).first()
    return answer(
        request,
        document,
        open_id=last if free else line_asked(request.POST.get("line")),
        lines=bool(free),
        said=[_fared(one, free) for one in finished],
        arriving=[one for one in mine if one.finished_at is None],
    )


def _free(viewer: Employee, uploads: list[Upload]) -> list[UUID]:
    """The invoices among the uploads that can be put on the claim."""
    read = [one.invoice.public_id for one in uploads if one.invoice is not None]
    return [invoice.public_id for invoice in invoices.claimable(viewer, read)] if read else []


def _fared(upload: Upload, added: list[UUID]) -> Said:
    if upload.invoice is not None and upload.invoice.public_id in added:
        return Said("success", _("“%(file)s” is on the claim.") % {"file": upload.name})
    outcome = outcomes.of(upload)
    text = outcome.text if outcome else ""
    named = upload.name in text
    return Said("error", text if named else _("%(file)s: %(text)s") % {"file": upload.name, "text": text})


# --- Attachments ------------------------------------------------------------------------------------------------------
@require_POST
def attach(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Put files on the document; of each that is refused it is said why, and the others are kept."""
    viewer, version = viewer_of(request), version_of(request)
    document, refused = selectors.own(viewer, document_id), []
    for file in request.FILES.getlist("files"):
        try:
            document = services.attach(
                document_id=document_id,
                employee=viewer,
                version=version,
                name=file.name or "",
                content=file.read(MAX_SIZE + 1),
                at=timezone.now(),
            )
        except (FileRefused, AttachmentRefused) as error:
            refused.append(Said("error", error.message))
        version = document.version
    return answer(request, document, open_id=line_asked(request.POST.get("line")), lines=True, said=refused)


@require_POST
def remove_attachment(request: HttpRequest, document_id: UUID, attachment_id: UUID) -> HttpResponse:
    document = services.remove_attachment(
        document_id=document_id,
        employee=viewer_of(request),
        version=version_of(request),
        attachment_id=attachment_id,
        at=timezone.now(),
    )
    return answer(request, document, open_id=line_asked(request.POST.get("line")), lines=True)


@require_safe
def attachment(request: HttpRequest, document_id: UUID, attachment_id: UUID) -> HttpResponseBase:
    """An attachment, to whoever may see the document."""
    document = selectors.document(viewer_of(request), document_id)
    found = Attachment.objects.filter(document=document, public_id=attachment_id).select_related("stored").first()
    if found is None:
        raise DocumentNotFound
    return files.response(found.stored, name=found.name, inline=True)


@require_safe
def pane_evidence(request: HttpRequest, document_id: UUID, line_id: UUID) -> HttpResponse:
    """The right pane of the inbox for another line."""
    document = selectors.document(viewer_of(request), document_id)
    return render(request, "reimburse/pane_line.html", pane.evidence_of(document, line_id))


# --- Invoices, seen through the document that uses them ---------------------------------------------------------------
@require_safe
def invoice_preview(request: HttpRequest, document_id: UUID, invoice_id: UUID) -> HttpResponseBase:
    """The picture of an invoice's first page."""
    found = _file(selectors.document(viewer_of(request), document_id), invoice_id)
    if found.preview is None:
        raise DocumentNotFound
    return files.response(found.preview, name=found.name, inline=True)


@require_safe
def invoice_file(request: HttpRequest, document_id: UUID, invoice_id: UUID) -> HttpResponseBase:
    """The file of an invoice as it was received; pictures and PDF are shown, everything else is downloaded."""
    found = _file(selectors.document(viewer_of(request), document_id), invoice_id)
    return files.response(found.stored, name=found.name, inline=True)


def _file(document: Document, invoice_id: UUID) -> InvoiceFile:
    """The best file of an invoice that stands on the document. Raises DocumentNotFound."""
    used = LineInvoice.objects.filter(line__document=document, invoice__public_id=invoice_id)
    ids = list(used.values_list("invoice_id", flat=True)[:1])
    found = invoices.pictures_of(ids).get(ids[0]) if ids else None
    if found is None:
        raise DocumentNotFound
    return InvoiceFile.objects.select_related("stored", "preview").get(pk=found.pk)
