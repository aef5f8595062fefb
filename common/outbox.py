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

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from common.errors import BusinessError
from common.models import AuditEntry, OutboxMessage

log = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=10)
GIVE_UP_AFTER = timedelta(days=3)

Handler = Callable[[OutboxMessage], None]


class Retry(Exception):
    """A handler's word for "later": `after` is what the other side asked for (Retry-After), else the usual backoff."""

    def __init__(self, reason: str, *, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Postpone(Exception):
    """A handler's word for "not my turn": nothing was tried, so it is no attempt, and no time runs out meanwhile.

    With `clock_runs` the time does run out: the other side is the reason, not a person of ours.
    """

    def __init__(self, reason: str, *, until: datetime, clock_runs: bool = False) -> None:
        super().__init__(reason)
        self.until, self.clock_runs = until, clock_runs


class GiveUp(Exception):
    """A handler's word for "never": the message goes to the dead letters at once."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """`in_transaction`: the handler only writes to the database, and its effect and the mark "done" commit together.
    Otherwise it talks to the outside, under a lease and outside any transaction, on `threads` of its own in each
    worker: one that waits for somebody slow holds up nobody else."""

    name: str
    topics: tuple[str, ...]
    handler: Handler
    in_transaction: bool
    threads: int = 1

    def wants(self, topic: str) -> bool:
        return any(fnmatchcase(topic, pattern) for pattern in self.topics)


_consumers: dict[str, Consumer] = {}


def subscribe(name: str, *topics: str, handler: Handler, in_transaction: bool = True, threads: int = 1) -> None:
    """Register a consumer, once at start-up. Names are frozen: messages in the table refer to them."""
    _consumers[name] = Consumer(name, topics, handler, in_transaction, threads)


@dataclass(frozen=True, slots=True)
class Lane:
    """What one thread of a worker claims: the messages of one outside consumer, or of all the others."""

    consumer: str = ""
    others_than: tuple[str, ...] = ()


EVERYTHING = Lane()


def lanes() -> list[Lane]:
    """The lanes of a worker, one a thread. The first is for all consumers that stay in the database."""
    outside = [consumer for consumer in _consumers.values() if not consumer.in_transaction]
    own = [Lane(consumer.name) for consumer in outside for _thread in range(consumer.threads)]
    return [Lane(others_than=tuple(consumer.name for consumer in outside)), *own]


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


# The head of a line is its oldest message that is not finished; SKIP LOCKED lets workers pass each other. The moment
# is the application's, as it is where messages are made due.
CLAIM = """
SELECT m.id FROM common_outboxmessage m
 WHERE ((m.state = 'pending' AND m.available_at <= %(now)s::timestamptz)
     OR (m.state = 'claimed' AND m.leased_until <= %(now)s::timestamptz))
   AND (%(consumer)s::text = '' OR m.consumer = %(consumer)s::text)
   AND m.consumer <> ALL(%(others_than)s::text[])
   AND NOT EXISTS (SELECT 1 FROM common_outboxmessage older
                    WHERE older.line = m.line AND older.id < m.id AND older.state IN ('pending', 'claimed'))
 ORDER BY m.available_at, m.id
 LIMIT 1 FOR UPDATE OF m SKIP LOCKED
"""


def work_one(lane: Lane = EVERYTHING) -> bool:
    """Claim and handle one message. False when nothing is due."""
    with transaction.atomic(durable=True):
        message = _claim(lane)
        if message is None:
            return False
        consumer = _consumers.get(message.consumer)
        now = timezone.now()
        message.attempts += 1
        message.trying_since = message.trying_since or now
        if consumer is not None and consumer.in_transaction:
            _handle_in_transaction(consumer, message)
            return True
        message.state = OutboxMessage.State.CLAIMED
        message.leased_until = now + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
        message.save(update_fields=["state", "leased_until", "attempts", "trying_since"])
    _handle_outside(consumer, message)
    return True


def _claim(lane: Lane) -> OutboxMessage | None:
    parameters: dict[str, Any] = {
        "now": timezone.now(),
        "consumer": lane.consumer,
        "others_than": list(lane.others_than),
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, parameters)
        row = cursor.fetchone()
    return OutboxMessage.objects.get(pk=row[0]) if row else None


def _handle_in_transaction(consumer: Consumer, message: OutboxMessage) -> None:
    mine = OutboxMessage.objects.filter(pk=message.pk)  # locked by the claim
    try:
        with transaction.atomic():  # the handler's failure must not undo the note about it
            consumer.handler(message)
    except Exception as error:
        _note_failure(mine, message, error)
    else:
        _note_done(mine, message)


def _handle_outside(consumer: Consumer | None, message: OutboxMessage) -> None:
    # Only the holder of this very attempt may note how it ended: when its lease ran out, somebody else has the message.
    mine = OutboxMessage.objects.filter(pk=message.pk, state=OutboxMessage.State.CLAIMED, attempts=message.attempts)
    try:
        if consumer is None:
            raise GiveUp(f"nobody handles {message.consumer} any more")
        consumer.handler(message)
    except Exception as error:
        with transaction.atomic(durable=True):
            _note_failure(mine, message, error)
    else:
        with transaction.atomic(durable=True):
            _note_done(mine, message)


def _note_done(mine: QuerySet[OutboxMessage], message: OutboxMessage) -> None:
    mine.update(
        state=OutboxMessage.State.DONE,
        attempts=message.attempts,
        trying_since=message.trying_since,
        done_at=timezone.now(),
        leased_until=None,
        last_error="",
    )


def _note_failure(mine: QuerySet[OutboxMessage], message: OutboxMessage, error: Exception) -> None:
    if isinstance(error, Postpone):
        _note_postponed(mine, message, error)
        return
    now = timezone.now()
    dead = isinstance(error, GiveUp) or has_run_out(message, at=now)
    pause = error.after if isinstance(error, Retry) and error.after is not None else backoff(message.attempts)
    if not isinstance(error, Retry | GiveUp | BusinessError):
        log.error("outbox message %s of %s failed", message.pk, message.consumer, exc_info=error)
    noted = mine.update(
        state=OutboxMessage.State.DEAD if dead else OutboxMessage.State.PENDING,
        attempts=message.attempts,
        trying_since=message.trying_since,
        available_at=now + pause,
        leased_until=None,
        last_error=str(error)[:2000] or type(error).__name__,
    )
    if noted:
        _line_due_at(message, now if dead else now + pause)


def _note_postponed(mine: QuerySet[OutboxMessage], message: OutboxMessage, error: Postpone) -> None:
    since = message.trying_since
    if not error.clock_runs and since is not None:
        since = None if message.attempts <= 1 else since + max(error.until - timezone.now(), timedelta(0))
    noted = mine.update(
        state=OutboxMessage.State.PENDING,
        attempts=message.attempts - 1,
        trying_since=since,
        available_at=error.until,
        leased_until=None,
        last_error=str(error)[:2000],
    )
    if noted:
        _line_due_at(message, error.until)


def _line_due_at(message: OutboxMessage, moment: datetime) -> None:
    """Those behind it can go no earlier: let them not be looked at until then."""
    OutboxMessage.objects.filter(line=message.line, pk__gt=message.pk, state=OutboxMessage.State.PENDING).update(
        available_at=moment
    )


def has_run_out(message: OutboxMessage, *, at: datetime) -> bool:
    """Whether a failure now is the last one."""
    return message.trying_since is not None and at - message.trying_since > GIVE_UP_AFTER


def backoff(attempts: int) -> timedelta:
    """Doubling from 5 s to 10 h, with up to a fifth of jitter, so that a receiver coming back is not run over."""
    pause: timedelta = min(FIRST_PAUSE * 2 ** min(max(attempts - 1, 0), 13), LONGEST_PAUSE)
    return pause * random.uniform(0.8, 1.0)  # noqa: S311 - jitter, not a secret


def hasten(consumer: str, *, line_prefix: str = "", at: datetime) -> int:
    """Make waiting messages of a consumer due now: what held them up is over. Returns how many."""
    waiting = OutboxMessage.objects.filter(consumer=consumer, state=OutboxMessage.State.PENDING, available_at__gt=at)
    return waiting.filter(line__startswith=f"{consumer}:{line_prefix}").update(available_at=at)


def replay(messages: QuerySet[OutboxMessage], *, at: datetime) -> int:
    """Put dead letters back to the head of their lines, with their event ids unchanged. Returns how many were dead."""
    return messages.filter(state=OutboxMessage.State.DEAD).update(
        state=OutboxMessage.State.PENDING, available_at=at, trying_since=None, attempts=0
    )


def drain(*, limit: int = 10_000, until: datetime | None = None) -> int:
    """Handle what is due, for commands and tests. Returns how many messages were handled."""
    count = 0
    while count < limit and (until is None or timezone.now() < until) and work_one():
        count += 1
    return count
