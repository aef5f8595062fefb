"""How figures, dates, people and states look on every page, in one place.

Filters give text, so that they can stand in an attribute as well; tags give markup. Widths are SVG attributes, because
the policy of the pages allows no inline style.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, Select
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common import capitals, findings
from common.money import HOME_CURRENCY, MINOR_DIGITS, Money

register = template.Library()

NOTHING = "—"
SYMBOLS = {"CNY": "¥"}  # other currencies show their code: ¥ alone must never be read as yen

# Where a document or voucher stands: one word, one icon and one colour everywhere.
STATUSES: Mapping[str, tuple[Any, str, str]] = {
    "draft": (gettext_lazy("Draft"), "circle-dashed", "draft"),
    "waiting": (gettext_lazy("In approval"), "clock", "waiting"),
    "returned": (gettext_lazy("Returned"), "corner-up-left", "returned"),
    "approved": (gettext_lazy("Approved"), "circle-check", "approved"),
    "rejected": (gettext_lazy("Rejected"), "circle-x", "rejected"),
    "withdrawn": (gettext_lazy("Withdrawn"), "arrow-back-up", "draft"),
    "posted": (gettext_lazy("Posted"), "book", "paid"),
    "paid": (gettext_lazy("Paid"), "cash", "paid"),
    "reversed": (gettext_lazy("Reversed"), "replace", "draft"),
}
MARK_ICONS = {"ok": "check", "wait": "clock", "warn": "alert-triangle", "bad": "alert-triangle", "none": "info-circle"}
FINDING_ICONS = {"block": "alert-triangle", "warn": "alert-triangle", "info": "info-circle"}
FACE_TONES = 6


# --- Figures ----------------------------------------------------------------------------------------------------------
def _figure(value: Decimal | int | Money, currency: str = "") -> tuple[str, str]:
    """The figure with thousands separators, and its currency. Rounds half up to the currency's minor unit."""
    sum_of_money = value if isinstance(value, Money) else Money(Decimal(value), currency or HOME_CURRENCY)
    exact, currency = sum_of_money.amount, sum_of_money.currency
    return f"{exact:,.{MINOR_DIGITS.get(currency, 2)}f}", currency


@register.filter
def money(value: Decimal | int | Money | None, currency: str = "") -> str:
    """¥1,234.50, -¥20.00, USD 99.00; — when there is none."""
    if value is None or value == "":
        return NOTHING
    figure, currency = _figure(value, currency)
    sign, digits = ("-", figure[1:]) if figure.startswith("-") else ("", figure)
    return f"{sign}{SYMBOLS[currency]}{digits}" if currency in SYMBOLS else f"{currency} {figure}"


@register.filter
def amount(value: Decimal | int | Money | None, currency: str = "") -> str:
    """1,234.50: the figure alone, for columns whose head names the currency."""
    return NOTHING if value is None or value == "" else _figure(value, currency)[0]


@register.filter
def capital(value: Decimal | Money | None) -> str:
    """壹仟贰佰叁拾肆元伍角整, for yuan only: other currencies have no 大写."""
    if value is None or value == "" or (isinstance(value, Money) and value.currency != HOME_CURRENCY):
        return ""
    return capitals.capitals(value.amount if isinstance(value, Money) else Decimal(value))


@register.filter
def percent(part: Decimal | int | None, whole: Decimal | int | None) -> str:
    """66.2%; — when there is nothing to be a part of."""
    if part is None or not whole:
        return NOTHING
    return f"{(Decimal(part) * 100 / Decimal(whole)).quantize(Decimal('0.1'))}%"


# --- Time -------------------------------------------------------------------------------------------------------------
@register.filter
def day(value: date | datetime | None) -> str:
    """2026-11-24, in the company's local time."""
    if value is None or value == "":
        return NOTHING
    return f"{timezone.localtime(value) if isinstance(value, datetime) else value:%Y-%m-%d}"


