"""What was read becomes an invoice: found or made by its identity, with its file, in its owner's wallet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from common import audit, files
from common.models import StoredFile
from directory import rights
from directory import selectors as directory
from directory.models import Company, Employee
from invoices import fields, policy
from invoices.models import Holding, Invoice, InvoiceFile, InvoiceUse, Upload
from invoices.readers.base import Reading
from invoices.reading import FoundInvoice, SourceFile
from invoices.services.uses import may_know

State = Upload.State


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one file ended; worded by `invoices.outcomes`."""

    state: Upload.State
    code: str
    params: dict[str, Any]
    invoice: Invoice | None = None


@transaction.atomic(durable=True)
def store(*, upload_id: int, found: Sequence[FoundInvoice], at: datetime) -> Upload:
    """Keep what a file said. All of it or nothing; a file that is finished already stays as it is.

    A file with several invoices (the tax service's zip, a PDF of many) becomes one upload for each, below its own.
    """
    upload = Upload.objects.select_for_update(of=("self",)).select_related("company", "employee").get(pk=upload_id)
    if upload.finished_at is not None:
        return upload
    if len(found) == 1:
        finish(upload, _take(upload, found[0], at), at=at)
        return upload
    for one in found:
        name = one.part or one.files[0].name
        part = Upload.objects.create(
            company=upload.company,
            employee=upload.employee,
            name=name[:200],
            stored=upload.stored,
            part_of=upload,
            received_at=upload.received_at,
        )
        finish(part, _take(part, one, at), at=at)
    finish(upload, Outcome(State.READ, "several", {"count": len(found)}), at=at)
    return upload


@transaction.atomic(durable=True)
def refuse(*, upload_id: int, code: str, params: dict[str, Any], at: datetime) -> Upload:
    """End an upload that cannot be read, with the reason."""
    upload = Upload.objects.select_for_update(of=("self",)).select_related("company", "employee").get(pk=upload_id)
    if upload.finished_at is None:
        finish(upload, Outcome(State.REFUSED, code, params), at=at)
    return upload


def finish(upload: Upload, outcome: Outcome, *, at: datetime) -> None:
    """Write down how an upload ended. Call inside a transaction that holds the upload's lock."""
    upload.state = outcome.state
    upload.invoice = outcome.invoice
    upload.outcome = {"code": outcome.code, "params": outcome.params}
    upload.finished_at, upload.claimed_until = at, None
    upload.save()
    invoice = str(outcome.invoice.public_id) if outcome.invoice else None
    data = {"name": upload.name, "outcome": outcome.code, "invoice": invoice}
    audit.record(f"upload.{outcome.state}", upload, actor=upload.employee, at=at, data=data)


def _take(upload: Upload, found: FoundInvoice, at: datetime) -> Outcome:
    """One invoice of a file. The lock on its row lets two files of the same invoice follow each other."""
    kept = _keep_files(upload, found)
    invoice, is_new = _find_or_make(upload, found.reading, kept[0], at)
    holding = Holding.objects.live().filter(invoice=invoice).select_related("holder", "company").first()
    if holding is not None and holding.holder_id != upload.employee_id:
        return _held(upload, holding, invoice)
    known = set() if is_new else set(InvoiceFile.objects.filter(invoice=invoice).values_list("stored_id", flat=True))
    firm = InvoiceUse.objects.live().filter(invoice=invoice, firm=True).first()
    disputed = _learn(invoice, found.reading, held=firm is not None, is_new=is_new)
    preview = _keep_preview(found)
    for file, stored in zip(found.files, kept, strict=True):
        if stored.pk not in known:
            _add_file(invoice, file, stored, preview, upload, at)
    if holding is None:
        company = _company_of(upload, invoice)
        holding = Holding(invoice=invoice, company=company, holder=upload.employee, added_at=at)
    judge(holding, invoice)
    return _outcome(upload, invoice, firm=firm, disputed=disputed, is_new=is_new, same={f.pk for f in kept} <= known)


def _keep_files(upload: Upload, found: FoundInvoice) -> list[StoredFile]:
    assert upload.stored is not None
    return [
        upload.stored if file.content is None else files.store(file.content, media_type=str(file.file_type))
        for file in found.files
    ]


def _keep_preview(found: FoundInvoice) -> StoredFile | None:
    if found.preview is None:
        return None
    return files.store(found.preview.content, media_type=found.preview.media_type)


