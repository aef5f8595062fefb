"""Master data in the administrators' admin: each change leaves a trail, and nobody reaches into another company."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse

from common import outbox
from common.models import AuditEntry
from directory import rights
from directory.models import Department, Employee, Grant, Role
from tests.builders import PASSWORD, grant, make_department, make_employee


@pytest.fixture
def local(world, client):
    """An administrator of the first company alone."""
    person = make_employee("ada", is_staff=True)
    grant(person, rights.ADMINISTER, company=world.company, code="local_admin")
    client.force_login(person)
    client.cookies["django_language"] = "en"
    return person


@pytest.fixture
def of_group(world, client):
    """An administrator of the whole group, not a superuser."""
    person = make_employee("gus", is_staff=True)
    grant(person, rights.ADMINISTER, code="group_admin")
    client.force_login(person)
    client.cookies["django_language"] = "en"
    return person


def change(obj: Any) -> str:
    return reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", args=[obj.pk])


def department_form(department: Department, **changes: Any) -> dict[str, Any]:
    values = {
        "company": department.company_id,
        "code": department.code,
        "name": department.name,
        "name_en": department.name_en,
        "parent": department.parent_id or "",
        "head": department.head_id or "",
        "active": "on",
    }
    return values | changes


def employee_form(person: Employee, **changes: Any) -> dict[str, Any]:
    values = {
        "username": person.username,
        "name": person.name,
        "name_en": person.name_en,
        "is_active": "on",
        "posts-TOTAL_FORMS": 0,
        "posts-INITIAL_FORMS": 0,
    }
    return {key: value for key, value in (values | changes).items() if value is not None}


def test_a_change_is_one_entry_with_before_and_after_in_words(world, client, local):
    data = department_form(world.department, name="品牌部", head=world.alice.pk)
    response = client.post(change(world.department), data)

    assert response.status_code == 302
    entry = AuditEntry.objects.get(kind="department.changed")
    assert entry.data["changes"] == {"name": ["市场部", "品牌部"], "head": ["Bob", "Alice"]}
    assert (entry.actor_name, entry.company_id, entry.source) == ("Ada", world.company.pk, "web")
    assert entry.subject_id == world.department.public_id


def test_a_new_row_is_an_entry_and_saving_without_a_change_is_none(world, client, local):
    data = department_form(Department(company=world.company, code="NEW", name="新部门"))
    client.post(reverse("admin:directory_department_add"), data)
    made = Department.objects.get(code="NEW")
    client.post(change(made), department_form(made))

    assert list(AuditEntry.objects.values_list("kind", flat=True)) == ["department.created"]


def test_rows_that_others_point_to_are_not_deleted(world, client, local):
    address = reverse("admin:directory_department_delete", args=[world.department.pk])
    assert client.post(address, {"post": "yes"}).status_code == 403
    assert "delete_selected" not in client.get(reverse("admin:directory_department_changelist")).content.decode()


def test_another_companys_rows_are_neither_seen_changed_nor_offered(world, client, local):
    theirs = make_department(world.other_company, name="别家部门")

    assert "别家部门" not in client.get(reverse("admin:directory_department_changelist")).content.decode()
    assert client.get(change(theirs)).status_code == 302  # as if it did not exist
    for data in ({"parent": theirs.pk}, {"company": world.other_company.pk}, {"head": world.dan.pk}):
        response = client.post(change(world.department), department_form(world.department, **data))
        assert response.status_code == 200, data
    found = client.get(
        reverse("admin:autocomplete"),
        {"app_label": "directory", "model_name": "department", "field_name": "head", "term": ""},
    ).json()["results"]
    assert world.alice.display_name in [row["text"] for row in found]
    assert world.dan.display_name not in [row["text"] for row in found]
    assert not AuditEntry.objects.exists()


def test_a_department_is_no_part_of_itself_or_of_one_below(world, client, local):
    board = world.department.parent
    response = client.post(change(board), department_form(board, parent=world.department.pk))

    assert response.status_code == 200
    assert "parent" in response.context["adminform"].form.errors


def test_what_belongs_to_the_group_is_for_its_administrators(world, client, local):
    assert client.get(reverse("admin:directory_company_changelist")).status_code == 403
    assert client.get(reverse("admin:directory_role_changelist")).status_code == 403
    assert client.get(change(world.alice)).status_code == 200  # to be looked at
    assert client.post(change(world.alice), employee_form(world.alice, name="X")).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[world.alice.pk])
    assert client.post(password, {"password1": PASSWORD, "password2": PASSWORD}).status_code in (403, 404)
    assert client.get(change(world.dan)).status_code == 302  # works elsewhere
    world.alice.refresh_from_db()
    assert world.alice.name == "Alice"


def test_a_local_administrator_grants_roles_in_her_company_only(world, client, local):
    role = Role.objects.get(code="finance")
    add = reverse("admin:directory_grant_add")

    for company in ("", world.other_company.pk):
        response = client.post(add, {"employee": world.bob.pk, "role": role.pk, "company": company})
        assert response.status_code == 200
        assert "company" in response.context["adminform"].form.errors
    client.post(add, {"employee": world.bob.pk, "role": role.pk, "company": world.company.pk})

    given = Grant.objects.get(employee=world.bob)
    assert given.company == world.company
    client.post(reverse("admin:directory_grant_delete", args=[given.pk]), {"post": "yes"})
    assert not Grant.objects.filter(employee=world.bob).exists()
    assert list(AuditEntry.objects.order_by("id").values_list("kind", flat=True)) == ["grant.created", "grant.deleted"]


def test_a_group_administrator_cannot_make_or_take_over_a_superuser(world, client, of_group):
    root = make_employee("root", is_staff=True, is_superuser=True)

    assert client.post(change(root), employee_form(root, name="X")).status_code == 403
    assert client.post(change(of_group), employee_form(of_group, is_staff="on", is_superuser="on")).status_code == 302
    of_group.refresh_from_db()
    assert not of_group.is_superuser
    root.refresh_from_db()
    assert root.name == "Root"


def test_a_role_is_made_of_the_rights_there_are(world, client, of_group):
    add = reverse("admin:directory_role_add")
    data = {"code": "cashier", "name": "出纳", "name_en": "Cashier", "rights": [rights.MANAGE_VOUCHERS]}

    assert client.post(add, data | {"rights": ["everything"]}).status_code == 200
    client.post(add, data)

    assert Role.objects.get(code="cashier").rights == [rights.MANAGE_VOUCHERS]
    assert AuditEntry.objects.get(kind="role.created").company_id is None


@pytest.mark.django_db(transaction=True)
def test_a_person_who_leaves_is_one_entry_and_her_turns_are_handed_over(world, client, of_group):
    from tests.approvals.cast import Source, ask, make_route, registered, step, waiting_for

    with registered():
        make_route(world.company, step(Source.MANAGER))
        request = ask(world)
        assert client.post(change(world.bob), employee_form(world.bob, is_active=None)).status_code == 302
        outbox.drain()

    entry = AuditEntry.objects.get(kind="employee.changed")
    assert entry.data["changes"] == {"is_active": ["True", "False"]}
    assert waiting_for(request) == ["erin"]


def test_a_password_never_stands_in_the_trail(world, client, of_group):
    address = reverse("admin:auth_user_password_change", args=[world.alice.pk])
    secret = "a very new passphrase"
    data = {"password1": secret, "password2": secret, "usable_password": "true", "set-password": "1"}

    assert client.post(address, data).status_code == 302

    world.alice.refresh_from_db()
    assert world.alice.check_password(secret)
    entry = AuditEntry.objects.get(kind="employee.changed")
    assert secret not in str(entry.data)


def test_every_page_of_the_directory_opens(world, client):
    root = make_employee("root", is_staff=True, is_superuser=True)
    client.force_login(root)
    for model, page in admin.site._registry.items():
        if model._meta.app_label not in ("directory", "approvals"):
            continue
        names = [f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"]
        assert client.get(reverse(names[0])).status_code == 200, model
        if page.has_add_permission(client.get(reverse(names[0])).wsgi_request):
            assert client.get(reverse(names[0].replace("changelist", "add"))).status_code == 200, model
        first = model._default_manager.first()
        if first is not None:
            assert client.get(change(first)).status_code == 200, model
