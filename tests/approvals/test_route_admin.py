"""Routes in the admin: what is wrong is said, each change leaves a trail and a version, trying changes nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from approvals import checking
from approvals.models import ApprovalRequest, Condition, Route, RouteStep
from common.models import AuditEntry
from directory import rights
from tests.approvals.cast import Source, ask, condition, make_route, step, waiting_for
from tests.builders import grant, make_employee

Op = Condition.Operator


@pytest.fixture
def administrator(world, client):
    person = make_employee("ada", is_staff=True)
    grant(person, rights.ADMINISTER_PROCESS, company=world.company, code="routes")
    client.force_login(person)
    client.cookies["django_language"] = "en"
    return person


def form_of(route, **changes):
    """The route's page as a browser would send it back."""
    steps = list(route.steps.order_by("position"))
    conditions = list(route.conditions.order_by("pk"))
    data = {
        "company": route.company_id,
        "kind": route.kind,
        "name": route.name,
        "name_en": route.name_en,
        "position": route.position,
        "active": "on",
        "conditions-TOTAL_FORMS": len(conditions),
        "conditions-INITIAL_FORMS": len(conditions),
        "steps-TOTAL_FORMS": len(steps),
        "steps-INITIAL_FORMS": len(steps),
    }
    for n, row in enumerate(conditions):
        data |= {f"conditions-{n}-{key}": getattr(row, key) for key in ("id", "fact", "operator", "value")}
        data[f"conditions-{n}-route"] = route.pk
    for n, row in enumerate(steps):
        keys = ("id", "position", "name", "name_en", "source", "level", "role", "rule")
        data |= {f"steps-{n}-{key}": getattr(row, key) for key in keys}
        data |= {f"steps-{n}-route": route.pk, f"steps-{n}-people": [p.pk for p in row.people.all()]}
    return data | changes


def page(route):
    return reverse("admin:approvals_route_change", args=[route.pk])


def new_condition(route, fact, operator, value):
    n = route.conditions.count()
    added = {
        f"conditions-{n}-{key}": text for key, text in {"fact": fact, "operator": operator, "value": value}.items()
    }
    return {"conditions-TOTAL_FORMS": n + 1, f"conditions-{n}-route": route.pk} | added


def test_a_change_gets_the_next_version_and_one_entry_and_moves_no_running_request(world, client, administrator):
    route = make_route(world.company, step(Source.MANAGER), name="费用报销")
    running = ask(world)

    response = client.post(
        page(route), form_of(route, name="费用报销(新)", **new_condition(route, "amount", Op.AT_LEAST, "500"))
    )

    assert response.status_code == 302, response.context["errors"]
    route.refresh_from_db()
    assert (route.name, route.version) == ("费用报销(新)", 2)
    entry = AuditEntry.objects.get(kind="route.changed")
    assert (entry.actor_name, entry.company_id, entry.subject_label) == ("Ada", world.company.pk, "费用报销(新)")
    assert entry.data["changes"]["name"] == ["费用报销", "费用报销(新)"]
    assert entry.data["changes"]["condition"][0]["added"] == "amount at_least 500"
    running.refresh_from_db()
    assert (running.route["name"], running.route["version"]) == ("费用报销", 1)
    assert waiting_for(running) == ["bob"]
    large = ask(world, amount=Decimal("500.00"))
    assert (large.route["name"], large.route["version"]) == ("费用报销(新)", 2)


def test_saving_without_a_change_is_no_new_version(world, client, administrator):
    route = make_route(world.company, step(Source.MANAGER))

    assert client.post(page(route), form_of(route)).status_code == 302
    route.refresh_from_db()
    assert route.version == 1
    assert not AuditEntry.objects.filter(kind="route.changed").exists()


def test_a_change_of_a_steps_conditions_is_a_change_of_its_route(world, client, administrator):
    route = make_route(world.company, step(Source.MANAGER, name="经理"))
    made = route.steps.get()
    data = {
        "position": 10,
        "name": "经理",
        "name_en": "",
        "source": "manager",
        "level": 1,
        "role": "",
        "rule": "all",
        "conditions-TOTAL_FORMS": 1,
        "conditions-INITIAL_FORMS": 0,
        "conditions-0-step": made.pk,
        "conditions-0-fact": "over_budget",
        "conditions-0-operator": "is",
        "conditions-0-value": "yes",
    }
    address = reverse("admin:approvals_routestep_change", args=[made.pk])

    assert client.post(address, data | {"conditions-0-value": "perhaps"}).status_code == 200
    assert client.post(address, data).status_code == 302

    route.refresh_from_db()
    assert route.version == 2
    assert made.conditions.get().value == "yes"
    assert AuditEntry.objects.get(kind="route.changed").data["changes"]["step"] == "经理"


