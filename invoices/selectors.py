"""Questions about invoices: what lies in a wallet, what may be claimed, what is known of an invoice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.urls import reverse

from common.money import ZERO
from directory import rights
from directory.models import Company, Employee
from invoices import policy, shown
from invoices.models import Holding, Invoice, InvoiceFile, InvoiceUse, Upload
from invoices.readers.base import Kind
from invoices.readers.text import amount
from invoices.services.uses import may_know
from invoices.shown import Ask, Mark

CHIPS = ("all", "ready", "unsure", "problem", "used")
PAGE = 24  # cards: eight rows of three
FRESH = timedelta(minutes=10)  # an upload is shown so long after it has ended
SHOWN_UPLOADS = 60


@dataclass(frozen=True, slots=True)
class Card:
    """One invoice of the wallet with everything its card says."""

    holding: Holding
    invoice: Invoice
    marks: Sequence[Mark]
    file: InvoiceFile | None  # the one with the best picture
    use: InvoiceUse | None
    twin: UUID | None  # public id of the lookalike in the same wallet

    @property
    def may_be_claimed(self) -> bool:
        """Whether the card can be ticked for a claim: free, and nothing the issuer has to mend first."""
        return self.use is None and not set(self.holding.problems) & set(policy.REFUSING)

    @property
    def asks(self) -> Sequence[Ask]:
        """The open fields, when they are few enough for the card and nothing stands in the way of confirming them."""
        few = len(self.invoice.unsure) <= shown.FEW and not (self.use and self.use.firm)
        return shown.asks(self.invoice) if few else ()

    @property
    def has_inputs(self) -> bool:
        return any(not ask.choices for ask in self.asks)

    @property
    def picture(self) -> str:
        return reverse("invoices:preview", args=[self.file.public_id]) if self.file and self.file.preview_id else ""


@dataclass(frozen=True, slots=True)
class Page:
    cards: Sequence[Card]
    next: str = ""  # cursor of the page after this one


@dataclass(frozen=True, slots=True)
class Counts:
    """How many invoices each chip shows, and what the ready ones add up to (in yuan)."""

    all: int
    ready: int
    unsure: int
    problem: int
    used: int
    ready_total: Decimal


# --- The wallet -------------------------------------------------------------------------------------------------------
def wallet(viewer: Employee, *, chip: str = "all", cursor: str = "") -> Page:
    """A page of the viewer's own invoices, the latest first."""
    held = _judged(viewer).filter(_chip(chip)).select_related("invoice", "company").order_by("-added_at", "-id")
    if after := _cursor(cursor):
        held = held.filter(Q(added_at__lt=after[0]) | Q(added_at=after[0], id__lt=after[1]))
    found = list(held[: PAGE + 1])
    page = found[:PAGE]
    following = f"{page[-1].added_at.isoformat()}~{page[-1].pk}" if len(found) > PAGE else ""
    return Page(_cards(viewer, page), following)


def wallet_counts(viewer: Employee) -> Counts:
    numbers = _judged(viewer).aggregate(
        ready_total=Coalesce(Sum("invoice__total", filter=_chip("ready")), ZERO),
        **{chip: Count("pk", filter=_chip(chip)) for chip in CHIPS},
    )
    return Counts(**numbers)


def attention_count(viewer: Employee) -> int:
    """Invoices of the wallet that wait for the viewer: to confirm, or with something wrong."""
    return _judged(viewer).filter(_chip("unsure") | _chip("problem")).count()


def card(viewer: Employee, public_id: UUID) -> Card | None:
    """One invoice of the viewer's wallet."""
    held = _judged(viewer).filter(invoice__public_id=public_id).select_related("invoice", "company")
    return next(iter(_cards(viewer, list(held[:1]))), None)


def _judged(viewer: Employee) -> QuerySet[Holding]:
    """The viewer's holdings, each with whether it is used, drafted and has a lookalike."""
    live = InvoiceUse.objects.live().filter(invoice=OuterRef("invoice_id"))
    return (
        Holding.objects.live()
        .filter(holder=viewer)
        .annotate(
            is_used=Exists(live.filter(firm=True)),
            is_drafted=Exists(live.filter(firm=False)),
            has_lookalike=Exists(_lookalikes("invoice__", "company_id")),
        )
    )


