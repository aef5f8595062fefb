"""Questions about approvals: what waits for whom, what somebody answered, how a request came to where it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from approvals.history import RouteStepView, because, route_name, route_of, whats_next
from approvals.models import ApprovalRequest, Slot
from approvals.services.deciding import SlotNotFound
from common import keyset
from directory import rights
from directory import selectors as directory
from directory.models import Employee

__all__ = [
    "Page",
    "RouteStepView",
    "Summary",
    "after",
    "because",
    "before",
    "colleagues",
    "handled",
    "inbox",
    "inbox_count",
    "inbox_summary",
    "is_party",
    "own_slot",
    "own_slots",
    "place",
    "route_name",
    "route_of",
    "slot_of",
    "stuck",
    "transferable",
    "whats_next",
]

Chip = Literal["all", "flagged", "plain"]
State = Slot.State

PAGE = 25
MOST = 1000  # counts stop here: "1000+"
ANSWERED = (State.APPROVED, State.REJECTED, State.RETURNED, State.TRANSFERRED)
INBOX_ORDER = ("-flagged", "-opened_at", "-id")  # what deserves attention first, then the newest
DONE_ORDER = ("-acted_at", "-id")


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, and the cursor of what follows."""

    slots: list[Slot]
    next: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What waits for somebody. Counts stop at MOST; sums are by currency, of what was counted."""

    count: int
    flagged: int
    oldest: datetime | None
    sums: dict[str, Decimal]

    @property
    def plain(self) -> int:
        return self.count - self.flagged

    @property
    def capped(self) -> bool:
        return self.count >= MOST


SUMMARY = """
SELECT r.currency, count(*), count(*) FILTER (WHERE s.flagged), min(s.opened_at), sum(r.amount)
  FROM (SELECT request_id, flagged, opened_at FROM approvals_slot
         WHERE approver_id = %s AND state = 'open' LIMIT %s) s
  JOIN approvals_approvalrequest r ON r.id = s.request_id
 GROUP BY r.currency
"""


def _open(viewer: Employee, chip: str) -> QuerySet[Slot]:
    slots = Slot.objects.filter(approver=viewer, state=State.OPEN)
    if chip == "flagged":
        return slots.filter(flagged=True)
    return slots.filter(flagged=False) if chip == "plain" else slots


def _rows(slots: QuerySet[Slot]) -> QuerySet[Slot]:
    """With what a row shows: the kept route is large, and no row shows it."""
    return _cases(slots).defer("request__route", "request__facts")


def _cases(slots: QuerySet[Slot]) -> QuerySet[Slot]:
    return slots.select_related("request__applicant", "request__department")


def inbox(viewer: Employee, *, chip: str = "all", cursor: str | None = None, limit: int = PAGE) -> Page:
    """What waits for the viewer's answer. One statement."""
    slots, following = keyset.page(_rows(_open(viewer, chip)), INBOX_ORDER, after=cursor, limit=limit)
    return Page(slots, following)


def inbox_count(viewer: Employee) -> int:
    """How many documents wait, at most MOST."""
    return _open(viewer, "all").order_by()[:MOST].count()


def inbox_summary(viewer: Employee) -> Summary:
    """Count, how many deserve attention, the oldest, the sums. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(SUMMARY, [viewer.pk, MOST])
        rows = cursor.fetchall()
    return Summary(
        count=sum(row[1] for row in rows),
        flagged=sum(row[2] for row in rows),
        oldest=min((row[3] for row in rows), default=None),
        sums={row[0]: row[4] for row in rows},
    )


def own_slot(viewer: Employee, slot_id: UUID) -> Slot:
    """The viewer's own turn, open or over. Raises SlotNotFound."""
    slot = (
        Slot.objects.filter(approver=viewer, public_id=slot_id)
        .select_related("request__applicant", "request__department", "request__company", "acted_by")
        .first()
    )
    if slot is None:
        raise SlotNotFound
    return slot


