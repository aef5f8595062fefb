"""Where the current work comes from (web, api, worker…), and the request's id. Set by middleware, worker, commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    source: str = "command"
    request_id: str = ""


_origin: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 - Origin is frozen


def origin() -> Origin:
    return _origin.get()


@contextmanager
def coming_from(source: str, request_id: str = "") -> Iterator[None]:
    token = _origin.set(Origin(source, request_id))
    try:
        yield
    finally:
        _origin.reset(token)