def _chip(chip: str) -> Q:
    """Every invoice of the wallet is used, unsure, problematic, drafted or ready."""
    used, unsure = Q(is_used=True), ~Q(invoice__unsure=[])
    problem = ~Q(problems=[]) | Q(has_lookalike=True)
    return {
        "all": ~used,
        "used": used,
        "unsure": ~used & unsure,
        "problem": ~used & ~unsure & problem,
        "ready": ~used & ~unsure & ~problem & Q(is_drafted=False),
    }.get(chip, ~used)


def _lookalikes(of: str, company: str) -> QuerySet[Holding]:
    """Other invoices in wallets of the company with the same seller, day and amount. Toll roads print many such."""
    return (
        Holding.objects.live()
        .filter(
            company_id=OuterRef(company),
            invoice__seller_name=OuterRef(f"{of}seller_name"),
            invoice__issued_on=OuterRef(f"{of}issued_on"),
            invoice__total=OuterRef(f"{of}total"),
        )
        .exclude(invoice__seller_name="")
        .exclude(invoice__kind=Kind.TOLL.value)
        .exclude(invoice_id=OuterRef(f"{of}id"))
    )


def _cards(viewer: Employee, held: Sequence[Holding]) -> list[Card]:
    ids = [holding.invoice_id for holding in held]
    uses = live_uses(ids)
    pictures = pictures_of(ids)
    twins = _twins(held)
    cards = []
    for holding in held:
        use = uses.get(holding.invoice_id)
        marks = shown.marks_of(
            holding.invoice, problems=holding.problems, has_lookalike=bool(getattr(holding, "has_lookalike", False))
        )
        if use is not None:
            marks = [shown.use_mark(use, known=may_know(viewer, use)), *marks]
        cards.append(
            Card(holding, holding.invoice, marks, pictures.get(holding.invoice_id), use, twins.get(holding.pk))
        )
    return cards


def _twins(held: Sequence[Holding]) -> dict[int, UUID]:
    """The lookalikes that lie on the same page, by holding: two cards that can be laid beside each other."""
    seen: dict[tuple[object, ...], list[Holding]] = {}
    for holding in held:
        if getattr(holding, "has_lookalike", False):
            invoice = holding.invoice
            seen.setdefault((invoice.seller_name, invoice.issued_on, invoice.total), []).append(holding)
    pairs = [group for group in seen.values() if len(group) > 1]
    return {
        holding.pk: next(other.invoice.public_id for other in group if other is not holding)
        for group in pairs
        for holding in group
    }


def _cursor(cursor: str) -> tuple[datetime, int] | None:
    """None for a cursor that is empty or was not made by us: the first page then."""
    moment, _mark, row = cursor.partition("~")
    try:
        return (datetime.fromisoformat(moment), int(row)) if row else None
    except ValueError:
        return None


# --- Uploads ----------------------------------------------------------------------------------------------------------
def uploads(viewer: Employee, *, at: datetime) -> list[Upload]:
    """What the viewer dropped lately: all that is not finished, and what ended minutes ago. The latest first."""
    fresh = Q(finished_at=None) | Q(finished_at__gt=at - FRESH)
    return list(Upload.objects.filter(fresh, employee=viewer).select_related("stored").order_by("-id")[:SHOWN_UPLOADS])


# --- Invoices on documents --------------------------------------------------------------------------------------------
def claimable(viewer: Employee, public_ids: Iterable[UUID]) -> list[Invoice]:
    """Those of the invoices that lie in the viewer's wallet and are on no submitted document.

    Each has `held_by_company_id`, the company in whose wallet it lies.
    """
    return list(
        Invoice.objects.filter(public_id__in=list(public_ids))
        .annotate(held=FilteredRelation("holdings", condition=Q(holdings__removed_at=None)))
        .filter(held__holder=viewer)
        .exclude(Exists(InvoiceUse.objects.live().filter(invoice=OuterRef("pk"), firm=True)))
        .annotate(held_by_company_id=F("held__company_id"))
        .order_by("issued_on", "pk")
    )


