"""The administrators' admin leaves a trail: one audit entry for each save or deletion, with what changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import Manager, Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from common import audit

if TYPE_CHECKING:  # Django's classes take their model only for the type checker
    AnyAdmin = admin.ModelAdmin[Any]
    AnyForm = forms.ModelForm[Any]
else:
    AnyAdmin, AnyForm = admin.ModelAdmin, forms.ModelForm

SECRET = "password"  # noqa: S105 - fields with this in their name are recorded as changed, without a value


class AuditedAdmin(AnyAdmin):
    """One audit entry for each save (inlines included) and each deletion. The noun is the model's name.

    Django logs in its own table as well; that one is the admin's history page.
    """

    def construct_change_message(
        self, request: HttpRequest, form: forms.Form, formsets: Iterable[Any] | None, add: bool = False
    ) -> list[dict[str, dict[str, Any]]]:
        request.audited_changes = changes_of(form, formsets or ())  # type: ignore[attr-defined]
        return super().construct_change_message(request, form, formsets or [], add)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        self.record("created", obj, request)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        if getattr(request, "audited_changes", None):  # saved without a change: nothing happened
            self.record("changed", obj, request)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            self.record("deleted", obj, request)
        return super().log_deletions(request, queryset)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No deletion of many at once: Django does not do it in one transaction."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def record(self, verb: str, obj: Model, request: HttpRequest) -> None:
        """Append the entry. Django calls the hooks above within the transaction of the change."""
        changes = getattr(request, "audited_changes", {})
        with transaction.atomic():
            audit.record(
                f"{obj._meta.model_name}.{verb}",
                about(obj),
                actor=request.user,  # type: ignore[arg-type]  # the admin is for people who signed in
                at=timezone.now(),
                data={"changes": changes} if verb != "deleted" else {},
            )


def about(obj: Model) -> audit.About:
    """A row as the subject of an entry; one without a public id gets a lasting one from its name and key."""
    noun = obj._meta.model_name or ""
    public_id = getattr(obj, "public_id", None)
    return audit.About(
        audit_type=noun,
        public_id=public_id if isinstance(public_id, UUID) else uuid5(NAMESPACE_URL, f"{noun}/{obj.pk}"),
        audit_label=str(obj)[:120],
        company_id=obj.pk if noun == "company" else getattr(obj, "company_id", None),
    )


def changes_of(form: forms.BaseForm, formsets: Iterable[Any]) -> dict[str, Any]:
    """Field → [before, after], in words; the rows of inlines under the noun of their model."""
    changes: dict[str, Any] = {name: _change(form, name) for name in form.changed_data}
    for formset in formsets:
        rows = [row for each in formset.forms if (row := _row(each, formset)) is not None]
        if rows:
            changes[formset.model._meta.model_name] = rows
    return changes


def _row(form: AnyForm, formset: Any) -> dict[str, Any] | None:
    if form in getattr(formset, "deleted_forms", ()):
        return {"deleted": str(form.instance)} if form.instance.pk or not form.empty_permitted else None
    if not form.has_changed():
        return None
    verb = "changed" if form in formset.initial_forms else "added"
    return {verb: str(form.instance), "changes": {name: _change(form, name) for name in form.changed_data}}


def _change(form: forms.BaseForm, name: str) -> list[str]:
    if SECRET in name:
        return ["•••", "•••"]
    field = form.fields[name]
    return [_in_words(field, form.initial.get(name, field.initial)), _in_words(field, form.cleaned_data.get(name))]


def _in_words(field: forms.Field, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(field, forms.ModelChoiceField) and not isinstance(value, Model | list | QuerySet | Manager):
        return str(field.queryset.model._default_manager.filter(pk=value).first() or value)  # type: ignore[union-attr]
    if isinstance(value, list | tuple | QuerySet):
        return ", ".join(sorted(str(one) for one in value))
    return str(value)
