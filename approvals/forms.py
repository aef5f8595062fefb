"""What the inbox's pages send."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.models import Employee

LONGEST = 500  # characters of a comment
MOST_AT_ONCE = 200

SHOWN = ("all", "flagged", "plain")


class CommentForm(forms.Form):
    comment = forms.CharField(label=_("Comment"), max_length=LONGEST, required=False)


class DecisionForm(CommentForm):
    action = forms.ChoiceField(choices=[(action, action) for action in ("approve", "reject", "return")])


class TransferForm(CommentForm):
    to = forms.ModelChoiceField(
        Employee.objects.filter(is_active=True),
        to_field_name="public_id",
        error_messages={"required": _("Choose who is to decide."), "invalid_choice": _("Choose who is to decide.")},
    )
