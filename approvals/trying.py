"""Trying the routes: which way a document would go, by the rules and the directory as they stand now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from approvals import history, kinds, routes, wording
from approvals.kinds import Fact
from approvals.models import ApprovalRequest
from approvals.wording import Because
from common.errors import BusinessError
from directory import selectors as directory
from directory.models import Company, Employee


class NoPost(BusinessError):
    code = "no_post"
    status = 422
    wording = _("%(name)s has no post with a cost centre in %(company)s today. Choose somebody else, or give one.")


class TryForm(forms.Form):
    """Company, kind, applicant and amount first; the other facts of the kind once the company is known."""

    company = forms.ModelChoiceField(Company.objects.none(), label=_("company"))
    kind = forms.ChoiceField(label=_("kind of document"))
    applicant = forms.ModelChoiceField(Employee.objects.none(), label=_("applicant"))
    amount = forms.DecimalField(label=_("amount"), min_value=0, max_digits=18, decimal_places=2)

    def __init__(
        self, data: Any = None, *, companies: QuerySet[Company], people: QuerySet[Employee], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.fields["company"].queryset = companies  # type: ignore[attr-defined]
        self.fields["applicant"].queryset = people.filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["kind"].choices = [(k.code, str(k.label)) for k in kinds.all_kinds()]  # type: ignore[attr-defined]
        company = (
            companies.filter(pk=text).first() if (text := str((data or {}).get("company", ""))).isdecimal() else None
        )
        kind = kinds.find((data or {}).get("kind", ""))
        if company is not None and kind is not None:
            for key, fact in kind.facts.items():
                if key not in ("amount", "department", "cost_centre", "level"):  # those follow from the applicant
                    self.fields[f"fact_{key}"] = _field(fact, company)

    def facts(self) -> dict[str, Any]:
        return {
            name.removeprefix("fact_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("fact_") and value not in (None, "")
        }


def _field(fact: Fact, company: Company) -> forms.Field:
    choices = list(fact.choices(company)) if fact.choices else []
    match fact.type:
        case "codes":
            return forms.MultipleChoiceField(label=str(fact.label), choices=choices, required=False)
        case "code":
            return forms.ChoiceField(label=str(fact.label), choices=[("", "—"), *choices], required=False)
        case "bool":
            return forms.BooleanField(label=str(fact.label), required=False)
        case "number":
            return forms.IntegerField(label=str(fact.label), required=False)
    return forms.DecimalField(label=str(fact.label), required=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """The route as it would be drawn on the document's page, or why there is none."""

    name: str = ""
    steps: list[history.RouteStepView] | None = None
    why: list[Because] | None = None
    refused: str = ""


def answer(form: TryForm, *, at: datetime) -> Answer:
    """Compile the route and throw it away."""
    try:
        return _compiled(form, at=at)
    except BusinessError as error:
        return Answer(refused=str(error))


def _compiled(form: TryForm, *, at: datetime) -> Answer:
    company, applicant = form.cleaned_data["company"], form.cleaned_data["applicant"]
    amount: Decimal = form.cleaned_data["amount"]
    day = timezone.localdate(at)
    post = directory.post_in(applicant, company, day=day)
    if post is None or post.cost_centre is None:
        raise NoPost(name=applicant.display_name, company=company.shown_name)
    facts = {
        "amount": amount,
        "department": post.department.code,
        "departments": [department.code for department in directory.departments_above(post.department)],
        "cost_centre": post.cost_centre.code,
        "level": post.level,
        **form.facts(),
    }
    about = {"company": company, "applicant": applicant, "department": post.department, "cost_centre": post.cost_centre}
    kind = kinds.get(form.cleaned_data["kind"])
    route = routes.compile_route(kind, facts, about | {"day": day}, amount=amount, currency=company.currency)
    question = ApprovalRequest(kind=kind.code, company=company, currency=company.currency)
    return Answer(
        name=f"{route.shown_name} · {route.version}",
        steps=history.planned(question, route),
        why=wording.because(question, route),
    )
