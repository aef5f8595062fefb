"""What a request says: which version the person saw, from which window."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from common.errors import Stale


def version_of(request: HttpRequest) -> int:
    """The version of the document that the person saw. One that is missing or no number is an old one: Stale."""
    try:
        return int(request.POST["version"])
    except (KeyError, ValueError):
        raise Stale(subject=request.path) from None


def ids_of(request: HttpRequest, name: str) -> list[UUID]:
    """Public ids sent under a name; what is none is left out."""
    found = []
    for text in request.POST.getlist(name):
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def key_of(request: HttpRequest) -> str:
    """The idempotency key of a form: made with the page, so that a second click is the same wish."""
    return request.POST.get("key", "")[:200]
