"""The transactional outbox: work that may follow a change, never lost, in order per subject.

A consumer subscribes to topics (audit kinds, `*` allowed) in its app's `ready()`. When an entry is recorded, one
message per consumer is written in the same transaction. A worker handles each at least once; consumers tolerate a
repeat. Of one line (consumer and subject) only the oldest unfinished message may be claimed.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from common.errors import BusinessError
from common.models import AuditEntry, OutboxMessage

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=10)
GIVE_UP_AFTER = timedelta(days=3)

Handler = Callable[[OutboxMessage], None]


class Retry(Exception):
    """A handler's word for "later": `after` is what the other side asked for (Retry-After), else the usual backoff."""

    def __init__(self, reason: str, *, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


class GiveUp(Exception):
    """A handler's word for "never": the message goes to the dead letters at once."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """`in_transaction`: the handler only writes to the database, and its effect and the mark "done" commit together.
    Otherwise it talks to the outside, under a lease and outside any transaction."""

    name: str
    topics: tuple[str, ...]
    handler: Handler
    in_transaction: bool

    def wants(self, topic: str) -> bool:
        return any(fnmatchcase(topic, pattern) for pattern in self.topics)


_consumers: dict[str, Consumer] = {}


def subscribe(name: str, *topics: str, handler: Handler, in_transaction: bool = True) -> None:
    """Register a consumer, once at start-up. Names are frozen: messages in the table refer to them."""
    _consumers[name] = Consumer(name, topics, handler, in_transaction)


def publish_entry(entry: AuditEntry) -> None:
    """Write one message for each consumer of the entry's kind. Call inside the entry's transaction."""
    now = timezone.now()
    messages = [
        OutboxMessage(
            topic=entry.kind,
            consumer=consumer.name,
            line=f"{consumer.name}:{entry.subject_id}",
            event_id=entry.event_id,
            company_id=entry.company_id,
            payload={"entry": entry.pk, "subject": str(entry.subject_id)},
            available_at=now,
        )
        for consumer in _consumers.values()
        if consumer.wants(entry.kind)
    ]
    if messages:
        OutboxMessage.objects.bulk_create(messages)


def publish(
    topic: str, *, consumer: str, line: str, event_id: UUID, company_id: int | None, payload: dict[str, Any]
) -> OutboxMessage:
    """Write one message for one named consumer, on a line of the caller's. Call inside a transaction."""
    return OutboxMessage.objects.create(
        topic=topic,
        consumer=consumer,
        line=f"{consumer}:{line}",
        event_id=event_id,
        company_id=company_id,
        payload=payload,
        available_at=timezone.now(),
    )


# The head of a line is its oldest message that is not finished; SKIP LOCKED lets workers pass each other.
CLAIM = """
SELECT m.id FROM common_outboxmessage m
 WHERE ((m.state = 'pending' AND m.available_at <= now()) OR (m.state = 'claimed' AND m.leased_until <= now()))
   AND NOT EXISTS (SELECT 1 FROM common_outboxmessage older
                    WHERE older.line = m.line AND older.id < m.id AND older.state IN ('pending', 'claimed'))
 ORDER BY m.available_at, m.id
 LIMIT 1 FOR UPDATE OF m SKIP LOCKED
"""


def work_one() -> bool:
    """Claim and handle one message. False when nothing is due."""
    with transaction.atomic(durable=True):
        message = _claim()
        if message is None:
            return False
        consumer = _consumers.get(message.consumer)
        if consumer is not None and consumer.in_transaction:
            _handle_in_transaction(consumer, message)
            return True
        message.state = OutboxMessage.State.CLAIMED
        message.leased_until = timezone.now() + LEASE
        message.attempts += 1
        message.save(update_fields=["state", "leased_until", "attempts"])
    _handle_outside(consumer, message)
    return True


def _claim() -> OutboxMessage | None:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM)
        row = cursor.fetchone()
    return OutboxMessage.objects.get(pk=row[0]) if row else None


def _handle_in_transaction(consumer: Consumer, message: OutboxMessage) -> None:
    message.attempts += 1
    try:
        with transaction.atomic():  # the handler's failure must not undo the note about it
            consumer.handler(message)
    except Exception as error:
        _failed(message, error)
    else:
        _done(message)


def _handle_outside(consumer: Consumer | None, message: OutboxMessage) -> None:
    try:
        if consumer is None:
            raise GiveUp(f"nobody handles {message.consumer} any more")
        consumer.handler(message)
    except Exception as error:
        with transaction.atomic(durable=True):
            _failed(message, error)
    else:
        with transaction.atomic(durable=True):
            _done(message)


def _done(message: OutboxMessage) -> None:
    # Only the holder of this very attempt finishes it: a worker whose lease ran out must not undo its successor.
    OutboxMessage.objects.filter(pk=message.pk, done_at=None).exclude(state=OutboxMessage.State.DEAD).update(
        state=OutboxMessage.State.DONE,
        attempts=message.attempts,
        done_at=timezone.now(),
        leased_until=None,
        last_error="",
    )


def _failed(message: OutboxMessage, error: Exception) -> None:
    now = timezone.now()
    dead = isinstance(error, GiveUp) or now - message.created_at > GIVE_UP_AFTER
    pause = error.after if isinstance(error, Retry) and error.after is not None else backoff(message.attempts)
    if not isinstance(error, Retry | GiveUp | BusinessError):
        log.exception("outbox message %s of %s failed", message.pk, message.consumer)
    OutboxMessage.objects.filter(pk=message.pk, done_at=None).update(
        state=OutboxMessage.State.DEAD if dead else OutboxMessage.State.PENDING,
        attempts=message.attempts,
        available_at=now + pause,
        leased_until=None,
        last_error=str(error)[:2000] or type(error).__name__,
    )


def backoff(attempts: int) -> timedelta:
    """Doubling from 5 s to 10 h, with up to a fifth of jitter, so that a receiver coming back is not run over."""
    pause = min(FIRST_PAUSE * 2 ** min(max(attempts - 1, 0), 13), LONGEST_PAUSE)
    return pause * random.uniform(0.8, 1.0)  # noqa: S311 - jitter, not a secret


def replay(message_id: int) -> bool:
    """Put a dead letter back to the head of its line, with its event id unchanged. False when it is not dead."""
    return bool(
        OutboxMessage.objects.filter(pk=message_id, state=OutboxMessage.State.DEAD).update(
            state=OutboxMessage.State.PENDING, available_at=timezone.now(), created_at=timezone.now(), attempts=0
        )
    )


def drain(*, limit: int = 10_000, until: datetime | None = None) -> int:
    """Handle what is due, for commands and tests. Returns how many messages were handled."""
    count = 0
    while count < limit and (until is None or timezone.now() < until) and work_one():
        count += 1
    return count
