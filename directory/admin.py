"""Companies, people and the lists documents choose from, in the administrators' admin.

Rows that documents point to are not deleted but taken out of use. A person who leaves is not deleted either: take away
“works here”, and what waits for her goes to somebody else by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory import rights
from directory import selectors as directory
from directory.administering import (
    CompanyAdmin,
    GroupAdmin,
    InlineOf,
    OwnCompanies,
    SameCompanyForm,
    in_group,
    offered,
)
from directory.models import (
    Company,
    CostCentre,
    Department,
    Employee,
    ExpenseType,
    Grant,
    Period,
    Post,
    Project,
    Role,
    Supplier,
)
from directory.viewer import viewer_of

if TYPE_CHECKING:  # Django's classes take their model only for the type checker
    RoleFormBase = forms.ModelForm[Role]
    CreationForm = AdminUserCreationForm[Employee]
    ChangeForm = UserChangeForm[Employee]
    PeopleAdmin = UserAdmin[Employee]
    PostStack = admin.StackedInline[Post, Employee]
else:
    RoleFormBase, CreationForm, ChangeForm = forms.ModelForm, AdminUserCreationForm, UserChangeForm
    PeopleAdmin, PostStack = UserAdmin, admin.StackedInline

IN_USE = (("company", OwnCompanies), "active")

admin.site.unregister(Group)  # rights come from roles and grants


@admin.register(Company)
class CompanyAdmin_(GroupAdmin):  # noqa: N801 - the base is the admin of a company's rows
    list_display = ("code", "name", "tax_id", "taxpayer_kind", "chart", "active")
    search_fields = ("code", "name", "name_en", "tax_id")


class DepartmentForm(SameCompanyForm):
    def clean(self) -> dict[str, Any]:
        values = super().clean()
        parent = values.get("parent")
        if parent is not None and self.instance.pk and self.instance in directory.departments_above(parent):
            self.add_error("parent", _("A department cannot be part of itself or of one below it."))
        return values


@admin.register(Department)
class DepartmentAdmin(CompanyAdmin):
    form = DepartmentForm
    list_display = ("code", "name", "company", "parent", "head", "active")
    list_filter = IN_USE
    list_select_related = ("company", "parent", "head")
    search_fields = ("code", "name", "name_en")
    autocomplete_fields = ("parent", "head")


@admin.register(CostCentre)
class CostCentreAdmin(CompanyAdmin):
    list_display = ("code", "name", "company", "nature", "department", "owner", "active")
    list_filter = IN_USE
    list_select_related = ("company", "department", "owner")
    search_fields = ("code", "name", "name_en")
    autocomplete_fields = ("department", "owner")


@admin.register(Project)
class ProjectAdmin(CompanyAdmin):
    list_display = ("code", "name", "company", "manager", "active")
    list_filter = IN_USE
    list_select_related = ("company", "manager")
    search_fields = ("code", "name", "name_en")
    autocomplete_fields = ("manager",)


@admin.register(ExpenseType)
class ExpenseTypeAdmin(CompanyAdmin):
    list_display = ("code", "name", "company", "use", "needs_invoice", "position", "active")
    list_filter = IN_USE
    list_select_related = ("company",)
    search_fields = ("code", "name", "name_en", "keywords")


@admin.register(Supplier)
class SupplierAdmin(CompanyAdmin):
    list_display = ("code", "name", "company", "tax_id", "active")
    list_filter = IN_USE
    list_select_related = ("company",)
    search_fields = ("code", "name", "name_en", "tax_id")


@admin.register(Period)
class PeriodAdmin(CompanyAdmin):
    list_display = ("__str__", "company", "closed")
    list_filter = (("company", OwnCompanies), "closed", "year")
    list_select_related = ("company",)


class PostForm(SameCompanyForm):
    def clean(self) -> dict[str, Any]:
        values = super().clean()
        employee = values.get("employee") or getattr(self.instance, "employee", None)
        if values.get("manager") is not None and values["manager"] == employee:
            self.add_error("manager", _("Nobody manages themselves. Leave it empty for whoever stands at the top."))
        return values


POST_FIELDS = ("company", "department", "title", "level", "manager", "cost_centre", "starts_on", "ends_on", "primary")


@admin.register(Post)
class PostAdmin(CompanyAdmin):
    """A post that was entered by mistake may be deleted; one that ended gets its last day."""

    form = PostForm
    deletable = True
    fields = ("employee", *POST_FIELDS)
    list_display = ("employee", "company", "department", "title", "manager", "starts_on", "ends_on", "primary")
    list_select_related = ("employee", "company", "department", "manager")
    search_fields = ("employee__name", "employee__name_en", "employee__username", "title")
    autocomplete_fields = ("employee", "department", "manager", "cost_centre")


class RoleForm(RoleFormBase):
    rights = forms.MultipleChoiceField(
        label=gettext_lazy("rights"),
        choices=list(rights.RIGHTS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Role
        fields = ("code", "name", "name_en", "rights")


@admin.register(Role)
class RoleAdmin(GroupAdmin):
    form = RoleForm
    list_display = ("code", "name", "name_en")
    search_fields = ("code", "name", "name_en")


@admin.register(Grant)
class GrantAdmin(CompanyAdmin):
    """Grants of the whole group (company empty) are for administrators of the group."""

    deletable = True
    list_display = ("employee", "role", "company")
    list_filter = (("company", OwnCompanies), "role")
    list_select_related = ("employee", "role", "company")
    search_fields = ("employee__name", "employee__name_en", "employee__username")
    autocomplete_fields = ("employee",)

    def get_queryset(self, request: HttpRequest) -> Any:
        if in_group(viewer_of(request), *self.wanted):
            return super(CompanyAdmin, self).get_queryset(request)
        return super().get_queryset(request)

    def _may(self, request: HttpRequest, obj: Any = None) -> bool:
        return in_group(viewer_of(request), *self.wanted) or super()._may(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if "company" in form.base_fields:
            form.base_fields["company"].required = not in_group(viewer_of(request), *self.wanted)
        return form


class PostInline(InlineOf, PostStack):
    """On the page of a person, which only administrators of the group may change."""

    model = Post
    form = PostForm
    fk_name = "employee"
    fields = POST_FIELDS
    extra = 0
    autocomplete_fields = ("department", "manager", "cost_centre")


class NewEmployeeForm(CreationForm):
    class Meta:
        model = Employee
        fields = ("username", "name", "name_en", "staff_number")


class EmployeeForm(ChangeForm):
    class Meta:
        model = Employee
        fields = "__all__"


CHOOSE_PEOPLE = (rights.ADMINISTER, rights.ADMINISTER_PROCESS, rights.MANAGE_BUDGETS)


@admin.register(Employee)
class EmployeeAdmin(GroupAdmin, PeopleAdmin):
    """People of the group, with their posts. Only a superuser may change a superuser or make one."""

    form = EmployeeForm
    add_form = NewEmployeeForm
    inlines = (PostInline,)
    ordering = ("sort_key", "name", "pk")
    list_display = ("username", "name", "name_en", "staff_number", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff", ("posts__company", OwnCompanies))
    search_fields = ("username", "name", "name_en", "staff_number")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password", "name", "name_en", "staff_number", "sort_key")}),
        (None, {"fields": ("email", "phone", "language")}),
        (None, {"fields": ("is_active", "is_staff", "is_superuser", "last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {"fields": ("username", "name", "name_en", "staff_number", "usable_password", "password1", "password2")},
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Employee | None = None) -> tuple[str, ...]:
        kept = ("last_login", "date_joined")
        return kept if viewer_of(request).is_superuser else (*kept, "is_superuser")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        above = obj is not None and obj.is_superuser and not viewer_of(request).is_superuser
        return not above and super().has_change_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> Any:
        mine = offered(Employee, viewer_of(request), *CHOOSE_PEOPLE)
        return super().get_queryset(request).filter(pk__in=mine.values("pk"))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, Employee) and self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Administrators of a company see its people, because they choose among them; changing is the group's."""
        viewer = viewer_of(request)
        return viewer.is_superuser or any(rights.can_anywhere(viewer, right) for right in CHOOSE_PEOPLE)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        with transaction.atomic():  # the entry and the change belong together
            return super().user_change_password(request, id, form_url)
