"""What is typed about connections. Whether an address is fit, the services say."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.models import Company
from oa.catalogue import EVENTS
from oa.models import Subscription


class SubscriptionForm(forms.Form):
    company = forms.ModelChoiceField(label=_("Company"), queryset=Company.objects.none(), to_field_name="public_id")
    name = forms.CharField(label=_("Name"), max_length=80)
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://oa.example.com/hooks/reimburse", "autocomplete": "off"}),
        help_text=_("Events are sent there by POST. https, unless an administrator allows the host."),
    )
    topics = forms.MultipleChoiceField(
        label=_("Events"),
        choices=[(topic, label) for topic, label in EVENTS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None ticked: all of them, and those that come with later versions."),
    )

    def __init__(self, data: Any = None, *, companies: list[Company], receiver: Subscription | None = None) -> None:
        initial: dict[str, Any] = {}
        if receiver is not None:
            initial = {"name": receiver.name, "url": receiver.url, "topics": receiver.topics}
        super().__init__(data, initial=initial)
        if receiver is not None or len(companies) == 1:
            del self.fields["company"]  # a connection stays with its company
        else:
            field = self.fields["company"]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = Company.objects.filter(pk__in=[company.pk for company in companies])


class HostForm(forms.Form):
    host = forms.CharField(label=_("Host"), max_length=253, widget=forms.TextInput(attrs={"placeholder": "oa.corp"}))
    port = forms.IntegerField(
        label=_("Port"), min_value=1, max_value=65535, required=False, help_text=_("Empty: every port")
    )
