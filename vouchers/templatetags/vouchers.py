"""How figures stand on a voucher: one digit a column, as on the printed pad."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.templatetags import ui

register = template.Library()


@register.simple_tag
def digits(amount: Decimal | None, sign: str = "") -> SafeString:
    """The cell's content: the plain figure for screen readers and phones, the bare digits for the columns.

    Nothing for nothing. A negative figure is printed in red and without a minus, as bookkeepers write it.
    """
    if not amount:
        return SafeString("")
    red = " bx-red" if amount < 0 else ""
    return format_html(
        '<span class="bx-sr{}">{}{}{}</span><span class="bx-digit{}" aria-hidden="true">{}{}</span>',
        red,
        "-" if amount < 0 else "",
        sign,
        ui.amount(abs(amount)),
        red,
        sign,
        f"{abs(amount) * 100:.0f}",
    )
