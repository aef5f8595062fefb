"""The stage of the worked cases, for every test about vouchers."""

from __future__ import annotations

import pytest
from django.test import Client

from directory.models import Company
from tests import builders
from tests.stories.books import Books


@pytest.fixture
def books(db: None) -> Books:
    """A company with its chart, budgets and routes."""
    return Books(builders.make_world(), chart=Company.Chart.ENTERPRISE)


@pytest.fixture
def committed_books(transactional_db: None) -> Books:
    """The same, committed, for tests in which several connections work on it."""
    return Books(builders.make_world(), chart=Company.Chart.ENTERPRISE)


@pytest.fixture
def carol(books: Books, client: Client) -> Client:
    """Carol of finance, signed in."""
    client.force_login(books.world.carol, backend="django.contrib.auth.backends.ModelBackend")
    return client
