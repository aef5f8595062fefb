"""The shape of what finance staff type: a draft's head and lines, reasons, choices of vouchers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.models import Department, Employee, Project
from vouchers import accounts
from vouchers.exporters import FORMATS
from vouchers.models import Account, Voucher, VoucherLine
from vouchers.services import LineChange

Choices = list[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Lists:
    """What may be chosen on a voucher of a company, read once for all its lines."""

    accounts: Sequence[Account]
    departments: Mapping[str, Department]  # by code
    projects: Mapping[str, Project]  # by code
    people: Mapping[str, Employee]  # by public id: those the voucher is about

    @classmethod
    def of(cls, voucher: Voucher, people: Iterable[Employee]) -> Lists:
        company = voucher.company_id
        return cls(
            accounts=list(accounts.leaves(company)),
            departments={row.code: row for row in Department.objects.filter(company=company, active=True)},
            projects={row.code: row for row in Project.objects.filter(company=company, active=True)},
            people={str(person.public_id): person for person in people},
        )

    def account(self, typed: str) -> Account | None:
        """The account meant by "6602.03" or "6602.03 管理费用-差旅费"; None when there is no such one."""
        code = typed.split(maxsplit=1)[0] if typed.strip() else ""
        return next((account for account in self.accounts if account.code == code), None)


class HeadForm(forms.Form):
    dated_on = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    attachment_count = forms.IntegerField(label=_("Papers"), min_value=0, max_value=9999)


class LineForm(forms.Form):
    """One line of the draft. The account is typed by its code; the browser offers the chart as one types."""

    summary = forms.CharField(label=_("Summary"), max_length=200)
    account = forms.CharField(label=_("Account"), max_length=120, required=False)
    department = forms.ChoiceField(label=_("Department"), required=False)
    employee = forms.ChoiceField(label=_("Employee"), required=False)
    project = forms.ChoiceField(label=_("Project"), required=False)

    def __init__(self, data: Any, *, line: VoucherLine, lists: Lists) -> None:
        self.line, self.lists = line, lists
        super().__init__(data, prefix=f"line-{line.position}", initial=_initial(line))
        self.fields["summary"].widget.attrs |= {"class": "form-control", "autocomplete": "off"}
        self.fields["account"].widget.attrs |= {
            "class": "form-control bx-num",
            "list": "accounts",
            "autocomplete": "off",
            "data-account": "",
        }
        self._offer("department", [(code, f"{code} {row.name}") for code, row in lists.departments.items()])
        self._offer("employee", [(key, person.name) for key, person in lists.people.items()])
        self._offer("project", [(code, f"{code} {row.name}") for code, row in lists.projects.items()])

    def _offer(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *choices]
        field.widget.attrs |= {"class": "form-select", "data-dimension": name}

    def clean_account(self) -> Account | None:
        typed: str = self.cleaned_data["account"]
        account = self.lists.account(typed)
        if typed.strip() and account is None:
            raise forms.ValidationError(
                _("There is no account “%(typed)s” that may be posted to."), params={"typed": typed}
            )
        return account

    def change(self) -> LineChange:
        """What the person wants. Call on a valid form."""
        values = self.cleaned_data
        department = self.lists.departments.get(values["department"])
        person = self.lists.people.get(values["employee"])
        project = self.lists.projects.get(values["project"])
        return LineChange(
            position=self.line.position,
            summary=values["summary"],
            account_id=values["account"].pk if values["account"] else None,
            department_id=department.pk if department else None,
            employee_id=person.pk if person else None,
            project_id=project.pk if project else None,
        )


def _initial(line: VoucherLine) -> dict[str, str]:
    return {
        "summary": line.summary,
        "account": str(line.account) if line.account else "",
        "department": line.department.code if line.department else "",
        "employee": str(line.employee.public_id) if line.employee else "",
        "project": line.project.code if line.project else "",
    }


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=200, required=False)


class VatForm(forms.Form):
    deductible = forms.DecimalField(label=_("Deduct"), max_digits=18, decimal_places=2, min_value=Decimal(0))
    because = forms.CharField(label=_("Because"), max_length=200, required=False)


class ExportForm(forms.Form):
    format = forms.ChoiceField(choices=[(name, name) for name in FORMATS])
    again_because = forms.CharField(max_length=200, required=False)


def chosen_of(values: Iterable[str]) -> list[tuple[UUID, int]]:
    """Vouchers ticked in the list, each as "<public id>:<version seen>". What is not of this shape is left out."""
    chosen = []
    for value in values:
        name, _colon, version = value.partition(":")
        try:
            chosen.append((UUID(name), int(version)))
        except ValueError:
            continue
    return chosen
