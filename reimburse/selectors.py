"""Questions about documents: which ones a viewer may see, and how they stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from approvals.models import Slot
from common import keyset
from common.money import ZERO
from directory import rights
from directory.models import Employee
from reimburse.errors import DocumentNotFound
from reimburse.models import Document, LineInvoice

Status = Document.Status

PAGE = 50
ORDER = ("-id",)
MOST = 1000  # counts stop here
UNSENT = Q(status=Status.DRAFT)

# The chips of the list: what each one shows.
CHIPS: dict[str, frozenset[str]] = {
    "all": frozenset(Status.values),
    "draft": frozenset({Status.DRAFT, Status.WITHDRAWN}),
    "returned": frozenset({Status.RETURNED}),
    "waiting": frozenset({Status.WAITING}),
    "approved": frozenset({Status.APPROVED}),
    "posted": frozenset({Status.POSTED}),
    "rejected": frozenset({Status.REJECTED}),
}


def visible_to(viewer: Employee) -> QuerySet[Document]:
    """One's own; those one was asked to approve; and, with the right, all of a company that were ever sent.

    A draft that was never sent is its writer's alone.
    """
    asked = Slot.objects.filter(request=OuterRef("approval_id"), approver=viewer)
    return Document.objects.filter(
        Q(applicant=viewer)
        | (Q(payee=viewer) & ~UNSENT)
        | Q(Exists(asked))
        | (rights.companies_with(viewer, rights.SEE_ALL_DOCUMENTS) & ~UNSENT)
    )


def document(viewer: Employee, document_id: UUID) -> Document:
    """One document with what its page shows. Raises DocumentNotFound for what the viewer may not see."""
    found = (
        visible_to(viewer)
        .filter(public_id=document_id)
        .select_related(
            "company", "applicant", "payee", "department", "cost_centre", "project", "approval__company", "advance"
        )
        .first()
    )
    if found is None:
        raise DocumentNotFound
    return found


def own(viewer: Employee, document_id: UUID) -> Document:
    """One of the viewer's own documents. Raises DocumentNotFound."""
    found = document(viewer, document_id)
    if found.applicant_id != viewer.pk:
        raise DocumentNotFound
    return found


# --- Lists ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Row:
    """A document in a list: how far it is, and who holds it since when (or what was said last)."""

    document: Document
    dots: list[str]
    holders: str = ""
    comment: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Row]
    next: str


def my_documents(viewer: Employee, *, chip: str = "all", cursor: str | None = None, limit: int = PAGE) -> Page:
    """The viewer's own documents, the newest first. Two statements."""
    return _page(Document.objects.filter(applicant=viewer), chip, cursor, limit)


def company_documents(viewer: Employee, *, chip: str = "all", cursor: str | None = None, limit: int = PAGE) -> Page:
    """Everything ever sent in the companies whose documents the viewer may all see, the newest first."""
    theirs = rights.companies_with(viewer, rights.SEE_ALL_DOCUMENTS)
    return _page(Document.objects.filter(theirs).exclude(UNSENT), chip, cursor, limit)


def counts(viewer: Employee) -> dict[str, int]:
    """How many of the viewer's own documents are under each chip; each count stops at MOST. One statement."""
    newest = Document.objects.filter(applicant=viewer).order_by("-id").values_list("status", flat=True)[:MOST]
    found = list(newest)
    return {chip: sum(status in statuses for status in found) for chip, statuses in CHIPS.items()}


def _page(documents: QuerySet[Document], chip: str, cursor: str | None, limit: int) -> Page:
    wanted = CHIPS.get(chip, CHIPS["all"])
    if wanted != CHIPS["all"]:
        documents = documents.filter(status__in=wanted)
    documents = documents.select_related("company", "applicant", "approval")
    found, following = keyset.page(documents, ORDER, after=cursor, limit=limit)
    return Page(rows(found), following)


def rows(documents: Iterable[Document]) -> list[Row]:
    """The documents as rows of a list. They come with their approval."""
    listed = list(documents)
    turns = _turns([document for document in listed if document.status in (Status.WAITING, *ANSWERED)])
    return [_row(document, turns.get(document.approval_id or 0, [])) for document in listed]


