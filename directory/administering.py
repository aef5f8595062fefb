"""What the admin pages of every app share: who administers which company, and that nothing reaches across companies.

A right given for the whole group (or being a superuser) opens every company; a right given in a company opens the rows
of that company alone. Rows of the group itself (companies, people, roles) are for administrators of the group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext as _

from common.admin import AuditedAdmin
from directory import rights
from directory.models import Company, Employee
from directory.viewer import viewer_of

if TYPE_CHECKING:  # Django's classes take their model only for the type checker
    AnyForm = forms.ModelForm[Any]
    Filter = admin.RelatedFieldListFilter
else:
    AnyForm, Filter = forms.ModelForm, admin.RelatedFieldListFilter


def in_group(viewer: Employee, *wanted: str) -> bool:
    """Whether somebody has one of the rights in the whole group."""
    return viewer.is_superuser or any(rights.can_in_group(viewer, right) for right in wanted)


def companies(viewer: Employee, *wanted: str) -> QuerySet[Company]:
    """The companies somebody administers."""
    every = Company.objects.all()
    if in_group(viewer, *wanted):
        return every
    mine = [one.pk for one in every if any(rights.can(viewer, right, one.pk) for right in wanted)]
    return Company.objects.filter(pk__in=mine)


class GroupAdmin(AuditedAdmin):
    """Rows of the whole group. Nothing is deleted: rows are taken out of use."""

    wanted: ClassVar[tuple[str, ...]] = (rights.ADMINISTER,)

    def _may(self, request: HttpRequest) -> bool:
        return in_group(viewer_of(request), *self.wanted)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, Employee) and self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class SameCompanyForm(AnyForm):
    """Everything a row points to belongs to the row's own company."""

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        company = values.get("company") or getattr(self.instance, "company", None)
        for name, value in list(values.items()):
            theirs = getattr(value, "company_id", None) if isinstance(value, Model) else None
            if company is not None and theirs not in (None, company.pk):
                self.add_error(name, _("“%(value)s” belongs to another company.") % {"value": value})
        return values


class OwnCompanies(Filter):
    """The companies the administrator keeps, to filter a list by."""

    def field_choices(
        self, field: Field[Any, Any], request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, Any]]:
        wanted = getattr(model_admin, "wanted", ())
        return [(str(company.pk), str(company)) for company in companies(viewer_of(request), *wanted)]


class CompanyAdmin(AuditedAdmin):
    """Rows of a company: only those of the companies the administrator keeps, and only their rows are offered."""

    form = SameCompanyForm
    wanted: ClassVar[tuple[str, ...]] = (rights.ADMINISTER,)
    list_filter: ClassVar[Any] = (("company", OwnCompanies),)
    deletable: ClassVar[bool] = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(company__in=companies(viewer_of(request), *self.wanted))

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        kwargs.setdefault("queryset", offered(db_field.remote_field.model, viewer_of(request), *self.wanted))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _may(self, request: HttpRequest, obj: Model | None = None) -> bool:
        viewer = viewer_of(request)
        if obj is None:
            return viewer.is_superuser or any(rights.can_anywhere(viewer, right) for right in self.wanted)
        return any(one.pk == getattr(obj, "company_id", None) for one in companies(viewer, *self.wanted))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, Employee) and self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.deletable and self._may(request, obj)


class InlineOf:
    """Permissions of an inline: those of the administrators of the page that it stands on."""

    wanted: ClassVar[tuple[str, ...]] = (rights.ADMINISTER,)

    def _may(self, request: HttpRequest) -> bool:
        viewer = viewer_of(request)
        return viewer.is_superuser or any(rights.can_anywhere(viewer, right) for right in self.wanted)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may(request)


def offered(model: type[Model], viewer: Employee, *wanted: str) -> QuerySet[Any]:
    """The rows of a model that an administrator may choose: of her companies, and people who work there."""
    mine = companies(viewer, *wanted)
    if model is Company:
        return mine
    if model is Employee:
        return (
            Employee.objects.all()
            if in_group(viewer, *wanted)
            else Employee.objects.filter(posts__company__in=mine).distinct()
        )
    try:
        model._meta.get_field("company")
    except FieldDoesNotExist:
        return model._default_manager.all()
    return model._default_manager.filter(company__in=mine)
