"""Setting and changing budgets in the administrators' admin, with an audit entry for each change.

Balances belong to the ledger: a save here writes only what the form shows, so that a form opened before a claim was
submitted does not put the old balances back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from budgets import services
from budgets.models import BudgetNode
from directory import rights
from directory.administering import OwnCompanies, offered
from directory.models import Company, Employee
from directory.viewer import viewer_of

if TYPE_CHECKING:  # Django's classes take their model only for the type checker
    NodeForm = forms.ModelForm[BudgetNode]
    NodeAdmin = admin.ModelAdmin[BudgetNode]
else:
    NodeForm, NodeAdmin = forms.ModelForm, admin.ModelAdmin

EDITABLE = (
    "company",
    "department",
    "expense_type",
    "starts_on",
    "ends_on",
    "parent",
    "mode",
    "amount",
    "owner",
)


class BudgetNodeForm(NodeForm):
    class Meta:
        model = BudgetNode
        fields = EDITABLE


@admin.register(BudgetNode)
class BudgetNodeAdmin(NodeAdmin):
    form = BudgetNodeForm
    fields = (*EDITABLE, "reserved", "committed", "actual", "left")
    readonly_fields = ("reserved", "committed", "actual", "left")
    list_display = ("department", "expense_type", "period", "amount", "left", "mode", "owner")
    wanted: ClassVar[tuple[str, ...]] = (rights.MANAGE_BUDGETS,)
    list_filter = (("company", OwnCompanies), "mode", "starts_on")
    list_select_related = ("department", "expense_type", "owner", "company")
    search_fields = ("department__name", "department__code", "expense_type__name")
    raw_id_fields = ("parent",)

    @admin.display(description=_("Available"))
    def left(self, node: BudgetNode) -> str:
        return f"{node.available:,.2f}" if node.pk else "—"

    def get_queryset(self, request: HttpRequest) -> QuerySet[BudgetNode]:
        """Nodes of the companies whose budgets the administrator may change."""
        return super().get_queryset(request).filter(rights.companies_with(viewer_of(request), rights.MANAGE_BUDGETS))

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        """Offer only what belongs to those companies."""
        viewer = viewer_of(request)
        if db_field.name == "company":
            kwargs["queryset"] = Company.objects.filter(
                pk__in=[one.pk for one in Company.objects.all() if rights.can(viewer, rights.MANAGE_BUDGETS, one.pk)]
            )
        elif db_field.name in {"department", "expense_type", "parent"}:
            model = db_field.remote_field.model
            kwargs["queryset"] = model._default_manager.filter(rights.companies_with(viewer, rights.MANAGE_BUDGETS))
        elif db_field.name == "owner":
            kwargs["queryset"] = offered(Employee, viewer, rights.MANAGE_BUDGETS)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: BudgetNode, form: NodeForm, change: bool) -> None:
        """Called by the admin inside its transaction."""
        services.allot(obj, changed=form.changed_data, actor=viewer_of(request), at=timezone.now())

    def has_module_permission(self, request: HttpRequest) -> bool:
        return rights.can_anywhere(viewer_of(request), rights.MANAGE_BUDGETS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: BudgetNode | None = None) -> bool:
        viewer = viewer_of(request)
        return self.has_module_permission(request) if obj is None else _may_change(viewer, obj)

    def has_change_permission(self, request: HttpRequest, obj: BudgetNode | None = None) -> bool:
        return self.has_view_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: BudgetNode | None = None) -> bool:
        return False  # its rows are kept, and they point to it


def _may_change(viewer: Employee, node: BudgetNode) -> bool:
    return rights.can(viewer, rights.MANAGE_BUDGETS, node.company_id)
