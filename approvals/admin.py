"""Routes in the administrators' admin: for whom they are, their steps, and trying one out before it counts.

A changed route gets the next version; requests that run keep to the one they were sent with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import viewflow.workflow.admin  # noqa: F401 - registers pages of its own, which are taken off below
from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from viewflow.workflow.models import Process, Task

from approvals import checking, kinds, trying
from approvals.models import Condition, Route, RouteStep
from directory import rights
from directory.administering import CompanyAdmin, InlineOf, OwnCompanies, SameCompanyForm, companies, offered
from directory.models import Employee, Role
from directory.viewer import viewer_of

if TYPE_CHECKING:  # Django's classes take their model only for the type checker
    Rows = BaseInlineFormSet[Any, Any, Any]
    Stack = admin.StackedInline[RouteStep, Route]
    Table = admin.TabularInline[Condition, Any]
    ConditionFormBase = forms.ModelForm[Condition]
else:
    ConditionFormBase = forms.ModelForm
    Rows, Stack, Table = BaseInlineFormSet, admin.StackedInline, admin.TabularInline

WANTED = (rights.ADMINISTER_PROCESS, rights.ADMINISTER)

# The step machine is moved by our services alone; its own pages would pass by every rule.
admin.site.unregister([Process, Task])


def _choose(form: forms.BaseForm, name: str, choices: list[tuple[str, str]]) -> None:
    form.fields[name].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


class RouteForm(SameCompanyForm):
    kind = forms.ChoiceField(label=gettext_lazy("kind of document"))

    class Meta:
        model = Route
        fields = ("company", "kind", "name", "name_en", "position", "active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            _choose(self, "kind", [(kind.code, str(kind.label)) for kind in kinds.all_kinds()])


class ConditionForm(ConditionFormBase):
    """The fact is chosen among those that any kind declares; `ConditionRows` says which the route's own kind has."""

    fact = forms.ChoiceField(label=gettext_lazy("fact"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        facts = {key: str(fact.label) for kind in kinds.all_kinds() for key, fact in kind.facts.items()}
        _choose(self, "fact", [("", "—"), *facts.items()])


class ConditionRows(Rows):
    """Checked against the facts of the route's kind and the codes of its company."""

    def clean(self) -> None:
        super().clean()
        route = self.instance if isinstance(self.instance, Route) else self.instance.route
        if route.company_id is None:
            return  # the route's own form says so
        for form in self.forms:
            values = getattr(form, "cleaned_data", {})
            if not values or values.get("DELETE") or form.errors:
                continue
            faults = checking.condition_faults(
                route.kind, route.company, values["fact"], values["operator"], values["value"]
            )
            for field, fault in faults.items():
                form.add_error(field, fault)
        if any(form.errors for form in self.forms):
            raise ValidationError(_("Mend the conditions marked below."))


class StepForm(SameCompanyForm):
    role = forms.ChoiceField(label=gettext_lazy("role"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "role" in self.fields:
            _choose(self, "role", [("", "—"), *((role.code, role.shown_name) for role in Role.objects.all())])

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        faults = checking.step_faults(
            values.get("source", ""), values.get("level"), values.get("role", ""), bool(values.get("people"))
        )
        for field, fault in faults.items():
            if field not in self.errors:
                self.add_error(field, fault)
        return values


class StepRows(Rows):
    def clean(self) -> None:
        super().clean()
        kept = [
            form for form in self.forms if getattr(form, "cleaned_data", {}) and not form.cleaned_data.get("DELETE")
        ]
        if not kept:
            raise ValidationError(_("A route needs at least one step."))


class NamesPeople:
    """People are offered as far as the administrator's companies go."""

    wanted: ClassVar[tuple[str, ...]] = WANTED

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", offered(Employee, viewer_of(request), *self.wanted))
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]


class ConditionInline(InlineOf, Table):
    model = Condition
    form = ConditionForm
    formset = ConditionRows
    fields = ("fact", "operator", "value")
    extra = 0
    wanted = WANTED
    verbose_name_plural = gettext_lazy("conditions; all of them must hold")


class StepInline(NamesPeople, InlineOf, Stack):
    model = RouteStep
    form = StepForm
    formset = StepRows
    fields = (("position", "name", "name_en"), ("source", "level", "role"), ("people", "rule"), "when")
    readonly_fields = ("when",)
    autocomplete_fields = ("people",)
    extra = 0
    show_change_link = True  # to the step's own page, where its conditions are
    wanted = WANTED

    @admin.display(description=gettext_lazy("conditions"))
    def when(self, step: RouteStep) -> str:
        conditions = step.conditions.all() if step.pk else ()
        return _(", ").join(checking.in_words(step.route.kind, condition) for condition in conditions) or "—"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("route").prefetch_related("conditions", "people")


@admin.register(Route)
class RouteAdmin(CompanyAdmin):
    form = RouteForm
    wanted = WANTED
    deletable = True
    list_display = ("name", "company", "kind", "position", "version", "active")
    list_filter = (("company", OwnCompanies), "kind", "active")
    list_select_related = ("company",)
    search_fields = ("name", "name_en")
    ordering = ("company", "kind", "position")
    inlines = (ConditionInline, StepInline)
    change_list_template = "admin/approvals/route/change_list.html"

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change and (form.has_changed() or any(formset.has_changed() for formset in formsets)):
            next_version(form.instance)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Whoever may delete a route deletes its steps with it; alone they are not deleted on a page of their own."""
        listed, counts, _lacking, protected = super().get_deleted_objects(objs, request)
        return listed, counts, set(), protected

    def get_urls(self) -> list[URLPattern]:
        return [
            path("try/", self.admin_site.admin_view(self.try_route), name="approvals_route_try"),
            *super().get_urls(),
        ]

    def try_route(self, request: HttpRequest) -> HttpResponse:
        """Which way a document would go, without sending one. Changes nothing."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        viewer = viewer_of(request)
        mine = companies(viewer, *self.wanted)
        form = trying.TryForm(request.GET or None, companies=mine, people=offered(Employee, viewer, *self.wanted))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Try the routes"),
            "form": form,
            "answer": trying.answer(form, at=timezone.now()) if form.is_bound and form.is_valid() else None,
        }
        return TemplateResponse(request, "admin/approvals/route/try.html", context)


@admin.register(RouteStep)
class RouteStepAdmin(NamesPeople, CompanyAdmin):
    """One step with its conditions. It is reached from its route."""

    form = StepForm
    wanted = WANTED
    deletable: ClassVar[bool] = False
    fields = ("route", "position", "name", "name_en", "source", "level", "role", "people", "rule")
    readonly_fields = ("route",)
    autocomplete_fields = ("people",)
    list_display = ("name", "route", "position", "source", "rule")
    list_select_related = ("route",)
    list_filter = ()
    inlines = (ConditionInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        mine = companies(viewer_of(request), *self.wanted)
        return super(CompanyAdmin, self).get_queryset(request).filter(route__company__in=mine)

    def _may(self, request: HttpRequest, obj: Any = None) -> bool:
        return super()._may(request, obj.route if obj is not None else None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # steps are added on their route's page

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        return {}  # not in the list of the admin's start page

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if form.has_changed() or any(formset.has_changed() for formset in formsets):
            next_version(form.instance.route)

    def record(self, verb: str, obj: Any, request: HttpRequest) -> None:
        """A changed step is a change of its route."""
        changes = getattr(request, "audited_changes", {})
        request.audited_changes = {"step": str(obj), **changes}  # type: ignore[attr-defined]
        super().record(verb, obj.route, request)


def next_version(route: Route) -> None:
    """Requests say by which version of their route they go."""
    Route.objects.filter(pk=route.pk).update(version=F("version") + 1)
