"""What is known of an invoice, field by field: how readings of several files come together, and how they are kept.

A file read later may confirm, complete or contradict what is known. It never silently replaces what a person confirmed
or what a document was submitted with: then both values are kept, and the field is unsure until a person decides.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from invoices import policy
from invoices.models import Invoice
from invoices.readers import text
from invoices.readers.base import (
    AMOUNTS,
    DISPUTED,
    EXPECTED,
    KEYS,
    READER_VERSION,
    Kind,
    Reading,
    Scalar,
    Source,
    Value,
)
from invoices.readers.merge import merge

COLUMNS: Mapping[str, str] = {
    "kind": "kind",
    "invoice_code": "code",
    "number": "number",
    "date": "issued_on",
    "seller_name": "seller_name",
    "seller_tax_id": "seller_tax_id",
    "buyer_name": "buyer_name",
    "buyer_tax_id": "buyer_tax_id",
    "amount_excl_tax": "amount_excl_tax",
    "tax": "tax",
    "total": "total",
    "check_code_last6": "check_code_last6",
}
ISSUERS_DATA = (Source.XML, Source.XBRL)  # carries the value itself: nobody can have misread it
_OWN_FACTS = ("kind", "blank", "notes")  # of a reading, kept beside its facts
_OF_A_PERSON = ("by", "at", "read", "turned_down")  # of a field a person confirmed


def reading_of(invoice: Invoice) -> Reading:
    """What is known of an invoice, in the form a file is read into."""
    facts = dict(invoice.facts)
    own = {key: facts.pop(key, None) for key in _OWN_FACTS}
    return Reading.from_json(
        {
            "kind": own["kind"],
            "fields": invoice.fields,
            "unsure": invoice.unsure,
            "blank": own["blank"] or [],
            "facts": facts,
            "notes": own["notes"] or [],
        }
    )


def identity_of(reading: Reading) -> tuple[str, str]:
    """(code, number) when both are certain enough to name one invoice of the world, else two empty texts.

    A short number without the code that belongs to it names thousands of invoices; one longer than any is none.
    """
    code, number = reading.identity
    known = code or "invoice_code" not in reading.unsure
    return (code, number) if known and _fits("invoice_code", code) and _fits("number", number) else ("", "")


def _fits(key: str, said: str) -> bool:
    return len(said) <= _longest(key)


def _longest(key: str) -> int:
    """Characters a field's column holds."""
    return int(getattr(Invoice._meta.get_field(COLUMNS[key]), "max_length", None) or 0)


def keep(invoice: Invoice, reading: Reading) -> None:
    """Write a reading onto the invoice's columns. In memory; what people said about a field stays with it."""
    data = reading.as_json()
    for key, entry in data["fields"].items():
        if entry["source"] == Source.HAND and key in invoice.fields:
            said = invoice.fields[key]
            entry |= {about: said[about] for about in _OF_A_PERSON if about in said}
    invoice.fields = data["fields"]
    invoice.unsure = data["unsure"]
    invoice.facts = data["facts"] | {key: data[key] for key in _OWN_FACTS}
    invoice.reader_version = READER_VERSION
    invoice.currency = reading.facts.currency or invoice.currency
    for key, column in COLUMNS.items():
        setattr(invoice, column, _column_value(key, reading.values.get(key)))
    invoice.code, invoice.number = identity_of(reading)
    invoice.unsure = policy.open_keys(invoice)


def _column_value(key: str, value: Value | None) -> Scalar | None:
    """The value as its column holds it: names longer than their column are cut there, and whole in `fields`."""
    if value is None:
        return None if key in AMOUNTS or key == "date" else ""
    return value.value[: _longest(key)] if isinstance(value.value, str) else value.value


