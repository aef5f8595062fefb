"""A person says what stands on her invoice: chosen between two readings, typed beside the picture, or corrected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from common import audit
from common.errors import Finding, Stale
from directory.models import Employee
from invoices import errors, fields, policy
from invoices.models import Holding, Invoice, InvoiceFile, InvoiceUse, Upload
from invoices.readers.base import AMOUNTS, KEYS, Kind, Reading, Source, Value
from invoices.services.storing import holder_known_to, judge
from invoices.services.uses import may_know

RED = "红字"


@dataclass(slots=True)
class _Said:
    """What a person's values change, before anything is written."""

    reading: Reading
    entries: dict[str, dict[str, Any]]  # of `Invoice.fields`, for the fields she confirmed
    changes: dict[str, dict[str, str | None]] = field(default_factory=dict)
    faults: list[Finding] = field(default_factory=list)


@transaction.atomic(durable=True)
def confirm(*, invoice_id: int, employee: Employee, values: Mapping[str, Any], at: datetime) -> Invoice:
    """Keep the values a person confirmed, by the keys of `readers.base.KEYS`. An empty one: not on the invoice.

    Returns the invoice, which is another one when a photo turns out to be an invoice she has already: the two become
    one. Raises ValuesRefused with every fault, InvoiceInUse, HeldByColleague, NotYourInvoice, Stale.
    """
    invoice, holding = lock_own(invoice_id, employee)
    _must_not_be_submitted(invoice, employee)
    said = _say(invoice, values, employee, at)
    faults = said.faults or policy.faults_of_values(said.reading, today=timezone.localdate(at))
    if faults:
        raise errors.ValuesRefused(faults)
    if other := _known_as(said.reading, invoice):
        return _become(invoice, holding, other, said, employee, at)
    invoice.fields = invoice.fields | said.entries
    fields.keep(invoice, said.reading)
    _save_identity(invoice)
    judge(holding, invoice)
    _record("invoice.confirmed", invoice, holding, employee, at, {"changes": said.changes})
    return invoice


@transaction.atomic(durable=True)
def remove(*, holding_id: int, employee: Employee, at: datetime) -> None:
    """Put an invoice out of the wallet. It is back when its file is uploaded again.

    Raises NotYourInvoice, InvoiceInUse.
    """
    held = Holding.objects.live().filter(pk=holding_id, holder=employee).first()
    if held is None:
        raise errors.NotYourInvoice
    invoice, holding = lock_own(held.invoice_id, employee)
    _must_be_free(invoice, employee, InvoiceUse.objects.live().filter(invoice=invoice).first())
    holding.removed_at = at
    holding.save()
    _record("invoice.removed", invoice, holding, employee, at, {"total": str(invoice.total)})


def lock_own(invoice_id: int, employee: Employee) -> tuple[Invoice, Holding]:
    """An invoice of the employee's wallet, locked, and her holding. Raises NotYourInvoice."""
    invoice = Invoice.objects.locked().filter(pk=invoice_id).first()
    holding = Holding.objects.live().filter(invoice=invoice, holder=employee).select_related("company").first()
    if invoice is None or holding is None:
        raise errors.NotYourInvoice
    return invoice, holding


def _must_not_be_submitted(invoice: Invoice, employee: Employee) -> None:
    _must_be_free(invoice, employee, InvoiceUse.objects.live().filter(invoice=invoice, firm=True).first())


def _must_be_free(invoice: Invoice, employee: Employee, use: InvoiceUse | None) -> None:
    if use is not None:
        document = use.document_label if may_know(employee, use) else "—"
        raise errors.InvoiceInUse(number=invoice.number or "—", document=document)


def _say(invoice: Invoice, values: Mapping[str, Any], employee: Employee, at: datetime) -> _Said:
    said = _Said(fields.reading_of(invoice), {})
    for key in KEYS:
        if key in values:
            _say_one(said, invoice, key, values[key], {"by": employee.name, "at": at.isoformat()})
    return said


def _say_one(said: _Said, invoice: Invoice, key: str, raw: Any, who: dict[str, str]) -> None:
    before = said.reading.values.get(key)
    try:
        value = fields.typed(key, raw)
    except ValueError:
        said.faults.append(Finding(no_such(key), where=key, params={"value": str(raw)[:60]}))
        return
    sure = key not in said.reading.unsure
    unchanged = (value is None and before is None) or (value is not None and before is not None and _is(before, value))
    if sure and unchanged:
        return
    entry = invoice.fields.get(key) or {}
    if not unchanged and fields.is_issuers(entry) and sure:
        params = {"value": str(before.value) if before else ""}
        said.faults.append(Finding("invoice_issuers_value", where=key, params=params))
    elif value is None and key in policy.NEEDED:
        said.faults.append(Finding(f"invoice_{key}_missing", where=key))
    else:
        _lay(said, key, value, entry, who)


