"""The numbers beside the places of the navigation: how much waits where. Each is one small, capped statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from approvals import selectors as approvals
from directory import rights
from directory.models import Employee
from invoices import selectors as invoices
from oa.models import Delivery
from reimburse.models import Document
from vouchers.models import Voucher

MOST = 99  # beyond that it is "99+": nobody counts so far


def capped(number: int) -> str:
    return f"{MOST}+" if number > MOST else str(number)


def _up_to_most(rows: QuerySet[Model]) -> int:
    return rows.order_by()[: MOST + 1].count()


def returned(viewer: Employee) -> int:
    """The viewer's documents that came back to be mended."""
    return _up_to_most(Document.objects.filter(applicant=viewer, status=Document.Status.RETURNED))


def vouchers_to_post(viewer: Employee) -> int:
    theirs = rights.companies_with(viewer, rights.MANAGE_VOUCHERS)
    return _up_to_most(Voucher.objects.filter(theirs, status=Voucher.Status.DRAFT))


def dead_deliveries(viewer: Employee) -> int:
    theirs = rights.companies_with(viewer, rights.MANAGE_CONNECTIONS)
    return _up_to_most(Delivery.objects.filter(theirs, state=Delivery.State.DEAD))


# By the names that places carry (`navigation.Place.count`).
COUNTS: dict[str, Callable[[Employee], int]] = {
    "inbox": approvals.inbox_count,
    "returned": returned,
    "invoices": invoices.attention_count,
    "vouchers": vouchers_to_post,
    "dead": dead_deliveries,
}


@dataclass(frozen=True, slots=True)
class Badge:
    key: str
    number: int
    on_tab: bool  # stands on one of the phone's tabs too

    @property
    def shown(self) -> str:
        return capped(self.number) if self.number else ""


def badges(viewer: Employee, keys: Sequence[str], tabs: Sequence[str]) -> list[Badge]:
    """The counts of the places that somebody sees, those on tabs among them."""
    return [Badge(key, COUNTS[key](viewer), key in tabs) for key in keys]


@dataclass(frozen=True, slots=True)
class Counted:
    """A pile of those who work in finance or IT, for the start page."""

    label: str | Promise
    number: int
    target: str
    picture: str
    note: str | Promise

    @property
    def shown(self) -> str:
        return capped(self.number)


def office(viewer: Employee) -> Iterator[Counted]:
    if rights.can_anywhere(viewer, rights.MANAGE_VOUCHERS):
        number = vouchers_to_post(viewer)
        yield Counted(_("Vouchers to post"), number, "vouchers:list", "book", _("review and post"))
    if rights.can_anywhere(viewer, rights.MANAGE_CONNECTIONS):
        number = dead_deliveries(viewer)
        yield Counted(_("Deliveries given up"), number, "oa:overview", "skull", _("look and send again"))
