from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.approvals import cast


@pytest.fixture(autouse=True)
def _note_kind() -> Iterator[None]:
    with cast.registered():
        yield