def join(known: Reading, new: Reading, *, held: bool = False, turned_down: Mapping[str, Collection[str]]) -> Reading:
    """What is known, together with what another file says. The better source speaks where both agree or only one does.

    Where they differ the field becomes unsure with both values as alternatives. A value a person confirmed stays the
    one that holds meanwhile, and with `held` (the invoice is on a submitted document) every known value does. Values
    a person has turned down before (`turned_down`, by key) are not asked about again.
    """
    joined = merge([known, new])
    for key in joined.unsure:
        _keep_alternatives(joined, key, [*known.alternatives.get(key, ()), *new.alternatives.get(key, ())])
    for key in KEYS:
        mine = known.values.get(key)
        if mine is not None and (held or mine.source is Source.HAND):
            _hold(joined, key, mine, new.values.get(key), known, turned_down.get(key, ()))
    return joined


def _keep_alternatives(joined: Reading, key: str, earlier: list[Value]) -> None:
    """Merging looks at what each file chose; what each was in doubt between is kept as well."""
    if earlier:
        joined.alternatives[key] = _distinct([*joined.alternatives.get(key, [joined.values[key]]), *earlier])


def _distinct(values: list[Value]) -> list[Value]:
    first: dict[str, Value] = {}
    for value in values:
        first.setdefault(str(value.value), value)
    return list(first.values())


def _hold(
    joined: Reading, key: str, mine: Value, theirs: Value | None, known: Reading, turned_down: Collection[str]
) -> None:
    joined.values[key] = mine
    if theirs is None or same(mine, theirs) or str(theirs.value) in turned_down:
        joined.alternatives.pop(key, None)
        if key in known.alternatives:
            joined.alternatives[key] = known.alternatives[key]
        if key not in known.unsure:
            joined.unsure = [other for other in joined.unsure if other != key]
        joined.notes = [note for note in joined.notes if (note.code, note.params.get("key")) != ("sources_differ", key)]
        return
    joined.values[key] = replace(mine, confidence=DISPUTED)
    joined.alternatives[key] = _distinct([joined.values[key], *known.alternatives.get(key, ()), theirs])
    joined.doubt(key)


def disputed(reading: Reading, before: Reading) -> list[str]:
    """The fields in which a new file contradicts what was known before it."""
    return [key for key in reading.alternatives if key not in before.alternatives and key in before.values]


def same(one: Value, other: Value) -> bool:
    if isinstance(one.value, str) and isinstance(other.value, str):
        return text.same_text(one.value, other.value)
    return one.value == other.value


def is_issuers(entry: Mapping[str, Any]) -> bool:
    """Whether a kept field (`Invoice.fields[key]`) is the issuer's own data and undisputed."""
    return bool(entry) and entry.get("source") in ISSUERS_DATA and "alternatives" not in entry


def typed(key: str, raw: Any) -> Scalar | None:
    """A value a person typed, in its field's form; None when the field is left empty. Raises ValueError."""
    if raw is None or raw == "":
        return None
    value: Scalar | None
    if key == "date":
        value = raw if isinstance(raw, date) else text.day(str(raw))
    elif key in AMOUNTS:
        value = raw if isinstance(raw, Decimal) else text.amount(str(raw))
    elif key in ("number", "invoice_code", "check_code_last6"):
        value = text.ascii_form(str(raw)).upper()
        value = value if _fits(key, value) else None
    elif key.endswith("_tax_id"):
        value = text.tax_id(str(raw))
    else:
        value = text.name(str(raw))
    if value is None or value == "":
        raise ValueError(f"{raw!r} is no {key}")
    return value


def keys_of(invoice: Invoice) -> list[str]:
    """The fields such an invoice has: those of its kind, and whatever was read or is asked about besides."""
    kind = kind_of(invoice)
    expected = set(EXPECTED[kind]) if kind else set(KEYS)
    present = {key for key in KEYS if (invoice.fields.get(key) or {}).get("value")}
    return [key for key in KEYS if key in expected | present | set(invoice.unsure) or key == "kind"]


def kind_of(invoice: Invoice) -> Kind | None:
    name = invoice.facts.get("kind")
    return Kind[name] if name else None
