"""Fixtures every test may ask for."""

from __future__ import annotations

import pytest

from tests import builders
from tests.visitors import chromium, visit

__all__ = ["chromium", "visit", "world"]


@pytest.fixture
def world(db: None) -> builders.World:
    return builders.make_world()
