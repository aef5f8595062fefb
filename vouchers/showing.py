"""A voucher as its page shows it: the paper, the papers behind it, what is missing, what was decided, what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import audit
from common.errors import Wording
from common.models import AuditEntry
from common.money import ZERO, total
from directory import rights
from directory.models import Employee
from invoices.models import InvoiceFile
from reimburse.models import Attachment, LineInvoice
from vouchers import problems, selectors
from vouchers.kinds import VatReason
from vouchers.models import VatDecision, Voucher

ROWS_ON_PAPER = 6  # fewer lines leave blank rows, as on a printed pad


def desk(voucher: Voucher, viewer: Employee) -> dict[str, Any]:
    """What the part of the page beside the list needs, in a fixed number of statements."""
    lines = selectors.lines_of(voucher)
    papers = papers_of(voucher, viewer)
    exports, events = selectors.exports_of(voucher), history_of(voucher)
    decisions = [Decided(row) for row in selectors.decisions_of(voucher)]
    return {
        "voucher": voucher,
        "lines": lines,
        "blanks": range(max(0, ROWS_ON_PAPER - len(lines))),
        "difference": total(line.debit - line.credit for line in lines),
        "problems": problems.shown(voucher.problems, voucher.company_id),
        "decisions": decisions,
        "deducted": total(row.decision.deductible for row in decisions),
        "papers": papers,
        "source": papers[0].papers[0].href if papers else "",
        "exports": exports,
        "events": events,
        "event_count": len(events) + len(exports),
    }


# --- Input VAT --------------------------------------------------------------------------------------------------------
MARKS: Mapping[str, str] = {
    VatReason.DEDUCTIBLE: "ok",
    VatReason.BY_HAND: "ok",
    VatReason.UNKNOWN_KIND: "warn",
    VatReason.NO_RULE: "bad",
    VatReason.OTHER_BUYER: "warn",
    VatReason.NO_BUYER: "warn",
    VatReason.NO_TRAVELLER: "warn",
}
SETTLED_BY_LAW = (VatReason.SMALL_TAXPAYER, VatReason.USE)


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision about an invoice, with how grave it looks and whether a person may change it."""

    decision: VatDecision

    @property
    def mark(self) -> str:
        return MARKS.get(self.decision.reason, "none")

    @property
    def may_decide(self) -> bool:
        return self.decision.reason not in SETTLED_BY_LAW

    @property
    def part(self) -> Decimal | None:
        """What is claimed, where that is not the whole invoice."""
        whole = self.decision.invoice.total or ZERO
        return self.decision.claimed if self.decision.claimed != whole else None


# --- Papers behind it (附单据) ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Paper:
    label: str
    href: str  # "" where the viewer sees vouchers but not the documents behind them


@dataclass(frozen=True, slots=True)
class Papers:
    """Papers of one sort: how many, and the way to each."""

    label: str
    picture: str
    papers: Sequence[Paper] = field(default=())


def papers_of(voucher: Voucher, viewer: Employee) -> list[Papers]:
    document = voucher.document
    if document is None:
        return []
    linked = rights.can(viewer, rights.SEE_ALL_DOCUMENTS, document.company_id)

    def paper(label: str, name: str, *keys: Any) -> Paper:
        return Paper(label, reverse(name, args=[document.public_id, *keys]) if linked else "")

    found = [Papers(str(document.get_kind_display()), "file-text", [paper(document.number, "reimburse:document")])]
    by_type: dict[str, list[Paper]] = {}
    picture = Exists(InvoiceFile.objects.filter(invoice=OuterRef("invoice"), preview__isnull=False))
    used = LineInvoice.objects.filter(line__document=document).annotate(has_picture=picture)
    for row in used.select_related("invoice", "line__expense_type").order_by("line__position", "pk"):
        name = row.line.expense_type.shown_name if row.line.expense_type else _("Invoice")
        label = row.invoice.seller_name or row.invoice.number
        seen = "reimburse:invoice_preview" if row.has_picture else "reimburse:invoice_file"
        by_type.setdefault(name, []).append(paper(label, seen, row.invoice.public_id))
    found += [Papers(name, "file-invoice", papers) for name, papers in by_type.items()]
    attached = [
        paper(attachment.name, "reimburse:attachment", attachment.public_id)
        for attachment in Attachment.objects.filter(document=document).order_by("pk")
    ]
    return [*found, *([Papers(_("Attachment"), "paperclip", attached)] if attached else [])]


# --- What happened ----------------------------------------------------------------------------------------------------
WORDS: Mapping[str, Wording] = {
    "voucher.drafted": gettext_lazy("drafted it"),
    "voucher.changed": gettext_lazy("changed the draft"),
    "voucher.vat_decided": gettext_lazy("decided on input VAT"),
    "voucher.posted": gettext_lazy("posted it"),
    "voucher.reversed": gettext_lazy("reversed it"),
}
FIELDS: Mapping[str, Wording] = {
    "summary": gettext_lazy("Summary"),
    "account": gettext_lazy("Account"),
    "department": gettext_lazy("Department"),
    "employee": gettext_lazy("Employee"),
    "project": gettext_lazy("Project"),
    "dated_on": gettext_lazy("Date"),
    "attachment_count": gettext_lazy("Papers"),
    "deductible": gettext_lazy("Deduct"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One value before and after, and where on the voucher."""

    where: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    who: str
    what: str
    why: str
    changes: Sequence[Change]


def history_of(voucher: Voucher) -> list[Event]:
    """What happened to this voucher, oldest first, out of the trail of its document."""
    subject = voucher.document.public_id if voucher.document else voucher.public_id
    mine = {str(voucher.public_id)} | ({str(voucher.reverses.public_id)} if voucher.reverses else set())
    entries = [entry for entry in audit.timeline(subject) if entry.data.get("voucher_id") in mine]
    return [_event(entry) for entry in entries if entry.kind in WORDS and _concerns(entry, voucher)]


def _concerns(entry: AuditEntry, voucher: Voucher) -> bool:
    """Its own entries; of the original only its reversal, which is how a red voucher begins."""
    own: bool = entry.data["voucher_id"] == str(voucher.public_id)
    return own or entry.kind == "voucher.reversed"


def _event(entry: AuditEntry) -> Event:
    return Event(
        at=entry.at,
        who=entry.actor_name or _("the system"),
        what=str(WORDS[entry.kind]),
        why=entry.data.get("reason") or entry.data.get("because") or "",
        changes=list(_changes(entry.data)),
    )


def _changes(data: Mapping[str, Any]) -> Sequence[Change]:
    found = []
    if "deductible" in data:
        found.append(_change(data["invoice"], "deductible", data["deductible"]))
    for changed in data.get("changes", []):
        line = changed.get("line")
        where = _("line %(line)s") % {"line": line} if line else ""
        found += [_change(where, name, values) for name, values in changed.items() if name in FIELDS]
    return found


def _change(where: str, name: str, values: Sequence[Any]) -> Change:
    before, after = ("—" if value in (None, "") else str(value) for value in values)
    return Change(where, str(FIELDS[name]), before, after)
