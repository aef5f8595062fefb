"""Fixtures of the tests about documents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone, translation

from invoices import reading
from invoices.readers import process
from invoices.reading import FoundInvoice
from tests.builders import NOON, World
from tests.reimburse import build


@pytest.fixture
def routed(world: World) -> World:
    """The world with a route for both kinds: Bob decides."""
    build.make_route(world.company, world.bob)
    build.make_route(world.company, world.bob, kind="advance")
    return world


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages take the clock from Django's; for them it is noon as well."""
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def as_alice(world: World, client: Client, noon: None) -> Client:
    client.force_login(world.alice)
    return client


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read in this process; that the reader process does the same is tested with the readers."""

    def read_here(content: bytes, *, name: str, today: date, **_limits: float) -> list[FoundInvoice]:
        return reading.read(content, name=name, today=today)

    monkeypatch.setattr(process, "read_file", read_here)


@pytest.fixture
def english() -> Iterator[None]:
    """Sentences are compared in English; that each has its Chinese is checked elsewhere."""
    with translation.override("en"):
        yield
