"""One attempt to deliver: check the address, sign, post, and say what came of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from django.conf import settings

from common.crypto import CannotOpen
from oa import addresses, http, signing
from oa.http import Answer, NoAnswer, TooSlow
from oa.models import AllowedHost, Delivery, Subscription

GONE, TOO_MANY, UNAVAILABLE = 410, 429, 503
LONGEST_WAIT = timedelta(days=1)  # more patience than that is not granted to a Retry-After
MOST_TEXT = 200  # characters of an answer that are kept


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an attempt. `outcome` is a code and its parameters (oa.wordings)."""

    outcome: dict[str, Any]
    took_ms: int
    status: int | None = None
    retry_after: timedelta | None = None

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        return self.status == GONE

    @property
    def asked_to_wait(self) -> bool:
        return self.status in {TOO_MANY, UNAVAILABLE} and self.retry_after is not None


def attempt(delivery: Delivery, *, at: datetime) -> Result:
    """Post the delivery once. Never raises for what the other side does."""
    receiver, started = delivery.subscription, time.monotonic()
    answer: Answer | None = None
    try:
        answer = _post(delivery, receiver, at=at)
        outcome = _outcome(answer, at=at)
    except addresses.AddressRefused as error:
        outcome = {"code": error.code, "params": {key: str(value) for key, value in error.params.items()}}
    except CannotOpen:
        outcome = {"code": "oa_locked", "params": {}}
    except TooSlow:
        outcome = {"code": "oa_timeout", "params": {"limit": f"{http.LIMIT:g}"}}
    except NoAnswer as error:
        outcome = {"code": "oa_unreachable", "params": {"reason": str(error)}}
    took_ms = round((time.monotonic() - started) * 1000)
    if answer is None:
        return Result(outcome, took_ms)
    return Result(outcome, took_ms, answer.status, retry_after(answer, at=at))


def _post(delivery: Delivery, receiver: Subscription, *, at: datetime) -> Answer:
    target = addresses.parse(receiver.url)
    address = addresses.resolve(target, allowed_hosts(receiver.company_id))
    signed = signing.headers(
        message_id=str(delivery.public_id),
        body=delivery.body,
        secrets=signing.secrets_of(receiver, at=at),
        at=at,
    )
    headers = {"Content-Type": "application/cloudevents+json; charset=utf-8", "User-Agent": settings.OA_USER_AGENT}
    return http.post(target, address, body=delivery.body.encode(), headers=headers | signed)


def allowed_hosts(company_id: int) -> set[tuple[str, int | None]]:
    """The private hosts an administrator of the company allows."""
    return set(AllowedHost.objects.filter(company_id=company_id).values_list("host", "port"))


def _outcome(answer: Answer, *, at: datetime) -> dict[str, Any]:
    wait = retry_after(answer, at=at)
    params: dict[str, Any] = {"status": answer.status, "text": answer.text[:MOST_TEXT]}
    if 200 <= answer.status < 300:
        return {"code": "oa_delivered", "params": {"status": answer.status}}
    if 300 <= answer.status < 400:
        return {"code": "oa_redirected", "params": {"status": answer.status}}
    if answer.status == GONE:
        return {"code": "oa_gone", "params": {}}
    if wait is not None:
        return {"code": "oa_busy", "params": {"status": answer.status, "seconds": round(wait.total_seconds())}}
    return {"code": "oa_answered", "params": params}


def retry_after(answer: Answer, *, at: datetime) -> timedelta | None:
    """How long the receiver asks to wait, in seconds or as a date (RFC 9110 10.2.3); None when it does not say."""
    written = answer.headers.get("retry-after", "").strip()
    if not written or 200 <= answer.status < 300:
        return None
    if written.isascii() and written.isdigit():
        wait = timedelta(seconds=min(int(written), int(LONGEST_WAIT.total_seconds())))
    else:
        try:
            moment = parsedate_to_datetime(written)
        except ValueError:
            return None
        wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - at
    return min(max(wait, timedelta(seconds=1)), LONGEST_WAIT)