def _find_or_make(upload: Upload, reading: Reading, stored: StoredFile, at: datetime) -> tuple[Invoice, bool]:
    """The invoice with this identity, locked, and whether it is new. Without identity: a new one for each picture."""
    code, number = fields.identity_of(reading)
    if number:
        made = Invoice(code=code, number=number, first_seen_at=at)
        Invoice.objects.bulk_create([made], ignore_conflicts=True)  # two at once: the second finds the first's row
        invoice = Invoice.objects.locked().get(code=code, number=number)
        return invoice, invoice.public_id == made.public_id
    StoredFile.objects.select_for_update(no_key=True).get(pk=stored.pk)  # the same photo sent twice at once
    twin = _same_picture(upload, stored)
    return (twin, False) if twin else (Invoice.objects.create(first_seen_at=at), True)


def _same_picture(upload: Upload, stored: StoredFile) -> Invoice | None:
    """What became of the very same picture in this person's wallet."""
    held = Holding.objects.live().filter(holder=upload.employee, invoice__files__stored=stored).first()
    return Invoice.objects.locked().get(pk=held.invoice_id) if held else None


def _learn(invoice: Invoice, reading: Reading, *, held: bool, is_new: bool) -> list[str]:
    """Lay the reading over what is known. The fields in which it contradicts that are returned."""
    if is_new:
        fields.keep(invoice, reading)
        invoice.save()
        return []
    before = fields.reading_of(invoice)
    turned_down = {key: entry.get("turned_down", []) for key, entry in invoice.fields.items()}
    joined = fields.join(before, reading, held=held, turned_down=turned_down)
    fields.keep(invoice, joined)
    invoice.save()
    return fields.disputed(joined, before)


def _add_file(
    invoice: Invoice, file: SourceFile, stored: StoredFile, preview: StoredFile | None, upload: Upload, at: datetime
) -> None:
    InvoiceFile.objects.get_or_create(
        invoice=invoice,
        stored=stored,
        defaults={
            "preview": preview,
            "name": (file.name if file.content is not None else upload.name)[:200],
            "source_kind": file.source_kind,
            "received_at": at,
            "received_from": upload.employee,
        },
    )


def _company_of(upload: Upload, invoice: Invoice) -> Company:
    """Of the companies the employee works for, the one the invoice is made out to; else the one she uploaded for."""
    if not invoice.buyer_tax_id or invoice.buyer_tax_id == upload.company.tax_id:
        return upload.company
    posts = directory.posts_of(upload.employee, day=timezone.localdate(upload.received_at))
    return next((post.company for post in posts if post.company.tax_id == invoice.buyer_tax_id), upload.company)


def judge(holding: Holding, invoice: Invoice) -> None:
    """Note on the holding what is wrong with its invoice, so that the wallet can be sorted by it. Saves the holding."""
    holding.problems = policy.problems(invoice, holding.company)
    holding.save()


def _held(upload: Upload, holding: Holding, invoice: Invoice) -> Outcome:
    """Somebody else was first. Nothing of this file is added to her invoice."""
    known = holder_known_to(upload.employee, holding)
    params = {"number": invoice.number, "holder": holding.holder.name if known else ""}
    return Outcome(State.DUPLICATE, "held", params)


def holder_known_to(viewer: Employee, holding: Holding) -> bool:
    return rights.can(viewer, rights.SEE_ALL_DOCUMENTS, holding.company_id)


def _outcome(
    upload: Upload, invoice: Invoice, *, firm: InvoiceUse | None, disputed: list[str], is_new: bool, same: bool
) -> Outcome:
    if disputed:
        return Outcome(State.READ, "contradicts", {"keys": disputed}, invoice)
    if firm is not None:
        document = firm.document_label if may_know(upload.employee, firm) else ""
        return Outcome(State.DUPLICATE, "used", {"document": document}, invoice)
    if same and not is_new:
        return Outcome(State.DUPLICATE, "same_file", {}, invoice)
    if not invoice.has_identity:
        return Outcome(State.READ, "to_type", {}, invoice)
    if keys := policy.open_keys(invoice):
        return Outcome(State.READ, "to_confirm", {"keys": keys}, invoice)
    amount = {"total": str(invoice.total), "currency": invoice.currency}
    return Outcome(State.READ, "read" if is_new else "added", amount, invoice)
