"""Accounts, posting rules and input VAT rules in the administrators' admin, with an audit entry for each change.

Administrators change the companies for which they have a right; a rule may only name a leaf account of its own company.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import NAMESPACE_URL, uuid5

from django import forms
from django.contrib import admin
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common import audit
from directory import rights
from directory.models import Company, Employee
from vouchers import accounts
from vouchers.models import Account, ExpenseAccount, FixedAccount, VatRule

if TYPE_CHECKING:  # Django's classes take their model only for the type checker
    RuleForm = forms.ModelForm[Model]
    RuleAdmin = admin.ModelAdmin[Model]
else:
    RuleForm, RuleAdmin = forms.ModelForm, admin.ModelAdmin

NEEDED = (rights.ADMINISTER, rights.MANAGE_VOUCHERS)


def _person(request: HttpRequest) -> Employee:
    assert isinstance(request.user, Employee)
    return request.user


def _companies(request: HttpRequest) -> QuerySet[Company]:
    """The companies whose posting rules the administrator keeps."""
    viewer = _person(request)
    if viewer.is_superuser:
        return Company.objects.all()
    mine = [one.pk for one in Company.objects.all() if any(rights.can(viewer, right, one.pk) for right in NEEDED)]
    return Company.objects.filter(pk__in=mine)


class Audited(RuleAdmin):
    """One audit entry for each saved or deleted row, with what changed."""

    def save_model(self, request: HttpRequest, obj: Model, form: RuleForm, change: bool) -> None:
        """Called by the admin inside its transaction."""
        before = {name: str(form.initial.get(name, "")) for name in form.changed_data} if change else {}
        super().save_model(request, obj, form, change)
        changes = {name: [before.get(name, ""), str(form.cleaned_data.get(name, ""))] for name in form.changed_data}
        self._record("changed" if change else "created", obj, request, {"changes": changes})

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self._record("deleted", obj, request, {})
        super().delete_model(request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No deletion of many at once: it would pass by the audit trail."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def _record(self, verb: str, obj: Model, request: HttpRequest, data: dict[str, Any]) -> None:
        noun = obj._meta.model_name or ""
        about = audit.About(
            audit_type=noun,
            public_id=uuid5(NAMESPACE_URL, f"{noun}/{obj.pk}"),
            audit_label=str(obj)[:120],
            company_id=getattr(obj, "company_id", None),  # VAT rules are of the whole group
        )
        audit.record(f"{noun}.{verb}", about, actor=_person(request), at=timezone.now(), data=data)

    def has_module_permission(self, request: HttpRequest) -> bool:
        viewer = _person(request)
        return viewer.is_superuser or any(rights.can_anywhere(viewer, right) for right in NEEDED)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_module_permission(request)


class OwnCompanies(admin.RelatedFieldListFilter):
    """The companies the administrator keeps, to filter a list by."""

    def field_choices(
        self, field: Field[Any, Any], request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, Any]]:
        return [(str(company.pk), str(company)) for company in _companies(request)]


class OfCompany(Audited):
    """Rows of companies: only those the administrator keeps, and only their accounts and expense types are offered."""

    list_filter: ClassVar[Any] = (("company", OwnCompanies),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        return super().get_queryset(request).filter(company__in=_companies(request))

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        if db_field.name == "company":
            kwargs["queryset"] = _companies(request)
        else:
            model = db_field.remote_field.model
            kwargs["queryset"] = model._default_manager.filter(company__in=_companies(request)).select_related(
                "company"
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Account)
class AccountAdmin(OfCompany):
    list_display = ("code", "name", "company", "by_department", "by_employee", "by_project", "active")
    list_filter = (("company", OwnCompanies), "active")
    search_fields = ("code", "name", "name_en")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False  # an account is taken out of use; the entries on it stay


class PostingRuleForm(RuleForm):
    """The account is a leaf, and everything is of the same company."""

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        company, account = values.get("company"), values.get("account")
        if account is None or company is None:
            return values
        if account.company_id != company.pk:
            self.add_error("account", _("This account is another company's."))
        elif not accounts.leaves(company.pk).filter(pk=account.pk).exists():
            self.add_error("account", _("This account is out of use or has accounts below it. Choose one of those."))
        expense_type = values.get("expense_type")
        if expense_type is not None and expense_type.company_id != company.pk:
            self.add_error("expense_type", _("This expense type is another company's."))
        return values


@admin.register(ExpenseAccount)
class ExpenseAccountAdmin(OfCompany):
    form = PostingRuleForm
    list_display = ("expense_type", "nature", "account", "company")
    list_filter = (("company", OwnCompanies), "nature")
    list_select_related = ("expense_type", "account", "company")
    search_fields = ("expense_type__name", "account__code", "account__name")


@admin.register(FixedAccount)
class FixedAccountAdmin(OfCompany):
    form = PostingRuleForm
    list_display = ("purpose", "account", "company")
    list_select_related = ("account", "company")


@admin.register(VatRule)
class VatRuleAdmin(Audited):
    """Rules are of the whole group. A rule that decisions rest on is ended and followed by another, not deleted."""

    list_display = ("kind", "method", "rate", "needs_traveller", "starts_on", "ends_on", "source")
    list_filter = ("kind", "method")
    search_fields = ("source",)
