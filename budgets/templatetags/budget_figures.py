"""How figures look on the budget page."""

from __future__ import annotations

from decimal import Decimal

from django import template

from common.money import round_amount
from common.templatetags.ui import NOTHING, amount

register = template.Library()


@register.filter
def in_unit(value: Decimal | None, unit: str) -> str:
    """12,345.00 in yuan, 1.23 in 万元 (ten thousand), rounded half up."""
    if value is None or unit != "wan":
        return amount(value)
    return f"{round_amount(value / 10_000):,.2f}"


@register.filter
def rate(value: Decimal | None) -> str:
    """93.6%; — where nothing was allotted."""
    return NOTHING if value is None else f"{value}%"


@register.filter
def whole_rate(value: Decimal | None) -> str:
    """94: a rate without decimals for the narrow cells of the heat map; 100 only when it is reached.

    Rounded down, so that 99.9 % does not look used up.
    """
    return "" if value is None else f"{int(value)}"
