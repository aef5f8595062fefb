"""The navigation: every place of the product, who sees it, and which count it carries.

A new page that belongs in the navigation is one line here. Every target must resolve: a test follows them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from directory import rights
from directory.models import Employee

Wording = str | Promise


def everybody(viewer: Employee) -> bool:
    return True


def with_right(*wanted: str) -> Callable[[Employee], bool]:
    return lambda viewer: any(rights.can_anywhere(viewer, right) for right in wanted)


def administrators(viewer: Employee) -> bool:
    return viewer.is_staff


@dataclass(frozen=True, slots=True)
class Place:
    """One page of the navigation. `count` names the badge it carries (`portal.badges`)."""

    label: Wording
    icon: str
    target: str
    group: str = "work"
    shown: Callable[[Employee], bool] = everybody
    count: str = ""


GROUPS: dict[str, Wording] = {"work": "", "finance": _("Finance"), "settings": _("Settings")}

PLACES: Sequence[Place] = (
    Place(_("Home"), "home", "portal:home"),
    Place(_("Wallet"), "receipt", "invoices:wallet", count="invoices"),
    Place(_("My documents"), "file-text", "reimburse:list", count="returned"),
    Place(_("Waiting for me"), "inbox", "approvals:inbox", count="inbox"),
    Place(_("Vouchers"), "book", "vouchers:list", "finance", with_right(rights.MANAGE_VOUCHERS), count="vouchers"),
    Place(_("Budgets"), "chart-histogram", "budgets:overview", "finance", with_right(rights.SEE_BUDGETS)),
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


@dataclass(frozen=True, slots=True)
class Entry:
    """A place as one viewer sees it on one page."""

    label: Wording
    icon: str
    href: str
    count: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    label: Wording
    entries: Sequence[Entry]


def menu(viewer: Employee, path: str) -> list[Group]:
    """The groups of the navigation that have something for the viewer; the place of `path` is current."""
    groups = []
    for key, label in GROUPS.items():
        entries = _entries((place for place in PLACES if place.group == key), viewer, path)
        if entries:
            groups.append(Group(label, entries))
    return groups


def tabs(viewer: Employee, path: str) -> list[Entry]:
    return _entries(TABS, viewer, path)


def _entries(places: Iterable[Place], viewer: Employee, path: str) -> list[Entry]:
    entries = []
    for place in places:
        if place.shown(viewer) and (href := _address(place.target)):
            entries.append(Entry(place.label, place.icon, href, place.count, _is_here(href, path)))
    return entries


def _address(target: str) -> str:
    try:
        return reverse(target)
    except NoReverseMatch:
        return ""


def _is_here(href: str, path: str) -> bool:
    """Whether a page lies at or below a place; the home page has nothing below it."""
    return path == href if href == "/" else path.startswith(href)