@pytest.mark.parametrize(
    ("fact", "operator", "value", "said"),
    [
        ("wether", "is", "rain", "wether"),
        ("amount", "has_any", "100", "at least"),
        ("amount", "at_least", "1,000", "Only one value"),
        ("amount", "at_least", "much", "not a number"),
        ("amount", "at_least", "NaN", "not a number"),
        ("over_budget", "is", "perhaps", "yes or no"),
        ("expense_types", "has_any", "travel, gifts", "gifts"),
        ("expense_types", "is", "travel", "contains one of"),
        ("department", "is", "D1,D2", "is one of"),
        ("department", "in", "nowhere", "nowhere"),
    ],
)
def test_a_condition_that_cannot_be_asked_is_refused_with_the_reason(
    world, client, administrator, fact, operator, value, said
):
    route = make_route(world.company, step(Source.MANAGER))

    response = client.post(page(route), form_of(route, **new_condition(route, fact, operator, value)))

    assert response.status_code == 200
    assert said in response.content.decode()
    assert not route.conditions.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"steps-0-source": "role", "steps-0-role": "emperor"}, "emperor"),
        ({"steps-0-source": "people"}, "at least one person"),
        ({"steps-0-source": "manager", "steps-0-level": "0"}, "levels up"),
        ({"steps-0-DELETE": "on"}, "at least one step"),
    ],
)
def test_a_step_that_asks_nobody_is_refused_with_the_reason(world, client, administrator, changes, said):
    route = make_route(world.company, step(Source.MANAGER))

    response = client.post(page(route), form_of(route, **changes))

    assert response.status_code == 200
    assert said in response.content.decode()
    assert route.steps.get().source == Source.MANAGER


def test_good_conditions_of_every_type_are_taken(world):
    for fact, operator, value in (
        ("amount", Op.BELOW, "5000.50"),
        ("level", Op.AT_LEAST, "3"),
        ("over_budget", Op.IS, "是"),
        ("expense_types", Op.HAS_NONE, "travel、meals,office"),
        ("department", Op.IN, world.department.code),
        ("project", Op.IS_NOT, ""),
    ):
        faults = checking.condition_faults("note", world.company, fact, operator, value)
        assert bool(faults) == (value == ""), (fact, faults)


def test_routes_of_another_company_are_not_there(world, client, administrator):
    theirs = make_route(world.other_company, step(Source.MANAGER), name="别家的流程")

    assert "别家的流程" not in client.get(reverse("admin:approvals_route_changelist")).content.decode()
    assert client.get(page(theirs)).status_code == 302  # as if it did not exist
    mine = make_route(world.company, step(Source.MANAGER))
    response = client.post(page(mine), form_of(mine, company=world.other_company.pk))
    assert response.status_code == 200
    mine.refresh_from_db()
    assert mine.company == world.company


def test_who_does_not_administer_approvals_sees_no_routes(world, client):
    world.bob.is_staff = True
    world.bob.save()
    client.force_login(world.bob)
    route = make_route(world.company, step(Source.MANAGER))

    assert client.get(reverse("admin:approvals_route_changelist")).status_code == 403
    assert client.get(page(route)).status_code == 403
    assert client.get(reverse("admin:approvals_route_try")).status_code in (302, 403)


def test_a_deleted_route_leaves_an_entry_and_running_requests_go_on(world, client, administrator):
    route = make_route(world.company, step(Source.MANAGER), name="旧流程")
    running = ask(world)

    client.post(reverse("admin:approvals_route_delete", args=[route.pk]), {"post": "yes"})

    assert not Route.objects.exists()
    assert AuditEntry.objects.get(kind="route.deleted").subject_label == "旧流程"
    assert waiting_for(running) == ["bob"]


def test_trying_shows_the_way_and_writes_nothing(world, client, administrator):
    make_route(
        world.company,
        step(Source.MANAGER, name="经理"),
        step(Source.ROLE, role="finance", name="财务", when=(condition("amount", Op.AT_LEAST, "1000"),)),
    )
    address = reverse("admin:approvals_route_try")
    asked = {"company": world.company.pk, "kind": "note", "applicant": world.alice.pk, "amount": "1000"}

    text = client.get(address, asked).content.decode()

    assert "经理" in text
    assert "Bob" in text
    assert "财务" in text
    assert "Carol" in text
    assert "fact_expense_types" in text
    small = client.get(address, asked | {"amount": "999"}).content.decode()
    assert "Carol" not in small.split("<h2>")[1]
    Route.objects.update(active=False)
    assert "No approval route" in client.get(address, asked).content.decode()
    assert client.get(address, asked | {"applicant": world.dan.pk}).context["form"].errors
    assert client.get(address, asked | {"company": "²"}).context["form"].errors
    assert client.get(address).status_code == 200
    assert not ApprovalRequest.objects.exists()
    assert RouteStep.objects.count() == 2


def test_people_of_another_company_are_not_named_in_a_step(world, client, administrator):
    route = make_route(world.company, step(Source.PEOPLE, world.bob))

    response = client.post(page(route), form_of(route, **{"steps-0-people": [world.dan.pk]}))

    assert response.status_code == 200
    assert list(route.steps.get().people.all()) == [world.bob]


def test_a_routes_page_shows_the_conditions_of_its_steps(world, client, administrator):
    route = make_route(world.company, step(Source.MANAGER, when=(condition("amount", Op.AT_LEAST, "1000"),)))

    assert "amount at least 1000" in client.get(page(route)).content.decode()
