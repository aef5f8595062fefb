"""Accounts, posting rules and input VAT rules in the administrators' admin.

Administrators change the companies for which they have a right; a rule may only name a leaf account of its own company.
VAT rules are of the whole group.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from directory import rights
from directory.administering import CompanyAdmin, GroupAdmin, OwnCompanies, SameCompanyForm
from vouchers import accounts
from vouchers.models import Account, ExpenseAccount, FixedAccount, VatRule

WANTED = (rights.ADMINISTER, rights.MANAGE_VOUCHERS)


@admin.register(Account)
class AccountAdmin(CompanyAdmin):
    """An account is taken out of use, never deleted: the entries on it stay."""

    wanted = WANTED
    list_display = ("code", "name", "company", "by_department", "by_employee", "by_project", "active")
    list_filter = (("company", OwnCompanies), "active")
    list_select_related = ("company",)
    search_fields = ("code", "name", "name_en")


class PostingRuleForm(SameCompanyForm):
    def clean(self) -> dict[str, Any]:
        values = super().clean()
        company, account = values.get("company"), values.get("account")
        if company is None or account is None or account.company_id != company.pk:
            return values
        if not accounts.leaves(company.pk).filter(pk=account.pk).exists():
            self.add_error("account", _("This account is out of use or has accounts below it. Choose one of those."))
        return values


class PostingRuleAdmin(CompanyAdmin):
    form = PostingRuleForm
    wanted = WANTED
    deletable = True  # drafts made without the rule say what is missing


@admin.register(ExpenseAccount)
class ExpenseAccountAdmin(PostingRuleAdmin):
    list_display = ("expense_type", "nature", "account", "company")
    list_filter = (("company", OwnCompanies), "nature")
    list_select_related = ("expense_type", "account", "company")
    search_fields = ("expense_type__name", "account__code", "account__name")


@admin.register(FixedAccount)
class FixedAccountAdmin(PostingRuleAdmin):
    list_display = ("purpose", "account", "company")
    list_select_related = ("account", "company")


@admin.register(VatRule)
class VatRuleAdmin(GroupAdmin):
    """A rule that the law replaced is ended and followed by another one, never deleted: decisions rest on it."""

    wanted = WANTED
    list_display = ("kind", "method", "rate", "needs_traveller", "starts_on", "ends_on", "source")
    list_filter = ("kind", "method")
    search_fields = ("source",)
