"""Paging by the last row: nothing is left out or shown twice, and a cursor that somebody made up starts anew."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from common import keyset
from common.models import OutboxMessage

ORDER = ("-available_at", "-id")
NOON = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def messages(db):
    """Three at the same microsecond, so that only the last column tells them apart."""
    return [
        OutboxMessage.objects.create(
            topic="t",
            consumer=f"c{n}",
            line="l",
            event_id="00000000-0000-0000-0000-000000000000",
            available_at=NOON + timedelta(microseconds=max(0, n - 2)),
        )
        for n in range(7)
    ]


@pytest.mark.parametrize("order", [ORDER, keyset.backwards(ORDER)])
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_every_row_is_met_once_and_in_order(messages, order, limit):
    met, cursor = [], ""
    while True:
        rows, cursor = keyset.page(OutboxMessage.objects.all(), order, after=cursor, limit=limit)
        met += rows
        if not cursor:
            break

    assert met == list(OutboxMessage.objects.order_by(*order))
    assert len(met) == 7


def test_one_page_is_one_statement(messages, django_assert_num_queries):
    _rows, cursor = keyset.page(OutboxMessage.objects.all(), ORDER, after=None, limit=2)

    with django_assert_num_queries(1):
        keyset.page(OutboxMessage.objects.all(), ORDER, after=cursor, limit=2)


def made_up(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "=",
        "ünï",
        made_up({}),
        made_up(["x", "y"]),
        made_up([NOON.isoformat()]),
        made_up([NOON.isoformat(), 1, 2]),
        made_up([None, 1]),
        made_up([[], {}]),
        made_up([NOON.isoformat(), 10**30]),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_a_cursor_that_is_not_ours_starts_anew(messages, cursor):
    rows, _next = keyset.page(OutboxMessage.objects.all(), ORDER, after=cursor, limit=7)

    assert len(rows) == 7


def test_a_cursor_beyond_every_row_finds_nothing(messages):
    rows, _next = keyset.page(
        OutboxMessage.objects.all(), ORDER, after=made_up(["2000-01-01T00:00:00+00:00", 1]), limit=7
    )

    assert rows == []
