"""The events other systems may hear of. What is only a draft stays inside.

An event's name is the kind of its audit entry; names and the shape of `data` are promises (docs/events.md).
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SCHEMA = 1  # of `data`; raised when a key changes its meaning, not when one is added

EVENTS: Mapping[str, Promise] = {
    "claim.submitted": _("Claim submitted"),
    "claim.decided": _("Claim decided on at one step"),
    "claim.returned": _("Claim returned"),
    "claim.withdrawn": _("Claim withdrawn"),
    "claim.transferred": _("Claim handed to another approver"),
    "claim.approved": _("Claim approved"),
    "claim.rejected": _("Claim rejected"),
    "advance.submitted": _("Cash advance submitted"),
    "advance.decided": _("Cash advance decided on at one step"),
    "advance.returned": _("Cash advance returned"),
    "advance.withdrawn": _("Cash advance withdrawn"),
    "advance.transferred": _("Cash advance handed to another approver"),
    "advance.approved": _("Cash advance approved"),
    "advance.rejected": _("Cash advance rejected"),
    "voucher.posted": _("Voucher posted"),
    "voucher.reversed": _("Voucher reversed"),
}
TESTED = "subscription.tested"  # sent to one receiver when somebody presses the button


def label(topic: str) -> str:
    return str(EVENTS.get(topic, _("Test event") if topic == TESTED else topic))