def no_such(key: str) -> str:
    """The finding for what cannot be a value of this field."""
    if key == "date" or key in AMOUNTS:
        return "invoice_no_date" if key == "date" else "invoice_no_amount"
    return "invoice_no_such_tax_id" if key.endswith("_tax_id") else "invoice_no_text"


def _is(before: Value, value: Any) -> bool:
    return fields.same(before, Value(value, Source.HAND, before.confidence))


def _lay(said: _Said, key: str, value: Any, entry: Mapping[str, Any], who: dict[str, str]) -> None:
    """Make a value the one that holds; what was read, and what she decided against, is remembered."""
    reading = said.reading
    before = reading.values.pop(key, None)
    others = [str(other.value) for other in reading.alternatives.pop(key, [])]
    reading.unsure = [open_key for open_key in reading.unsure if open_key != key]
    reading.notes = [note for note in reading.notes if note.params.get("key") != key]
    reading.blank.discard(key)
    if value is None:
        reading.blank.add(key)
    else:
        reading.put(key, value, Source.HAND)
    if key == "kind":
        reading.kind = next((kind for kind in Kind if kind.value == str(value or "").removesuffix(RED)), None)
    read = entry.get("read") or ({"value": entry["value"], "source": entry["source"]} if "source" in entry else None)
    turned_down = [*entry.get("turned_down", []), *(other for other in others if other != str(value))]
    said.entries[key] = {**who, "read": read, "turned_down": turned_down}
    said.changes[key] = {"from": str(before.value) if before else None, "to": None if value is None else str(value)}


def _known_as(reading: Reading, invoice: Invoice) -> Invoice | None:
    """Another invoice with the identity this one now has, locked."""
    code, number = fields.identity_of(reading)
    if not number or (code, number) == (invoice.code, invoice.number):
        return None
    return Invoice.objects.locked().filter(code=code, number=number).exclude(pk=invoice.pk).first()


def _save_identity(invoice: Invoice) -> None:
    """Two people may type the same number at the same moment: the second is told, and sees more on her next try."""
    try:
        with transaction.atomic():
            invoice.save()
    except IntegrityError as error:
        raise Stale(subject=invoice.number) from error


def _become(
    picture: Invoice, holding: Holding, known: Invoice, said: _Said, employee: Employee, at: datetime
) -> Invoice:
    """The picture is of an invoice that is known already: its files go there, and it leaves the wallet."""
    theirs = Holding.objects.live().filter(invoice=known).select_related("holder", "company").first()
    if theirs is not None and theirs.holder_id != employee.pk:
        holder = theirs.holder.display_name if holder_known_to(employee, theirs) else ""
        raise errors.HeldByColleague(number=known.number, holder=holder)
    _must_be_free(picture, employee, InvoiceUse.objects.live().filter(invoice=picture).first())
    held = InvoiceUse.objects.live().filter(invoice=known, firm=True).exists()
    turned_down = {key: entry.get("turned_down", []) for key, entry in known.fields.items()}
    fields.keep(known, fields.join(fields.reading_of(known), said.reading, held=held, turned_down=turned_down))
    known.save()
    _move_files(picture, known)
    picture.merged_into, picture.code, picture.number = known, "", ""
    picture.save()
    holding.removed_at = at
    holding.save()
    kept = theirs or Holding(invoice=known, company=holding.company, holder=employee, added_at=at)
    judge(kept, known)
    data = {"changes": said.changes, "picture": str(picture.public_id)}
    _record("invoice.merged", known, kept, employee, at, data)
    return known


def _move_files(picture: Invoice, known: Invoice) -> None:
    there = InvoiceFile.objects.filter(invoice=known).values("stored_id")
    InvoiceFile.objects.filter(invoice=picture).exclude(stored_id__in=there).update(invoice=known)
    Upload.objects.filter(invoice=picture).update(invoice=known)


def _record(
    kind: str, invoice: Invoice, holding: Holding, employee: Employee, at: datetime, data: dict[str, Any]
) -> None:
    label = invoice.number or invoice.seller_name or "—"
    about = audit.About("invoice", invoice.public_id, label[:120], holding.company_id)
    audit.record(kind, about, actor=employee, at=at, data={"number": invoice.number, **data})
