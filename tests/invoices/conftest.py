"""Fixtures of the tests about invoices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.utils import translation

from invoices import reading
from invoices.readers import process
from invoices.reading import FoundInvoice


@pytest.fixture
def english() -> Iterator[None]:
    """Sentences are compared in English; that each has its Chinese is checked elsewhere."""
    with translation.override("en"):
        yield


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read in this process; that the reader process does the same is tested with the readers."""

    def read_here(content: bytes, *, name: str, today: date, timeout: float, patience: float) -> list[FoundInvoice]:
        return reading.read(content, name=name, today=today)

    monkeypatch.setattr(process, "read_file", read_here)
