"""The fields of an invoice as a person types them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from common.findings import word
from invoices import fields, labels
from invoices.models import Invoice
from invoices.readers.base import AMOUNTS, KEYS, Kind
from invoices.services.confirm import no_such

# Papers that carry no heading of the tax service; what is chosen is kept as the kind.
PAPERS = {
    "出租车发票": _("taxi receipt"),
    "定额发票": _("fixed-amount receipt"),
    "客运发票": _("coach ticket"),
    "境外票据": _("receipt from abroad"),
    "其他票据": _("another receipt"),
}
LONGEST = {"kind": 60, "number": 30, "invoice_code": 20, "check_code_last6": 6}


class ValuesForm(forms.Form):
    """Some or all fields of one invoice. The values are text in any usual spelling; the service brings them into form.

    What is the issuer's own data cannot be changed and is left out.
    """

    def __init__(self, *args: Any, invoice: Invoice, keys: Iterable[str] = KEYS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key in keys:
            entry = invoice.fields.get(key) or {}
            if fields.is_issuers(entry) and key not in invoice.unsure:
                continue
            self.fields[key] = _field(key, invoice, str(entry.get("value", "")))

    def clean(self) -> dict[str, Any]:
        for key, raw in list(self.cleaned_data.items()):
            try:
                fields.typed(key, raw)
            except ValueError:
                self.add_error(key, word(no_such(key), {"value": raw[:60]}))
        return self.cleaned_data

    @property
    def values(self) -> dict[str, str]:
        """What was typed, for the fields that came with the request: the card asks for one or two only."""
        return {key: value for key, value in self.cleaned_data.items() if key in self.data}


def _field(key: str, invoice: Invoice, value: str) -> forms.Field:
    label = capfirst(str(labels.FIELDS[key]))
    if key == "kind":
        return forms.ChoiceField(label=label, choices=_kinds(value), required=False, initial=value)
    attrs: dict[str, str] = {"autocomplete": "off"}
    if key in AMOUNTS:
        attrs |= {"inputmode": "decimal", "class": "bx-r"}
    elif key == "date":
        attrs |= {"type": "date"}
    if key in invoice.unsure:
        attrs |= {"data-open": "yes"}
    widget = forms.DateInput(attrs=attrs) if key == "date" else forms.TextInput(attrs=attrs)
    longest = LONGEST.get(key, 200)
    return forms.CharField(label=label, required=False, initial=value, max_length=longest, widget=widget)


def _kinds(value: str) -> list[tuple[str, Any]]:
    known: list[tuple[str, Any]] = [
        ("", _("not chosen")),
        *((kind.value, kind.value) for kind in Kind),
        *PAPERS.items(),
    ]
    return known if value in dict(known) else [*known, (value, value)]
