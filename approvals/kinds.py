"""What can be approved: the kinds that the apps to the right declare in their `apps.ready()`.

Approvals know nothing of claims and advances. A kind says which facts its routes may ask for, how its document is drawn
between the list and the decision bar, and where its own page is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.http import HttpRequest

from common.errors import Wording
from directory.models import Company

FactType = Literal["decimal", "number", "code", "codes", "bool"]
Choices = Callable[[Company], Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a route may depend on.

    `choices` gives (code, name) of a company, in the reader's language; only those codes may stand in a condition.
    `within` names the list fact that holds the code and all it belongs to: a condition on a department then holds for
    the departments below it as well.
    """

    type: FactType
    label: Wording
    choices: Choices | None = None
    within: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document. Its code is the noun of its events (claim.decided) and is frozen: rows refer to it.

    `pane` draws the document for the inbox, below the head (who, what for, how much, how long) and above the decision
    bar, which are the inbox's own. It gives two elements side by side: `<div class="bx-case-scroll">` for the middle
    and `<aside class="bx-preview bx-inbox-preview">` for the right. A button in it with data-key="z" is pressed by Z.
    The viewer has been checked to be a party to the approval.
    `url` is the address of the document's own page.
    """

    code: str
    label: Wording
    facts: Mapping[str, Fact]
    pane: Callable[[HttpRequest, UUID], str]
    url: Callable[[UUID], str]


class UnknownKind(LookupError):
    """A kind that no app has registered: a programming error, or a row of an app that was taken out."""


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Declare a kind, once at start-up. The same code again replaces it."""
    _kinds[kind.code] = kind


def get(code: str) -> Kind:
    try:
        return _kinds[code]
    except KeyError:
        raise UnknownKind(f"no app has registered the kind “{code}” (approvals.kinds.register)") from None


def find(code: str) -> Kind | None:
    return _kinds.get(code)


def all_kinds() -> list[Kind]:
    return list(_kinds.values())
