"""Consumers for tests of the outbox, and messages for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from common import outbox
from common.models import OutboxMessage

Handler = Callable[[OutboxMessage], None]


@contextmanager
def consumer(name: str, handler: Handler, *topics: str, in_transaction: bool = False) -> Iterator[None]:
    """A consumer that exists within the block only."""
    before = dict(outbox._consumers)
    outbox.subscribe(name, *topics, handler=handler, in_transaction=in_transaction)
    try:
        yield
    finally:
        outbox._consumers.clear()
        outbox._consumers.update(before)


def send(consumer_name: str, line: str, *, at: datetime | None = None, **payload: Any) -> OutboxMessage:
    with transaction.atomic():
        message = outbox.publish(
            "test.happened", consumer=consumer_name, line=line, event_id=uuid4(), company_id=None, payload=payload
        )
        if at is not None:
            OutboxMessage.objects.filter(pk=message.pk).update(available_at=at)
    return message


def now_of(message: OutboxMessage) -> OutboxMessage:
    message.refresh_from_db()
    return message
