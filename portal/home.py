"""The start page: what waits for me, each pile leading straight to it, and the words of greeting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from approvals import selectors as approvals
from budgets import periods
from common.templatetags import ui
from directory.models import Employee
from invoices import selectors as invoices
from portal import counts
from reimburse import selectors as reimburse


@dataclass(frozen=True, slots=True)
class Wait:
    """A pile of work: how much, where it lies, and one note on it. `state` colours the note (`ui.mark`)."""

    label: str | Promise
    count: str
    href: str
    picture: str
    note: str | Promise
    state: str = "none"

    @property
    def is_empty(self) -> bool:
        return self.count == "0"


def waits(viewer: Employee) -> Sequence[Wait]:
    """The piles that concern the viewer, each leading straight to it."""
    piles = [_inbox(viewer), _returned(viewer), *_invoices(viewer)]
    return [*piles, *(_office(counted) for counted in counts.office(viewer))]


def _inbox(viewer: Employee) -> Wait:
    summary = approvals.inbox_summary(viewer)
    note, state = _("all done"), "none"
    if summary.flagged:
        flagged = ngettext("%(n)s needs a look", "%(n)s need a look", summary.flagged) % {"n": summary.flagged}
        note, state = flagged, "warn"
    elif summary.oldest:
        note = _("the oldest waits %(duration)s") % {"duration": ui.duration_since(summary.oldest)}
    return Wait(_("Waiting for me"), counts.capped(summary.count), reverse("approvals:inbox"), "flag", note, state)


def _returned(viewer: Employee) -> Wait:
    number = counts.returned(viewer)
    newest = reimburse.returned_to(viewer, limit=1) if number else []
    note = newest[0].comment or _("mend and send again") if newest else _("none")
    page = reverse("reimburse:list")
    return Wait(_("Returned to me"), counts.capped(number), f"{page}?status=returned", "corner-up-left", note)


def _invoices(viewer: Employee) -> Sequence[Wait]:
    wallet = invoices.wallet_counts(viewer)
    page = reverse("invoices:wallet")
    unsure = _("something could not be read") if wallet.unsure else _("none")
    ready = _("%(sum)s in all") % {"sum": ui.money(wallet.ready_total)} if wallet.ready else _("none")
    return [
        Wait(_("Invoices to confirm"), counts.capped(wallet.unsure), f"{page}?chip=unsure", "help-circle", unsure),
        Wait(_("Invoices to claim"), counts.capped(wallet.ready), f"{page}?chip=ready", "receipt", ready),
    ]


def _office(counted: counts.Counted) -> Wait:
    """A pile of those who work in finance or IT."""
    note = counted.note if counted.number else _("all done")
    return Wait(counted.label, counted.shown, reverse(counted.target), counted.picture, note)


# --- Words ------------------------------------------------------------------------------------------------------------
def greeting(viewer: Employee, now: datetime) -> str:
    words = {"name": given_name(viewer)}
    if now.hour < 12:
        return _("Good morning, %(name)s") % words
    if now.hour < 18:
        return _("Good afternoon, %(name)s") % words
    return _("Good evening, %(name)s") % words


def given_name(viewer: Employee) -> str:
    """知夏 of 林知夏; 许清 stays whole, and so does an English name, whose order nobody can tell."""
    if (get_language() or "").startswith("en"):
        return viewer.display_name
    return viewer.name[-2:] if len(viewer.name) > 2 and not viewer.name.isascii() else viewer.name


def month_in_words(day: date) -> str:
    return date_format(day, pgettext("date format of a whole month", "F"))


def period_in_words(period: str) -> str:
    """The span of a budget as its page calls it: 11 月, 全年."""
    span = periods.parse(period.replace(" ", ""))
    return span.label if span else period


def today_in_words(now: datetime) -> str:
    return date_format(now, pgettext("date format with weekday", "l, j F"))