@register.filter
def moment(value: datetime | None) -> str:
    """2026-11-24 14:32, in local time."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else NOTHING


def _duration(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if minutes < 24 * 60:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d day", "%(n)d days", minutes // (24 * 60)) % {"n": minutes // (24 * 60)}


def _time(value: datetime, text: str) -> SafeString:
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), moment(value), text)


@register.filter
def ago(value: datetime | None) -> str:
    """How long since, while that is near; the date once it is more than a week. The title has the exact moment."""
    if not value:
        return NOTHING
    passed = (timezone.now() - value).total_seconds()
    if passed < 0 or passed >= 7 * 24 * 3600:
        return _time(value, day(value))
    if passed < 60:
        return _time(value, _("just now"))
    return _time(value, _("%(duration)s ago") % {"duration": _duration(passed)})


def duration_since(value: datetime) -> str:
    """How long ago, in words alone: 22 小时."""
    return _duration(max(0.0, (timezone.now() - value).total_seconds()))


@register.filter
def waited(value: datetime | None) -> str:
    """How long something has been lying since then: 22 小时, 3 天."""
    if not value:
        return NOTHING
    return _time(value, duration_since(value))


@register.filter
def lasted(value: timedelta | None) -> str:
    """How long something took: 2 小时, 3 天."""
    return NOTHING if value is None else _duration(max(0.0, value.total_seconds()))


# --- Marks ------------------------------------------------------------------------------------------------------------
@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """A line icon from static/img/icons.svg (Tabler Icons). Decoration: the word beside it carries the meaning."""
    css = "icon icon-s" if size == "s" else "icon"
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>', css, static("img/icons.svg"), name
    )


@register.simple_tag
def status_pill(status: str) -> SafeString:
    """The stage of a document as a pill. An unknown status is a KeyError: a page must not invent a colour."""
    word, picture, colour = STATUSES[str(status)]
    return format_html('<span class="bx-status" data-is="{}">{}{}</span>', colour, icon(picture), word)


@register.simple_tag
def mark(state: str, text: str, picture: str = "") -> SafeString:
    """A check or a doubt: icon and word, no fill. `state` is ok, wait, warn, bad or none."""
    return format_html(
        '<span class="bx-mark" data-is="{}">{}<span>{}</span></span>', state, icon(picture or MARK_ICONS[state]), text
    )


@register.simple_tag
def face(person: Any, size: str = "") -> SafeString:
    """The last two characters of a person's name, as chat programs show them. The name itself stands beside it.

    A Latin name gives its initials. The tone comes from the key, so that somebody looks the same everywhere.
    """
    name = str(getattr(person, "name", person) or "").strip()
    words = name.split()
    letters = "".join(word[0].upper() for word in words[:2]) if name.isascii() else name[-2:]
    tone = int(getattr(person, "pk", None) or sum(map(ord, name))) % FACE_TONES
    css = "bx-face bx-face-l" if size == "l" else "bx-face"
    return format_html('<span class="{}" data-tone="{}" aria-hidden="true">{}</span>', css, tone, letters)


@register.simple_tag
def finding(found: Any) -> SafeString:
    """One finding at its line, worded in the viewer's language. `found` has code, severity and params."""
    severity = found["severity"] if isinstance(found, dict) else found.severity
    code = found["code"] if isinstance(found, dict) else found.code
    params = found["params"] if isinstance(found, dict) else found.params
    return format_html(
        '<div class="bx-finding" data-is="{}">{}<span>{}</span></div>',
        severity,
        icon(FINDING_ICONS[severity]),
        findings.word(code, params),
    )


# --- Bars and steps ---------------------------------------------------------------------------------------------------
def _share(part: Decimal, whole: Decimal) -> str:
    return f"{(part * 100 / whole).quantize(Decimal('0.01'))}%"


@register.simple_tag
def bar(actual: Decimal, committed: Decimal, reserved: Decimal, total: Decimal | None = None) -> SafeString:
    """How much of `total` is spent, approved and asked for, as three shades of one bar. Amounts in yuan.

    Without a total the three make up the whole. What is over the total turns the bar red and fills it.
    """
    parts = [Decimal(actual or 0), Decimal(committed or 0), Decimal(reserved or 0)]
    used = sum(parts, Decimal(0))
    whole = used if total is None else Decimal(total)
    label = _("spent %(actual)s, approved %(committed)s, in approval %(reserved)s") % {
        "actual": money(parts[0]),
        "committed": money(parts[1]),
        "reserved": money(parts[2]),
    }
    if total is not None:
        label += _(", of %(total)s") % {"total": money(whole)}
    if used > whole:
        return format_html(
            '<svg class="bx-bar" role="img" aria-label="{}"><rect class="is-over" width="100%"></rect></svg>', label
        )
    rects, offset = SafeString(""), Decimal(0)
    for part, shade in zip(parts, ("is-actual", "is-committed", "is-reserved"), strict=True):
        if part > 0:
            rects += format_html(
                '<rect class="{}" x="{}" width="{}"></rect>', shade, _share(offset, whole), _share(part, whole)
            )
            offset += part
    return format_html('<svg class="bx-bar" role="img" aria-label="{}">{}</svg>', label, rects)


@register.simple_tag
def progress_bar(done: int, whole: int, label: str = "") -> SafeString:
    """Done of whole, for work and for going through a pile."""
    share = _share(Decimal(min(done, whole)), Decimal(whole)) if whole else "0%"
    return format_html(
        '<svg class="bx-bar" role="img" aria-label="{}"><rect width="{}"></rect></svg>',
        label or _("%(done)s of %(whole)s") % {"done": done, "whole": whole},
        share,
    )


@register.simple_tag
def dots(states: list[str]) -> SafeString:
    """A document's way as a row of dots; each state is done, now, next, returned, rejected or paid."""
    reached = [state for state in states if state != "next"]
    words = {"state": len(reached), "whole": len(states)}
    label = _("step %(state)s of %(whole)s") % words if reached else _("not sent yet")
    marks = SafeString("")
    for place, state in enumerate(states):
        x = 6 + 20 * place
        if place:
            line = state if states[place - 1] != "next" and state in {"done", "paid"} else "next"
            line = "done" if state in {"now", "rejected"} else line
            marks += format_html('<path data-is="{}" d="M{} 6h8"></path>', line, x - 14)
        marks += format_html(
            '<circle data-is="{}" cx="{}" cy="6" r="{}"></circle>', state, x, "3.5" if state == "next" else "4"
        )
    width = max(12, 20 * len(states) - 8)
    return format_html(
        '<svg class="bx-dots" viewBox="0 0 {0} 12" width="{0}" height="12" role="img" aria-label="{1}">{2}</svg>',
        width,
        label,
        marks,
    )


# --- Forms ------------------------------------------------------------------------------------------------------------
@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, wide: bool = False) -> dict[str, Any]:
    """A form's field with its label, help and errors; the errors are announced and tied to the input."""
    widget = bound.field.widget
    box = isinstance(widget, CheckboxInput)
    css = "form-check-input" if box else "form-select" if isinstance(widget, Select) else "form-control"
    if bound.errors:
        css += " is-invalid"
    attrs: dict[str, str | bool] = {"class": f"{css} {widget.attrs.get('class', '')}".strip()}
    return {"field": bound, "input": bound.as_widget(attrs=attrs), "box": box, "wide": wide}
