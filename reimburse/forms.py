"""The shape of what is typed into a document. Nothing is required here: a draft may be as unfinished as it likes.

`typed` gives the valid values of the fields that were sent; a field with an error keeps what was saved before.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.models import Named
from reimburse.lists import Lists


class AmountField(forms.DecimalField):
    """1,360.00, ¥1360 and １３６０ are the same amount."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_digits=14,  # so that the sum of all lines, and of a budget's, still fits its column
            decimal_places=2,
            min_value=Decimal(0),
            required=False,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "bx-num bx-r"}),
            error_messages={
                "invalid": _("Enter an amount such as 1,360.00."),
                "min_value": _("Enter an amount of zero or more."),
                "max_decimal_places": _("Enter at most two decimals, such as 1,360.00."),
            },
            **options,
        )

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # an IntegerField by inheritance only
        if isinstance(value, str):
            value = unicodedata.normalize("NFKC", value).translate(str.maketrans("", "", "¥￥,，元 "))
        return super().to_python(value)


class OneOf(forms.ChoiceField):
    """One of a list that has been read already, by its public id; empty where nothing may be chosen."""

    def __init__(self, rows: Sequence[Named], *, empty: Any = "", **options: Any) -> None:
        self.rows = {str(row.public_id): row for row in rows}
        choices: list[tuple[str, Any]] = [(key, row.shown_name) for key, row in self.rows.items()]
        if empty != "":
            choices.insert(0, ("", empty))
        super().__init__(choices=choices, required=False, **options)

    def clean(self, value: Any) -> Named | None:
        return self.rows.get(str(super().clean(value)))

    def prepare_value(self, value: Any) -> Any:
        return str(value.public_id) if isinstance(value, Named) else value


class Typed(forms.Form):
    """A form of which any part may be sent."""

    kept_when_empty: frozenset[str] = frozenset()  # an empty choice leaves what was there

    def dress(self) -> None:
        """Give the inputs the look of the pages. Called when all fields are there."""
        for field in self.fields.values():
            look = "form-select" if isinstance(field, OneOf) else "form-control"
            field.widget.attrs["class"] = f"{look} {field.widget.attrs.get('class', '')}".strip()

    def typed(self) -> dict[str, Any]:
        """Valid values of the fields that were sent."""
        self.is_valid()
        sent = {name: value for name, value in self.cleaned_data.items() if self.add_prefix(name) in self.data}
        return {name: value for name, value in sent.items() if value is not None or name not in self.kept_when_empty}


class HeadForm(Typed):
    kept_when_empty = frozenset({"cost_centre"})

    def __init__(self, lists: Lists, **options: Any) -> None:
        super().__init__(**options)
        self.fields["title"] = forms.CharField(label=_("Title"), max_length=120, required=False)
        self.fields["cost_centre"] = OneOf(lists.cost_centres, label=_("Cost centre"))
        self.fields["project"] = OneOf(lists.projects, empty=_("no project"), label=_("Project"))
        self.fields["due_on"] = forms.DateField(label=_("To be settled by"), required=False, widget=_day())
        self.dress()


class LineForm(Typed):
    kept_when_empty = frozenset({"cost_centre"})

    def __init__(self, lists: Lists, **options: Any) -> None:
        super().__init__(prefix="line", **options)
        self.fields["expense_type"] = OneOf(lists.expense_types, empty=_("choose…"), label=_("Expense type"))
        self.fields["spent_on"] = forms.DateField(label=_("Date"), required=False, widget=_day())
        self.fields["purpose"] = forms.CharField(label=_("What for"), max_length=200, required=False)
        self.fields["amount"] = AmountField(label=_("Amount"))
        self.fields["cost_centre"] = OneOf(lists.cost_centres, label=_("Cost centre"))
        self.fields["project"] = OneOf(lists.projects, empty=_("no project"), label=_("Project"))
        self.dress()


class SettleForm(Typed):
    """How much of each open advance the claim settles, one field an advance."""

    def __init__(self, advances: Sequence[Any], **options: Any) -> None:
        super().__init__(prefix="settle", **options)
        for advance in advances:
            self.fields[str(advance.public_id)] = AmountField(label=advance.number)
        self.dress()


class AdvanceForm(Typed):
    """A new cash advance, before there is a draft of it."""

    kept_when_empty = frozenset({"cost_centre"})

    def __init__(self, lists: Lists, **options: Any) -> None:
        super().__init__(**options)
        self.fields["purpose"] = forms.CharField(label=_("Purpose of the advance"), max_length=200, required=False)
        self.fields["amount"] = AmountField(label=_("Amount"))
        self.fields["due_on"] = forms.DateField(label=_("To be settled by"), required=False, widget=_day())
        self.fields["cost_centre"] = OneOf(lists.cost_centres, label=_("Cost centre"))
        self.fields["project"] = OneOf(lists.projects, empty=_("no project"), label=_("Project"))
        self.dress()


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date", "class": "bx-num"}, format="%Y-%m-%d")
