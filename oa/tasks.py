"""What the worker does with events: make the deliveries of one, then send each.

Making them is one transaction with the mark that the event was handled. Sending happens outside any transaction; its
result is written in a short one of its own. A worker that dies in between sends once more under the same id, which is
how a receiver recognises the repeat.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from common import outbox
from common.models import AuditEntry, OutboxMessage
from directory.models import Employee
from oa import body, circuit, sending
from oa.catalogue import EVENTS
from oa.models import Attempt, Delivery, Subscription
from oa.sending import Result

SENDER = "oa.send"
LOOK_AGAIN = timedelta(hours=1)  # when nobody says earlier that the way is free

State = Delivery.State
FINISHED = (State.DELIVERED, State.SKIPPED)


def line_of(subscription_id: int, subject_id: object = "") -> str:
    """The line of one receiver and subject; without a subject the beginning of all of a receiver's lines."""
    return f"{subscription_id}:{subject_id}"


# --- Making deliveries ------------------------------------------------------------------------------------------------
def make_deliveries(message: OutboxMessage) -> None:
    """One delivery for each receiver of the company that wants the event. Called inside a transaction."""
    entry = AuditEntry.objects.get(pk=message.payload["entry"])
    if entry.kind not in EVENTS or entry.company_id is None:
        return
    receivers = Subscription.objects.filter(company_id=entry.company_id, ended_at=None).select_related("company")
    receivers = receivers.exclude(deliveries__event_id=entry.event_id)  # a repeat makes none twice
    wanting = [receiver for receiver in receivers if receiver.wants(entry.kind)]
    if wanting:
        deliver(entry, wanting, at=timezone.now())


def deliver(entry: AuditEntry, receivers: list[Subscription], *, at: datetime) -> list[Delivery]:
    """Write deliveries of an entry and put them in line. Call inside a transaction, one at a time for a subject."""
    company = receivers[0].company
    actor = Employee.objects.filter(pk=entry.actor_id).first() if entry.actor_id else None
    submitted = (
        AuditEntry.objects.filter(subject_id=entry.subject_id, kind__endswith=".submitted", pk__lte=entry.pk).last()
        if entry.subject_type == "document"
        else None
    )
    last = dict(
        Delivery.objects.filter(subscription__in=receivers, subject_id=entry.subject_id)
        .values_list("subscription_id")
        .annotate(Max("sequence"))
    )
    deliveries = []
    for receiver in receivers:
        sequence = last.get(receiver.pk, 0) + 1
        deliveries.append(
            Delivery(
                subscription=receiver,
                company=company,
                topic=entry.kind,
                event_id=entry.event_id,
                subject_id=entry.subject_id,
                subject_label=entry.subject_label,
                sequence=sequence,
                body=body.of(entry, company=company, actor=actor, submitted=submitted, sequence=sequence),
                created_at=at,
            )
        )
    Delivery.objects.bulk_create(deliveries)
    for delivery in deliveries:
        outbox.publish(
            delivery.topic,
            consumer=SENDER,
            line=line_of(delivery.subscription_id, delivery.subject_id),
            event_id=delivery.public_id,
            company_id=company.pk,
            payload={"delivery": delivery.pk},
        )
    return deliveries


# --- Sending ----------------------------------------------------------------------------------------------------------
def send(message: OutboxMessage) -> None:
    """Try one delivery. Called outside any transaction; may be called again for one that arrived."""
    delivery = Delivery.objects.select_related("subscription").get(pk=message.payload["delivery"])
    if delivery.state in FINISHED:
        return
    receiver, now = delivery.subscription, timezone.now()
    if not receiver.active:
        raise outbox.Postpone("switched off", until=now + LOOK_AGAIN)
    if _something_before(delivery):
        raise outbox.Postpone("an earlier event of the same subject has not arrived", until=now + LOOK_AGAIN)
    if not circuit.may_try(receiver, at=now):
        raise outbox.Postpone("the receiver is left alone", until=_soon_after(receiver, now), clock_runs=True)
    result = sending.attempt(delivery, at=now)
    _note(message, delivery, result)


def _something_before(delivery: Delivery) -> bool:
    earlier = Delivery.objects.filter(
        subscription_id=delivery.subscription_id, subject_id=delivery.subject_id, sequence__lt=delivery.sequence
    )
    return earlier.exclude(state__in=FINISHED).exists()


def _soon_after(receiver: Subscription, now: datetime) -> datetime:
    """When the receiver may be tried, each message a little later, so that they do not all come at once."""
    until = Subscription.objects.values_list("waits_until", flat=True).get(pk=receiver.pk)
    return (until or now) + timedelta(seconds=random.uniform(0.1, 2))  # noqa: S311 - jitter, not a secret


def _note(message: OutboxMessage, delivery: Delivery, result: Result) -> None:
    """Write down what came of an attempt, and tell the outbox by an exception unless it arrived."""
    ended = timezone.now()
    last = not result.delivered and not result.gone and outbox.has_run_out(message, at=ended)
    pause = result.retry_after or outbox.backoff(message.attempts)
    with transaction.atomic(durable=True):
        circuit.note(delivery.subscription_id, result, at=ended)  # locks the receiver, which goes before its deliveries
        Attempt.objects.create(
            delivery=delivery, at=ended, took_ms=result.took_ms, status=result.status, outcome=result.outcome
        )
        state = State.DELIVERED if result.delivered else State.DEAD if last else State.RETRYING
        Delivery.objects.filter(pk=delivery.pk).exclude(state__in=FINISHED).update(
            state=state,
            attempts=delivery.attempts + 1,
            next_attempt_at=ended + pause if state == State.RETRYING and not result.gone else None,
            delivered_at=ended if result.delivered else None,
            took_ms=result.took_ms,
            outcome=result.outcome,
        )
    if result.delivered:
        return
    if result.gone:
        raise outbox.Postpone("the receiver wants no more", until=ended + LOOK_AGAIN)
    if last:
        raise outbox.GiveUp("not delivered within three days")
    raise outbox.Retry(str(result.outcome["code"]), after=pause)
