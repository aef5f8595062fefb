"""Setting and changing budgets in the administrators' admin."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.urls import reverse

from budgets import services
from budgets.models import BudgetNode
from common.models import AuditEntry
from directory.models import Employee
from tests.budgets.builders import NOVEMBER, YEAR, balances, charge, make_node
from tests.builders import NOON, World, make_department, make_expense_type

pytestmark = pytest.mark.django_db

CHANGES = "admin:budgets_budgetnode_changelist"


@pytest.fixture
def admin(client: Client, world: World) -> Client:
    Employee.objects.filter(pk=world.carol.pk).update(is_staff=True)
    world.carol.refresh_from_db()
    client.force_login(world.carol)
    return client


def form_of(node: BudgetNode, **changes: object) -> dict[str, object]:
    values = {
        "company": node.company_id,
        "department": node.department_id,
        "expense_type": node.expense_type_id or "",
        "starts_on": node.starts_on,
        "ends_on": node.ends_on,
        "parent": node.parent_id or "",
        "mode": node.mode,
        "amount": node.amount,
        "owner": node.owner_id or "",
    }
    return values | changes


def test_a_change_is_saved_with_what_was_and_what_is(admin: Client, world: World) -> None:
    node = make_node(world.department, "1000")
    address = reverse("admin:budgets_budgetnode_change", args=[node.pk])
    answer = admin.post(address, form_of(node, amount="1500.00"))
    assert answer.status_code == 302, answer.context["errors"]
    node.refresh_from_db()
    assert node.amount == Decimal(1500)
    entry = AuditEntry.objects.get(kind="budget.changed")
    assert entry.data == {"amount": {"from": "1000.00", "to": "1500.00"}}
    assert (entry.subject_id, entry.actor_id, entry.company_id) == (node.public_id, world.carol.pk, world.company.pk)


def test_a_new_budget_is_recorded_as_set(admin: Client, world: World) -> None:
    node = BudgetNode(
        company=world.company,
        department=world.department,
        starts_on=NOVEMBER[0],
        ends_on=NOVEMBER[1],
        amount=Decimal(7),
    )
    answer = admin.post(reverse("admin:budgets_budgetnode_add"), form_of(node))
    assert answer.status_code == 302, answer.context["errors"]
    assert AuditEntry.objects.get(kind="budget.set").subject_id == BudgetNode.objects.get().public_id


def test_a_form_that_was_open_while_a_claim_came_in_does_not_put_the_old_balance_back(
    admin: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = make_node(world.department, "1000")
    address = reverse("admin:budgets_budgetnode_change", args=[node.pk])
    document = uuid4()
    allot = services.allot

    def claim_comes_in_first(obj: BudgetNode, **rest: object) -> None:
        assert obj.reserved == 0  # what the admin loaded is old by now
        with transaction.atomic():
            services.reserve(
                document_id=document,
                number="BX",
                charges=[charge("300", world.department)],
                key=f"{document}:1",
                at=NOON,
            )
        allot(obj, **rest)

    monkeypatch.setattr(services, "allot", claim_comes_in_first)
    admin.post(address, form_of(node, amount="1500.00"))
    assert balances(node) == ("300.00", "0.00", "0.00")
    assert node.available == Decimal(1200)


def test_saving_the_whole_row_would_put_it_back(world: World) -> None:
    node = make_node(world.department, "1000")
    stale = BudgetNode.objects.get(pk=node.pk)
    document = uuid4()
    with transaction.atomic():
        services.reserve(
            document_id=document, number="BX", charges=[charge("300", world.department)], key=f"{document}:1", at=NOON
        )
    stale.save()
    assert balances(node) == ("0.00", "0.00", "0.00")  # the damage that `allot` avoids


def test_a_budget_cannot_be_deleted_and_its_balances_cannot_be_typed(admin: Client, world: World) -> None:
    node = make_node(world.department, "1000")
    assert admin.post(reverse("admin:budgets_budgetnode_delete", args=[node.pk]), {"post": "yes"}).status_code == 403
    admin.post(reverse("admin:budgets_budgetnode_change", args=[node.pk]), form_of(node, reserved="99"))
    assert balances(node) == ("0.00", "0.00", "0.00")


def test_budgets_of_a_company_without_the_right_are_neither_listed_nor_opened_nor_offered(
    admin: Client, world: World
) -> None:
    foreign = make_node(make_department(world.other_company, name="华东仓"), "55")
    own = make_node(world.department, "1000")
    listed = admin.get(reverse(CHANGES)).content.decode()
    assert "市场部" in listed
    assert "华东仓" not in listed
    assert admin.get(reverse("admin:budgets_budgetnode_change", args=[foreign.pk])).status_code == 302
    assert "华东仓" not in admin.get(reverse("admin:budgets_budgetnode_change", args=[own.pk])).content.decode()
    admin.post(
        reverse("admin:budgets_budgetnode_change", args=[own.pk]), form_of(own, department=foreign.department_id)
    )
    own.refresh_from_db()
    assert own.department == world.department


def test_staff_without_the_right_do_not_get_in(client: Client, world: World) -> None:
    Employee.objects.filter(pk=world.alice.pk).update(is_staff=True)
    client.force_login(Employee.objects.get(pk=world.alice.pk))
    assert client.get(reverse(CHANGES)).status_code == 403


def test_a_node_fits_its_company_and_its_parent(world: World) -> None:
    year = make_node(world.department, "1000", period=YEAR)
    node = make_node(world.department, "10", parent=year)
    node.expense_type = make_expense_type(world.other_company)
    with pytest.raises(ValidationError) as wrong:
        node.clean()
    assert set(wrong.value.message_dict) == {"expense_type"}

    short = make_node(world.department, "10", period=(date(2026, 11, 1), date(2026, 11, 15)))
    node.expense_type, node.parent = None, short
    with pytest.raises(ValidationError) as wrong:
        node.clean()
    assert set(wrong.value.message_dict) == {"parent"}


def test_a_budget_with_movements_stays_where_it_is(admin: Client, world: World) -> None:
    year = make_node(world.department, "5000", period=YEAR)
    node, document = make_node(world.department, "1000"), uuid4()
    with transaction.atomic():
        services.reserve(
            document_id=document, number="BX", charges=[charge("300", world.department)], key=f"{document}:1", at=NOON
        )
    address = reverse("admin:budgets_budgetnode_change", args=[node.pk])
    elsewhere = make_department(world.company)
    for change in ({"department": elsewhere.pk}, {"parent": year.pk}, {"ends_on": date(2026, 11, 29)}):
        answer = admin.post(address, form_of(node, **change))
        assert set(answer.context["adminform"].form.errors) == set(change)
    assert admin.post(address, form_of(node, amount="900", owner=world.bob.pk)).status_code == 302
    node.refresh_from_db()
    assert (node.department, node.parent, node.amount) == (world.department, None, Decimal(900))


def test_people_and_companies_outside_are_not_named(admin: Client, world: World) -> None:
    node = make_node(world.department, "1000")
    page = admin.get(reverse("admin:budgets_budgetnode_change", args=[node.pk])).content.decode()
    assert world.bob.name in page
    assert world.dan.name not in page
    listed = admin.get(reverse(CHANGES)).content.decode()
    assert world.other_company.name not in listed
    assert world.other_company.name_en not in listed
    refused = admin.post(reverse("admin:budgets_budgetnode_change", args=[node.pk]), form_of(node, owner=world.dan.pk))
    assert set(refused.context["adminform"].form.errors) == {"owner"}


def test_a_budget_cannot_be_put_above_itself(world: World) -> None:
    first = make_node(world.department, "10", period=YEAR)
    second = make_node(world.department, "10", expense_type=world.travel, period=YEAR, parent=first)
    first.parent = second
    with pytest.raises(ValidationError) as wrong:
        first.clean()
    assert set(wrong.value.message_dict) == {"parent"}
