"""How times and states of connections look."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Wording
from common.templatetags.ui import NOTHING, icon
from oa import catalogue, selectors

register = template.Library()

# Word, icon and colour of what a receiver and a delivery can be.
RECEIVERS = {
    selectors.NORMAL: (gettext_lazy("Working"), "circle-check", "approved"),
    selectors.LATELY: (gettext_lazy("Late"), "clock-exclamation", "returned"),
    selectors.OPEN: (gettext_lazy("Circuit open"), "plug-connected-x", "rejected"),
    selectors.PAUSED: (gettext_lazy("Paused"), "player-skip-forward", "draft"),
    selectors.GONE: (gettext_lazy("Switched off"), "ban", "rejected"),
}
DELIVERIES = {
    "waiting": (gettext_lazy("Queued"), "clock", "waiting"),
    "retrying": (gettext_lazy("Will retry"), "refresh", "returned"),
    "delivered": (gettext_lazy("Delivered"), "circle-check", "approved"),
    "dead": (gettext_lazy("Dead letter"), "skull", "rejected"),
    "skipped": (gettext_lazy("Skipped"), "player-skip-forward", "draft"),
}


@register.simple_tag
def receiver_state(state: str) -> SafeString:
    return _pill(*RECEIVERS[state])


@register.simple_tag
def delivery_state(state: str) -> SafeString:
    return _pill(*DELIVERIES[str(state)])


def _pill(word: Wording, picture: str, colour: str) -> SafeString:
    return format_html('<span class="bx-status" data-is="{}">{}{}</span>', colour, icon(picture), word)


@register.filter
def in_seconds(value: float | None) -> str:
    """1.2 s, 48 s."""
    return NOTHING if value is None else _("%(seconds)s s") % {"seconds": selectors.seconds(value)}


@register.filter
def milliseconds(value: int | None) -> str:
    return NOTHING if value is None else in_seconds(value / 1000)


@register.filter
def event_label(topic: str) -> str:
    return catalogue.label(topic)