def own_slots(viewer: Employee, slot_ids: Sequence[UUID]) -> list[Slot]:
    """The viewer's own turns among these, open or over."""
    return list(_rows(Slot.objects.filter(approver=viewer, public_id__in=slot_ids)))


def transferable(viewer: Employee, slot_id: UUID) -> Slot:
    """An open turn that the viewer may hand over: her own, or as a process administrator. Raises SlotNotFound."""
    hers = Q(approver=viewer) | rights.companies_with(viewer, rights.ADMINISTER_PROCESS)
    slots = Slot.objects.filter(hers, public_id=slot_id, state=State.OPEN).exclude(request__applicant=viewer)
    slot = _rows(slots).select_related("approver").first()
    if slot is None:
        raise SlotNotFound
    return slot


def slot_of(viewer: Employee, request: ApprovalRequest) -> Slot | None:
    """The viewer's open turn in a request."""
    return Slot.objects.filter(request=request, approver=viewer, state=State.OPEN).first()


def after(viewer: Employee, slot: Slot, *, chip: str = "all") -> Slot | None:
    """What comes next in the viewer's list after a turn, which may be over by now; the first one after the last."""
    waiting = _cases(_open(viewer, chip)).exclude(pk=slot.pk).order_by(*INBOX_ORDER)
    following = waiting.filter(keyset.following(INBOX_ORDER, keyset.values_of(slot, INBOX_ORDER))).first()
    return following or waiting.first()


def before(viewer: Employee, slot: Slot, *, chip: str = "all") -> Slot | None:
    """What comes before a turn in the viewer's list."""
    back = keyset.backwards(INBOX_ORDER)
    waiting = _open(viewer, chip).filter(keyset.following(back, keyset.values_of(slot, back)))
    return waiting.order_by(*back).first()


def place(viewer: Employee, slot: Slot, *, chip: str = "all") -> int:
    """Which one it is in the viewer's list, from 1, at most MOST."""
    back = keyset.backwards(INBOX_ORDER)
    ahead = _open(viewer, chip).filter(keyset.following(back, keyset.values_of(slot, back)))
    return 1 + ahead.order_by()[: MOST - 1].count()


def handled(viewer: Employee, *, cursor: str | None = None, limit: int = PAGE) -> Page:
    """What the viewer has answered or handed over, the latest first. One statement."""
    slots = Slot.objects.filter(~Q(state=State.OPEN), approver=viewer, state__in=ANSWERED)
    found, following = keyset.page(_rows(slots), DONE_ORDER, after=cursor, limit=limit)
    return Page(found, following)


def is_party(viewer: Employee, subject_id: UUID) -> bool:
    """Whether the viewer has or had a turn in the approval of a document."""
    return Slot.objects.filter(approver=viewer, request__subject_id=subject_id).exists()


def stuck(viewer: Employee) -> list[Slot]:
    """For process administrators: open turns of people who left, in the viewer's companies, on requests of others."""
    slots = Slot.objects.filter(
        rights.companies_with(viewer, rights.ADMINISTER_PROCESS), state=State.OPEN, approver__is_active=False
    )
    others = _rows(slots).exclude(request__applicant=viewer)
    return list(others.select_related("approver").order_by("opened_at", "id")[:MOST])


def colleagues(slot: Slot, text: str, *, day: date, limit: int = 8) -> list[Employee]:
    """People of the company to whom a turn may be handed over, by name, sign-in name or staff number."""
    text = text.replace("\0", "").strip()  # a character that no column holds
    if not text:
        return []
    here = directory.posts_on(day).filter(company_id=slot.company_id).values("employee")
    matching = Q(name__icontains=text) | Q(name_en__icontains=text) | Q(username__istartswith=text)
    return list(
        Employee.objects.filter(matching | Q(staff_number=text), pk__in=here, is_active=True)
        .exclude(pk__in=[slot.approver_id, slot.request.applicant_id])
        .order_by("sort_key", "name", "pk")[:limit]
    )
