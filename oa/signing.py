"""Signatures after Standard Webhooks: the receiver knows by them who sent, what, and when.

Source: https://github.com/standard-webhooks/standard-webhooks (HMAC-SHA256 over id, timestamp and body).
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable
from datetime import UTC, datetime

from standardwebhooks.webhooks import Webhook

from common import crypto
from oa.models import Subscription

PREFIX = "whsec_"
SECRET_BYTES = 32


class Untold:
    """A secret on its way to the page that tells it: only its text is the secret, so that no log of a template's
    variables has it."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def __str__(self) -> str:
        return self._secret

    def __repr__(self) -> str:
        return "<secret>"


def new_secret() -> str:
    return PREFIX + base64.b64encode(os.urandom(SECRET_BYTES)).decode()


def seal(secret: str, subscription: Subscription) -> bytes:
    return crypto.seal(secret, context=_context(subscription))


def secrets_of(subscription: Subscription, *, at: datetime) -> list[str]:
    """The secrets that sign now: the present one and, while a receiver changes over, the one before."""
    sealed = [subscription.secret]
    if subscription.previous_secret and subscription.previous_until and at < subscription.previous_until:
        sealed.append(subscription.previous_secret)
    return [crypto.open_sealed(one, context=_context(subscription)) for one in sealed]


def headers(*, message_id: str, body: str, secrets: Iterable[str], at: datetime) -> dict[str, str]:
    """The three headers; one signature for each secret, any of which the receiver may check."""
    moment = at.astimezone(UTC).replace(microsecond=0)
    signatures = [Webhook(secret).sign(msg_id=message_id, timestamp=moment, data=body) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _context(subscription: Subscription) -> str:
    return f"oa.subscription:{subscription.public_id}"
