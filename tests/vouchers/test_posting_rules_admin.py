"""Accounts, posting rules and VAT rules in the admin: whose they are, and that each change is recorded."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from common.models import AuditEntry
from directory import rights
from directory.models import Company, Employee
from tests.builders import grant
from tests.vouchers.build import drafted
from vouchers import charts
from vouchers.models import Account, ExpenseAccount, FixedAccount, VatRule

OF_COMPANY = ("account", "expenseaccount", "fixedaccount")


@pytest.fixture
def admin(books, client) -> Client:
    """Erin administers the company's master data."""
    return signed_in(client, books.world.erin, books.company)


def signed_in(client: Client, person: Employee, company: Company | None) -> Client:
    """An administrator of a company, or (no company) of the whole group."""
    person.is_staff = True
    person.save()
    grant(person, rights.ADMINISTER, company=company, code="it")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(name: str, what: str = "changelist", *args: int) -> str:
    return reverse(f"admin:vouchers_{name}_{what}", args=args)


@pytest.mark.parametrize("name", OF_COMPANY)
def test_administrators_see_and_add_rules_of_their_company(admin, name):
    assert admin.get(page(name)).status_code == 200
    assert admin.get(page(name, "add")).status_code == 200


def test_vat_rules_are_kept_by_administrators_of_the_whole_group(books, admin):
    assert admin.get(page("vatrule")).status_code == 403
    group = signed_in(Client(), books.world.carol, None)
    assert group.get(page("vatrule")).status_code == 200
    assert group.get(page("vatrule", "add")).status_code == 200


@pytest.mark.parametrize("name", [*OF_COMPANY, "vatrule"])
def test_staff_without_the_right_see_none(books, client, name):
    person = books.world.bob
    person.is_staff = True
    person.save()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(page(name)).status_code == 403


def test_only_ones_own_companies_rules_are_shown_and_offered(books, admin):
    charts.install(books.world.other_company)
    theirs = FixedAccount.objects.filter(company=books.world.other_company).first()
    listed = admin.get(page("fixedaccount")).content.decode()
    assert books.world.other_company.name not in listed
    assert admin.get(page("fixedaccount", "change", theirs.pk)).status_code == 302  # to the index, with a message
    foreign = Account.objects.filter(company=books.world.other_company).first()
    form = admin.get(page("fixedaccount", "add")).content.decode()
    assert f'value="{foreign.pk}"' not in form


def test_a_change_is_recorded_with_what_was_there_before(books, client):
    admin = signed_in(client, books.world.erin, None)
    rule = VatRule.objects.get(kind="ride", starts_on="2026-01-01")
    typed = {"kind": "ride", "method": "printed", "starts_on": "2026-01-01", "source": "税务机关答复 2026-05"}
    assert admin.post(page("vatrule", "change", rule.pk), typed).status_code == 302
    rule.refresh_from_db()
    assert rule.method == "printed"
    entry = AuditEntry.objects.get(kind="vatrule.changed")
    assert entry.data["changes"]["method"] == ["none", "printed"]
    assert (entry.actor_id, entry.company_id) == (books.world.erin.pk, None)


def test_a_rule_names_a_leaf_of_its_own_company(books, admin):
    ExpenseAccount.objects.filter(expense_type=books.types["office"], nature="sales").delete()
    parent = Account.objects.get(company=books.company, code="6601")
    leaf = Account.objects.get(company=books.company, code="6601.05")
    typed = {"company": books.company.pk, "expense_type": books.types["office"].pk, "nature": "sales"}
    refused = admin.post(page("expenseaccount", "add"), typed | {"account": parent.pk})
    assert refused.status_code == 200
    assert "不是末级科目" in refused.content.decode()
    assert admin.post(page("expenseaccount", "add"), typed | {"account": leaf.pk}).status_code == 302
    entry = AuditEntry.objects.get(kind="expenseaccount.created")
    assert entry.company_id == books.company.pk


def test_deleting_a_rule_is_recorded_and_an_account_is_never_deleted(books, admin):
    rule = ExpenseAccount.objects.filter(company=books.company).first()
    assert admin.post(page("expenseaccount", "delete", rule.pk), {"post": "yes"}).status_code == 302
    assert not ExpenseAccount.objects.filter(pk=rule.pk).exists()
    assert AuditEntry.objects.filter(kind="expenseaccount.deleted").count() == 1
    account = Account.objects.filter(company=books.company).first()
    assert admin.post(page("account", "delete", account.pk), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [account.pk], "post": "yes"}
    admin.post(page("account"), chosen)
    assert Account.objects.filter(pk=account.pk).exists()


def test_a_rule_that_decisions_rest_on_stays(books, client):
    admin = signed_in(client, books.world.erin, None)
    rule = drafted(books).vat_decisions.get().rule
    admin.post(page("vatrule", "delete", rule.pk), {"post": "yes"})
    assert VatRule.objects.filter(pk=rule.pk).exists()