def of(ids: Collection[int]) -> dict[int, Invoice]:
    """Invoices by id. The caller has checked that the viewer may see what they are on."""
    return Invoice.objects.in_bulk(list(ids))


def live_uses(ids: Collection[int], *, besides: UUID | None = None) -> dict[int, InvoiceUse]:
    """Where invoices are now, by invoice: on a submitted document, else in the latest draft. `besides`: not counted."""
    found = InvoiceUse.objects.live().filter(invoice_id__in=ids)
    if besides is not None:
        found = found.exclude(document_id=besides)
    return {use.invoice_id: use for use in found.order_by("firm", "used_at")}


def pictures_of(ids: Collection[int]) -> dict[int, InvoiceFile]:
    """The file to show for each invoice: one with a picture before one without, the first received before others."""
    rank = Case(When(preview=None, then=Value("2")), default=Value("1"), output_field=CharField())
    found = InvoiceFile.objects.filter(invoice_id__in=ids).annotate(rank=rank).order_by("-rank", "-id")
    return {file.invoice_id: file for file in found}


def checks(invoice: Invoice, company: Company) -> list[Mark]:
    """The marks of one invoice on a document of a company."""
    return marks([invoice], company)[invoice.pk]


def marks(invoices: Sequence[Invoice], company: Company, *, full: bool = True) -> dict[int, list[Mark]]:
    """The marks of the invoices of a document, by invoice; one statement for all of them."""
    doubled = lookalikes(invoices, company)
    return {
        invoice.pk: shown.marks_of(
            invoice,
            problems=policy.problems(invoice, company),
            has_lookalike=invoice.pk in doubled,
            full=full,
        )
        for invoice in invoices
    }


def lookalikes(invoices: Sequence[Invoice], company: Company) -> set[int]:
    """Those of the invoices that have another of the same seller, day and amount in a wallet of the company."""
    if not invoices:
        return set()
    asked = Invoice.objects.filter(pk__in=[invoice.pk for invoice in invoices]).annotate(in_company=Value(company.pk))
    return set(asked.filter(Exists(_lookalikes("", "in_company"))).values_list("pk", flat=True))


# --- Who may see ------------------------------------------------------------------------------------------------------
def visible_to(viewer: Employee) -> QuerySet[Invoice]:
    """Invoices the viewer holds, and those held in a company all of whose documents she may see.

    Who may see a document that uses an invoice sees it through that document.
    """
    theirs = rights.companies_with(viewer, rights.SEE_ALL_DOCUMENTS)
    held = Holding.objects.live().filter(Q(holder=viewer) | theirs)
    return Invoice.objects.filter(Exists(held.filter(invoice=OuterRef("pk"))))


def file_of(viewer: Employee, public_id: UUID) -> InvoiceFile | None:
    """A file the viewer may see."""
    visible = visible_to(viewer).filter(pk=OuterRef("invoice_id"))
    return InvoiceFile.objects.filter(Exists(visible), public_id=public_id).select_related("stored", "preview").first()


def files_of(invoice: Invoice) -> list[InvoiceFile]:
    return list(invoice.files.select_related("stored", "received_from").order_by("id"))


def holder_of(invoice: Invoice) -> Holding | None:
    return Holding.objects.live().filter(invoice=invoice).select_related("holder", "company").first()


def search(viewer: Employee, text: str, limit: int) -> list[Invoice]:
    """Invoices the viewer may see, by number, seller or exact amount; the latest first."""
    text = text.strip()
    if not text:
        return []
    wanted = Q(number__startswith=text) | Q(seller_name__icontains=text)
    if (figure := _figure(text)) is not None:
        wanted |= Q(total=figure)
    return list(visible_to(viewer).filter(wanted).order_by("-id")[:limit])


def _figure(text: str) -> Decimal | None:
    return amount(text)
