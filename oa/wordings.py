"""The sentences for what came of an attempt; stored as code and parameters, worded in the viewer's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import findings
from common.errors import Wording
from oa import addresses, circuit
from oa.models import Delivery

OUTCOMES: Mapping[str, Wording] = {
    "oa_delivered": _("answered %(status)s"),
    "oa_answered": _("The receiver answered %(status)s. %(text)s"),
    "oa_redirected": _(
        "The receiver answered %(status)s and named another address. Redirects are not followed: enter it here."
    ),
    "oa_busy": _("The receiver answered %(status)s and asked to be left alone for %(seconds)s seconds."),
    "oa_gone": _("The receiver answered 410: it wants no more events. The connection was switched off."),
    "oa_timeout": _("No answer within %(limit)s seconds."),
    "oa_unreachable": _("No connection: %(reason)s"),
    "oa_locked": _(
        "The secret does not open with the keys of this installation. Set FIELD_ENCRYPTION_KEYS, or rotate it."
    ),
} | {
    refusal.code: refusal.wording
    for refusal in (
        addresses.NotAnAddress,
        addresses.Unencrypted,
        addresses.PrivateAddress,
        addresses.ForbiddenAddress,
        addresses.UnknownHost,
    )
}


def word(outcome: Mapping[str, Any]) -> str:
    """The sentence of an attempt, nothing before the first one."""
    return findings.word(outcome["code"], outcome["params"]).strip() if outcome else ""


def note(delivery: Delivery, *, at: datetime) -> str:
    """What is to be said of a delivery in the log: how it went, and what happens next."""
    said = word(delivery.outcome)
    match delivery.state:
        case Delivery.State.DELIVERED | Delivery.State.SKIPPED:
            return "" if delivery.state == Delivery.State.DELIVERED else said
        case Delivery.State.DEAD:
            return _joined(said, gettext("Given up after three days; later events of the document wait."))
    return _joined(said, _what_next(delivery, at=at))


def _joined(said: str, then: str) -> str:
    if not said or not then:
        return said or then
    return gettext("%(said)s; %(then)s") % {"said": said.rstrip(" .。"), "then": then}


def _what_next(delivery: Delivery, *, at: datetime) -> str:
    receiver = delivery.subscription
    if not receiver.active:
        return gettext("Kept until the connection is resumed.")
    waits = receiver.waits_until if receiver.waits_until and receiver.waits_until > at else None
    next_at = max((moment for moment in (waits, delivery.next_attempt_at) if moment), default=None)
    if next_at is None or next_at <= at:
        return ""
    moment = f"{timezone.localtime(next_at):%H:%M:%S}"
    if circuit.is_open(receiver, at=at):
        return gettext("The receiver is left alone for a while; next attempt at %(time)s.") % {"time": moment}
    return gettext("Next attempt at %(time)s.") % {"time": moment}
