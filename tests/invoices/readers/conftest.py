"""Fixtures of the tests about reading: the folder of samples, a seed that is printed, a fixed day."""

from __future__ import annotations

import os
import secrets
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import settings as hypothesis_settings

hypothesis_settings.register_profile("without clock", deadline=None)  # a busy machine is no failure
hypothesis_settings.load_profile("without clock")

TODAY = date(2026, 11, 24)  # every sample and every drawn invoice is older


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture
def seed() -> int:
    """The same content in every run; READERS_SEED takes another number, or `new` for one nobody has tried.

    pytest shows it when the test fails.
    """
    wanted = os.environ.get("READERS_SEED") or "20261124"
    chosen = secrets.randbelow(1_000_000) if wanted == "new" else int(wanted)
    print(f"READERS_SEED={chosen}")
    return chosen


@pytest.fixture(scope="session")
def samples() -> Path:
    """Real invoices, which may not be copied into the product."""
    folder = Path(os.environ.get("INVOICE_SAMPLES") or settings.BASE_DIR.parent / "shared/samples/invoices")
    if not (folder / "MANIFEST.tsv").exists():
        pytest.skip("not run: no folder of invoice samples (INVOICE_SAMPLES)")
    return folder
