"""Fixtures of the tests about invoices."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture
def english() -> Iterator[None]:
    """Sentences are compared in English; that each has its Chinese is checked elsewhere."""
    with translation.override("en"):
        yield
