"""The whole product around a story: the example group, worker, reader, and a receiver of events, all of them real."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from demo import load
from directory.models import Company
from tests.browser.people import Group
from tests.browser.processes import running_worker
from tests.invoices.processes import running_reader
from tests.oa.receiver import Receiver, running


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """Five programs share the processors with the browser."""
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def group(transactional_db: None) -> Group:
    """远山集团 as it stands before anybody has claimed anything."""
    assert load.load_essentials(at=timezone.now())
    return Group(Company.objects.get(code="YSKJ"))


@pytest.fixture
def programs(group: Group, tmp_path: Path, settings: Any) -> Iterator[None]:
    """Worker and reader. They end before the database is emptied."""
    settings.READER_SOCKET = tmp_path / "reader.sock"
    with running_reader(settings.READER_SOCKET), running_worker(tmp_path / "worker.log"):
        yield


@pytest.fixture
def receiver(programs: None) -> Iterator[Receiver]:
    """The OA's side: it learns its secret when the connection is made."""
    with running() as listening:
        yield listening
