"""The navigation: every place of the product, who sees it, and which count it carries.

A new page that belongs in the navigation is one line here. Every target must resolve: a test follows them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from directory import rights
from directory.models import Employee, Post

Wording = str | Promise


@dataclass(frozen=True, slots=True)
class Seen:
    """Who looks, and from which post; both are read once for a page."""

    viewer: Employee
    post: Post | None = None

    @property
    def heads_department(self) -> bool:
        return self.post is not None and self.post.department.head_id == self.viewer.pk


Rule = Callable[[Seen], bool]


def everybody(seen: Seen) -> bool:
    return True


def with_right(*wanted: str) -> Rule:
    return lambda seen: any(rights.can_anywhere(seen.viewer, right) for right in wanted)


def who_sees_budgets(seen: Seen) -> bool:
    """With the right, or as head of a department: she sees her own."""
    return seen.heads_department or with_right(rights.SEE_BUDGETS, rights.MANAGE_BUDGETS)(seen)


def administrators(seen: Seen) -> bool:
    return seen.viewer.is_staff


@dataclass(frozen=True, slots=True)
class Place:
    """One page of the navigation. `count` names the number it carries (`counts.COUNTS`)."""

    label: Wording
    icon: str
    target: str
    group: str = "work"
    shown: Rule = everybody
    count: str = ""


GROUPS: dict[str, Wording] = {"work": "", "finance": _("Finance"), "settings": _("Settings")}

PLACES: Sequence[Place] = (
    Place(_("Home"), "home", "portal:home"),
    Place(_("Wallet"), "receipt", "invoices:wallet", count="invoices"),
    Place(_("My documents"), "file-text", "reimburse:list", count="returned"),
    Place(_("Waiting for me"), "inbox", "approvals:inbox", count="inbox"),
    Place(_("Vouchers"), "book", "vouchers:list", "finance", with_right(rights.MANAGE_VOUCHERS), count="vouchers"),
    Place(_("Budgets"), "chart-histogram", "budgets:overview", "finance", who_sees_budgets),
    Place(
        _("OA connections"),
        "plug-connected",
        "oa:overview",
        "settings",
        with_right(rights.MANAGE_CONNECTIONS),
        count="dead",
    ),
    Place(_("Administration"), "settings", "admin:index", "settings", administrators),
)

# The phone's bottom bar has room for these; the plus stands in the middle.
TABS: Sequence[Place] = (
    Place(_("Home"), "home", "portal:home"),
    Place(_("Wallet"), "receipt", "invoices:wallet"),
    Place(_("To do"), "inbox", "approvals:inbox", count="inbox"),
    Place(_("Me"), "user", "portal:me"),
)
TAB_TARGETS = {place.target for place in TABS}


@dataclass(frozen=True, slots=True)
class Entry:
    """A place as one viewer sees it on one page."""

    label: Wording
    icon: str
    href: str
    count: str
    current: bool = False
    has_tab: bool = False  # is one of the phone's tabs too


@dataclass(frozen=True, slots=True)
class Group:
    label: Wording
    entries: Sequence[Entry]


def menu(seen: Seen, path: str) -> list[Group]:
    """The groups of the navigation that have something for the viewer; the place of `path` is current."""
    groups = []
    for key, label in GROUPS.items():
        entries = _entries((place for place in PLACES if place.group == key), seen, path)
        if entries:
            groups.append(Group(label, entries))
    return groups


def tabs(seen: Seen, path: str) -> list[Entry]:
    return _entries(TABS, seen, path)


def _entries(places: Iterable[Place], seen: Seen, path: str) -> list[Entry]:
    shown = [(place, reverse(place.target)) for place in places if place.shown(seen)]
    return [
        Entry(place.label, place.icon, href, place.count, _is_here(href, path), place.target in TAB_TARGETS)
        for place, href in shown
    ]


def _is_here(href: str, path: str) -> bool:
    """Whether a page lies at or below a place; the home page has nothing below it."""
    return path == href if href == "/" else path.startswith(href)