ANSWERED = (Status.RETURNED, Status.REJECTED)


def _turns(documents: Iterable[Document]) -> dict[int, list[Slot]]:
    """The open turns, and the last word of those returned and rejected, by approval."""
    ids = [document.approval_id for document in documents]
    found: dict[int, list[Slot]] = {}
    if ids:
        states = [Slot.State.OPEN, Slot.State.RETURNED, Slot.State.REJECTED]
        slots = Slot.objects.filter(request_id__in=ids, round=F("request__round"), state__in=states)
        for slot in slots.select_related("approver").order_by("pk"):
            found.setdefault(slot.request_id, []).append(slot)
    return found


def _row(document: Document, turns: list[Slot]) -> Row:
    dots = dots_of(document)
    if not turns:
        return Row(document, dots, since=document.decided_at or document.changed_at)
    last = turns[-1]
    names = "、".join(dict.fromkeys(turn.approver.display_name for turn in turns))
    return Row(document, dots, holders=names, comment=last.comment, since=last.acted_at or turns[0].opened_at)


def dots_of(document: Document) -> list[str]:
    """Sent, each step of its route, posted: how far the document is."""
    request = document.approval
    if request is None:
        return ["next"] * 3
    steps = len(request.route.get("steps", []))
    done = ["done"] * (1 + request.step)
    rest = ["next"] * (steps - request.step)  # the steps after this one, and posting
    match document.status:
        case Status.WAITING:
            return [*done, "now", *rest]
        case Status.REJECTED:
            return [*done, "rejected", *rest]
        case Status.RETURNED | Status.WITHDRAWN:
            return ["returned", *["next"] * (steps + 1)]
        case Status.POSTED:
            return [*["done"] * (1 + steps), "paid"]
    return [*["done"] * (1 + steps), "next"]


# --- How I stand ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Standing:
    """What the viewer has claimed in a month, in yuan: booked, approved, under way."""

    posted: Decimal
    approved: Decimal
    waiting: Decimal

    @property
    def total(self) -> Decimal:
        return self.posted + self.approved + self.waiting


def my_month(viewer: Employee, day: date) -> Standing:
    """The claims the viewer sent in the month of a day, by how far they are. One statement."""
    sums = dict(
        Document.objects.filter(
            applicant=viewer,
            kind=Document.Kind.CLAIM,
            submitted_at__year=day.year,
            submitted_at__month=day.month,
        )
        .values_list("status")
        .annotate(sum=Sum("total"))
    )
    return Standing(
        posted=sums.get(Status.POSTED, ZERO),
        approved=sums.get(Status.APPROVED, ZERO),
        waiting=sums.get(Status.WAITING, ZERO),
    )


def returned_to(viewer: Employee, *, limit: int = 3) -> list[Row]:
    """What was sent back to the viewer, the newest first."""
    returned = Document.objects.filter(applicant=viewer, status=Status.RETURNED)
    return rows(returned.select_related("company", "applicant", "approval").order_by("-id")[:limit])


# --- Search -----------------------------------------------------------------------------------------------------------
def search(viewer: Employee, text: str, limit: int = 20) -> list[Document]:
    """Documents the viewer may see, by number, title, applicant, amount or the seller on an invoice; newest first."""
    text = text.strip()
    if not text:
        return []
    seller = LineInvoice.objects.filter(line__document=OuterRef("pk"), invoice__seller_name__icontains=text)
    matching = (
        Q(number__icontains=text)
        | Q(title__icontains=text)
        | Q(applicant__name__icontains=text)
        | Q(applicant__name_en__icontains=text)
        | Q(Exists(seller))
    )
    amount = _amount(text)
    if amount is not None:
        matching |= Q(total=amount)
    found = visible_to(viewer).filter(matching).select_related("company", "applicant", "approval")
    return list(found.order_by("-id")[:limit])


def _amount(text: str) -> Decimal | None:
    try:
        amount = Decimal(text.replace(",", "").lstrip("¥￥"))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) < Decimal(10) ** 16 else None
