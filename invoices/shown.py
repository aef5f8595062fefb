"""An invoice as people see it: its marks, its fields with their sources, its kind in two words.

Pages of other apps put a `Face` into `invoices/parts/face.html`; the words are in the viewer's language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Wording
from common.templatetags.ui import amount, money
from invoices import fields, labels, policy
from invoices.models import Invoice, InvoiceUse
from invoices.readers.base import AMOUNTS, Source

# What is printed on top of an invoice, said short. The first word that is found counts.
_SHORT_KINDS: tuple[tuple[str, Wording], ...] = (
    ("铁路电子客票", gettext_lazy("rail e-ticket")),
    ("航空运输电子客票", gettext_lazy("air itinerary")),
    ("通行费", gettext_lazy("toll e-invoice")),
    ("增值税专用发票（纸质", gettext_lazy("special paper invoice")),
    ("专用发票", gettext_lazy("special e-invoice")),
    ("机动车", gettext_lazy("vehicle invoice")),
    ("二手车", gettext_lazy("used car invoice")),
    ("卷票", gettext_lazy("roll invoice")),
    ("增值税普通发票（纸质", gettext_lazy("paper invoice")),
    ("区块链", gettext_lazy("blockchain invoice")),
    ("普通发票", gettext_lazy("e-invoice")),
    ("电子", gettext_lazy("e-receipt")),
)
# The fields a reader of a claim looks at, in the order of the page; the rest stands on the invoice's own page.
FEW = 2  # so many open fields are asked on the card; more are typed beside the picture
FACE_KEYS = ("seller_name", "number", "date", "amount_excl_tax", "tax", "total")


@dataclass(frozen=True, slots=True)
class Mark:
    """One check or doubt. `state` is ok, wait, warn, bad or none; `icon` empty takes the state's own."""

    code: str
    state: str
    text: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One field as it is shown: label, value in words, where it was read, whether a person has to confirm it."""

    key: str
    label: Wording
    value: str
    source: Wording = ""
    confidence: str = ""
    is_open: bool = False
    is_figure: bool = False
    was: str = ""  # what had been read, where a person put something else


@dataclass(frozen=True, slots=True)
class Face:
    """What `invoices/parts/face.html` draws. `picture` is the address of the preview, empty when there is none."""

    invoice: Invoice
    marks: Sequence[Mark]
    rows: Sequence[Row]
    picture: str = ""
    large: str = ""  # where a click on the picture leads
    kind: str = ""


def face_of(
    invoice: Invoice, marks: Sequence[Mark], *, picture: str = "", large: str = "", keys: Sequence[str] = FACE_KEYS
) -> Face:
    return Face(invoice, marks, rows(invoice, keys), picture, large or picture, short_kind(invoice))


def short_kind(invoice: Invoice) -> str:
    """电子普票, 铁路电子客票…; what is printed on it when it is none of ours."""
    if not invoice.kind:
        return _("photo") if not invoice.has_identity else _("invoice")
    return next((str(word) for printed, word in _SHORT_KINDS if printed in invoice.kind), invoice.kind)


def title_of(invoice: Invoice) -> str:
    """Who sold it, or the ride on a ticket: 杭州东 → 上海虹桥 G7316."""
    trips = invoice.facts.get("trips") or []
    if trips and trips[0].get("departure") and trips[0].get("destination"):
        first, last = trips[0], trips[-1]
        ride = f"{first['departure']} → {last['destination']}"
        return f"{ride} {first.get('carrier_number', '')}".strip()
    return invoice.seller_name


@dataclass(frozen=True, slots=True)
class Ask:
    """One open field, asked on the card: an input, or one button for each of the readings that differ."""

    key: str
    label: Wording
    kind: str  # amount, date or text
    value: str
    choices: Sequence[tuple[str, Wording]] = ()  # value, where it was read


def asks(invoice: Invoice) -> list[Ask]:
    return [_ask(key, invoice.fields.get(key) or {}) for key in invoice.unsure]


def _ask(key: str, entry: dict[str, Any]) -> Ask:
    kind = "amount" if key in AMOUNTS else "date" if key == "date" else "text"
    choices = [(other["value"], labels.SOURCES[other["source"]]) for other in entry.get("alternatives", [])]
    return Ask(key, labels.FIELDS[key], kind, str(entry.get("value", "")), choices)


def rows(invoice: Invoice, keys: Sequence[str]) -> list[Row]:
    return [_row(invoice, key) for key in keys]


def _row(invoice: Invoice, key: str) -> Row:
    entry: dict[str, Any] = invoice.fields.get(key) or {}
    read = entry.get("read") or {}
    changed = entry.get("source") == Source.HAND and read and read["value"] != entry.get("value")
    label: Wording = labels.FIELDS[key]
    if key == "tax" and (rate := _one_rate(invoice)):
        label = _("tax (%(rate)s)") % {"rate": rate}
    return Row(
        key=key,
        label=label,
        value=_value(invoice, key, entry),
        source=labels.SOURCES.get(entry.get("source", ""), ""),
        confidence=f"{Decimal(str(entry['confidence'])):.0%}" if "confidence" in entry else "",
        is_open=key in invoice.unsure,
        is_figure=key in AMOUNTS,
        was=str(read["value"]) if changed else "",
    )


def _value(invoice: Invoice, key: str, entry: dict[str, Any]) -> str:
    column = getattr(invoice, fields.COLUMNS[key])
    if key == "total":
        return str(money(column, invoice.currency))
    if key in AMOUNTS:
        return amount(column, invoice.currency)
    return str(column or entry.get("value") or "—")


def _one_rate(invoice: Invoice) -> str:
    """The tax rate, where all printed lines have the same."""
    rates = {item.get("rate", "") for item in invoice.facts.get("items", [])}
    return str(rates.pop()) if len(rates) == 1 else ""


def marks_of(invoice: Invoice, *, problems: Sequence[str], has_lookalike: bool, full: bool = False) -> list[Mark]:
    """What the checks say, the gravest first. `full` also says what is in order, for whoever has to decide about it."""
    found = [_problem(code, invoice) for code in problems]
    found += _open_marks(invoice)
    if has_lookalike:
        text = _("Looks like a duplicate: another one of the same seller, day and amount")
        found.append(Mark("lookalike", "warn", text, "copy"))
    found += _hand_marks(invoice)
    if invoice.unsure:
        return found
    recognised = [Mark("recognised", "ok", _("Recognised"))] if _is_read(invoice) else []
    good = _good_marks(invoice, problems, has_lookalike=has_lookalike) if full else []
    return [*found, *recognised, *good]


def _is_read(invoice: Invoice) -> bool:
    return any(entry.get("source") != Source.HAND for entry in invoice.fields.values())


def _problem(code: str, invoice: Invoice) -> Mark:
    texts = {
        policy.WRONG_TITLE: ("bad", _("Wrong title: made out to “%(buyer)s”") % {"buyer": invoice.buyer_name}),
        policy.WRONG_TAX_ID: ("bad", _("Wrong tax id of the buyer: %(id)s") % {"id": invoice.buyer_tax_id}),
        policy.NO_TAX_ID: ("warn", _("The company's tax id is missing")),
        policy.RED_LETTER: ("bad", _("Red-letter invoice: takes another back, cannot be claimed")),
    }
    state, text = texts[code]
    return Mark(code, state, text)


def _open_marks(invoice: Invoice) -> list[Mark]:
    differing = [key for key in invoice.unsure if (invoice.fields.get(key) or {}).get("alternatives")]
    others = [key for key in invoice.unsure if key not in differing]
    found = []
    if differing:
        text = _("Two readings differ: %(fields)s") % {"fields": labels.listed(differing)}
        found.append(Mark("differs", "bad", text, "help-circle"))
    if not invoice.has_identity and len(others) > FEW:
        found.append(Mark("to_type", "warn", _("To be typed beside the picture"), "pencil"))
    elif others:
        text = _("To confirm: %(fields)s") % {"fields": labels.listed(others)}
        found.append(Mark("to_confirm", "warn", text, "help-circle"))
    return found


def _hand_marks(invoice: Invoice) -> list[Mark]:
    by_hand = {key: entry for key, entry in invoice.fields.items() if entry.get("source") == Source.HAND}
    typed = [key for key, entry in by_hand.items() if not entry.get("read")]
    corrected = [
        key for key, entry in by_hand.items() if entry.get("read") and entry["read"]["value"] != entry["value"]
    ]
    found = []
    if corrected:
        text = _("Corrected by hand: %(fields)s") % {"fields": labels.listed(corrected)}
        found.append(Mark("corrected", "warn", text, "pencil"))
    if typed:
        text = _("Typed by hand: %(fields)s") % {"fields": labels.listed(typed)}
        found.append(Mark("typed", "none", text, "pencil"))
    return found


def _good_marks(invoice: Invoice, problems: Sequence[str], *, has_lookalike: bool) -> list[Mark]:
    found = []
    if invoice.buyer_name and not {policy.WRONG_TITLE, policy.WRONG_TAX_ID, policy.NO_TAX_ID} & set(problems):
        found.append(Mark("title", "ok", _("Title is right"), "building"))
    if not has_lookalike:
        found.append(Mark("single", "ok", _("No duplicate"), "copy-check"))
    return found


def use_mark(use: InvoiceUse, *, known: bool) -> Mark:
    """Where an invoice is: on a submitted document, or in a draft."""
    if use.firm:
        text = _("Used in %(document)s") % {"document": use.document_label} if known else _("Used in a document")
        return Mark("used", "none", text, "file-check")
    return Mark("drafted", "wait", _("In the draft “%(document)s”") % {"document": use.document_label}, "file-text")
