"""The circuit of a receiver: after some failures in a row it is left alone for a growing time, then tried by one event.

While it is open all lines of the receiver wait, so that a system that is down is not run over, and its queue does not
keep the worker busy with waiting for answers.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from common import audit, outbox
from oa.models import Subscription

if TYPE_CHECKING:
    from oa.sending import Result

OPENS_AFTER = 5  # failures in a row
FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=15)
PROBE = timedelta(seconds=30)  # for so long the one event that tries it keeps the others away


def is_open(receiver: Subscription, *, at: datetime) -> bool:
    return receiver.failures >= OPENS_AFTER and receiver.waits_until is not None and receiver.waits_until > at


def rest(failures: int) -> timedelta:
    """For how long the receiver is left alone after so many failures in a row."""
    doubled: timedelta = FIRST_REST * 2 ** min(failures - OPENS_AFTER, 10)
    return min(doubled, LONGEST_REST)


def may_try(receiver: Subscription, *, at: datetime) -> bool:
    """Whether an event may be sent now. Where the circuit was open, one asker gets the yes and the others wait."""
    due = Q(waits_until=None) | Q(waits_until__lte=at)
    now = Subscription.objects.filter(due, pk=receiver.pk)
    if receiver.failures < OPENS_AFTER:
        return now.exists()
    return (
        bool(now.filter(failures__gte=OPENS_AFTER).update(waits_until=at + PROBE))
        or now.filter(failures__lt=OPENS_AFTER).exists()
    )


def note(subscription_id: int, result: Result, *, at: datetime) -> None:
    """Count what came of an attempt. Call inside a transaction."""
    receiver = Subscription.objects.select_for_update().get(pk=subscription_id)
    if result.delivered:
        _close(receiver, at=at)
    elif result.gone:
        receiver.active, receiver.gone = False, True
        receiver.save(update_fields=["active", "gone"])
        audit.record("subscription.switched_off", receiver, actor=None, at=at, data={"status": result.status})
    elif result.asked_to_wait:
        assert result.retry_after is not None
        receiver.waits_until = at + result.retry_after
        receiver.save(update_fields=["waits_until"])
    else:
        receiver.failures += 1
        receiver.waits_until = at + rest(receiver.failures) if receiver.failures >= OPENS_AFTER else None
        receiver.save(update_fields=["failures", "waits_until"])


def _close(receiver: Subscription, *, at: datetime) -> None:
    if not receiver.failures and receiver.waits_until is None:
        return
    was_open = receiver.failures >= OPENS_AFTER or receiver.waits_until is not None
    receiver.failures, receiver.waits_until = 0, None
    receiver.save(update_fields=["failures", "waits_until"])
    if was_open:
        outbox.hasten("oa.send", line_prefix=f"{receiver.pk}:", at=at)
