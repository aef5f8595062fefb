"""The sentences for what came of an attempt; stored as code and parameters, worded in the viewer's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from common import findings
from common.errors import Wording
from oa import addresses

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
