"""The books of a company that keeps 企业会计准则, and of one that keeps 小企业会计准则."""

from __future__ import annotations

import pytest

from directory.models import Company
from tests import builders
from tests.stories.books import Books


@pytest.fixture
def books(db: None) -> Books:
    return Books(builders.make_world(), chart=Company.Chart.ENTERPRISE)


@pytest.fixture
def small_books(db: None) -> Books:
    return Books(builders.make_world(), chart=Company.Chart.SMALL)
