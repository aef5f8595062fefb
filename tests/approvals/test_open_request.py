"""Sending for approval: which route is taken, who is asked, and what is kept."""

from __future__ import annotations

from decimal import Decimal

import pytest

from approvals import services, snapshot
from approvals.models import Condition, Route, Slot
from common.errors import Finding, WrongState
from directory import rights
from directory.models import Grant
from tests.approvals.cast import Rule, Source, ask, condition, decide, make_route, step, waiting_for
from tests.builders import make_department, make_employee, make_post

Op = Condition.Operator
Reason = Slot.Reason


def reasons(request):
    return {slot.approver.username: slot.reason for slot in Slot.objects.filter(request=request, state="open")}


def test_the_first_route_by_position_whose_conditions_hold_is_taken(world):
    make_route(world.company, step(Source.MANAGER), name="其他", position=90)
    make_route(
        world.company,
        step(Source.MANAGER, level=2),
        name="大额",
        position=10,
        when=(condition("amount", Op.AT_LEAST, "10000"),),
    )

    assert ask(world).route["name"] == "其他"
    large = ask(world, amount=Decimal("10000.00"))
    assert large.route["name"] == "大额"
    assert large.route["why"] == [{"fact": "amount", "operator": "at_least", "values": ["10000"]}]
    assert waiting_for(large) == ["erin"]


def test_routes_of_another_company_another_kind_or_switched_off_are_not_taken(world):
    make_route(world.other_company, step(Source.MANAGER))
    make_route(world.company, step(Source.MANAGER), kind="other")
    make_route(world.company, step(Source.MANAGER), active=False)

    with pytest.raises(services.NoRoute) as refused:
        ask(world)

    message = str(refused.value)
    assert "note" in message
    assert "100.00 CNY" in message
    assert world.company.shown_name in message
    assert not Slot.objects.exists()


def test_a_step_is_part_of_the_route_only_when_its_conditions_hold(world):
    make_route(
        world.company,
        step(Source.MANAGER),
        step(
            Source.PEOPLE,
            world.erin,
            name="分管副总",
            when=(condition("amount", Op.AT_LEAST, "10000"), condition("amount", Op.BELOW, "50000")),
        ),
        step(Source.ROLE, role="finance", when=(condition("expense_types", Op.HAS_ANY, "meals,gifts"),)),
    )
    request = ask(world, amount=Decimal("9999.99"), facts={"expense_types": ["travel", "meals"]})

    route = snapshot.read(request.route)

    assert [s.name for s in route.steps] == ["manager", "role"]
    assert [left.name for left in route.left_out] == ["分管副总"]
    assert [r.operator for r in route.left_out[0].why] == [Op.AT_LEAST]  # only what did not hold
    assert route.steps[1].why[0].values == ["meals", "gifts"]
    large = snapshot.read(ask(world, amount=Decimal(10000), facts={"expense_types": ["travel"]}).route)
    assert [s.name for s in large.steps] == ["manager", "分管副总"]


def test_a_department_condition_holds_for_the_departments_below(world):
    make_route(
        world.company, step(Source.MANAGER), when=(condition("department", Op.IN, world.department.parent.code),)
    )
    codes = [world.department.code, world.department.parent.code]

    assert ask(world, facts={"departments": codes}).route["steps"]
    with pytest.raises(services.NoRoute):
        ask(world, facts={"departments": [world.department.code]})


def test_a_condition_on_a_fact_the_kind_does_not_declare_never_holds(world):
    make_route(world.company, step(Source.MANAGER), when=(condition("weather", Op.IS_NOT, "rain"),))

    with pytest.raises(services.NoRoute):
        ask(world)


def test_a_change_of_the_route_moves_no_running_request(world):
    route = make_route(world.company, step(Source.MANAGER), step(Source.ROLE, role="finance"))
    request = ask(world)
    kept = dict(request.route)
    route.steps.all().delete()
    Route.objects.all().update(name="新流程", version=2, active=False)

    decide(request, world.bob)
    request.refresh_from_db()

    assert waiting_for(request) == ["carol"]
    assert (request.route["name"], request.route["version"]) == (kept["name"], 1)
    assert [s["name"] for s in request.route["steps"]] == ["manager", "role"]


def test_people_of_the_route_are_kept_with_their_names(world):
    make_route(world.company, step(Source.MANAGER), step(Source.ROLE, role="finance"))

    kept = snapshot.read(ask(world).route).steps[1].people

    assert [(person.id, person.name, person.reason) for person in kept] == [(world.carol.pk, "Carol", Reason.ROUTE)]


def test_a_head_who_applies_is_approved_by_the_head_above(world):
    make_route(world.company, step(Source.DEPARTMENT_HEAD))
    request = ask(world, applicant=world.bob)

    assert reasons(request) == {"erin": Reason.SELF_APPROVAL}


def test_an_owner_of_a_cost_centre_who_applies_is_approved_by_her_manager(world):
    make_route(world.company, step(Source.COST_CENTRE_OWNER))

    assert reasons(ask(world, applicant=world.bob)) == {"erin": Reason.SELF_APPROVAL}
    assert reasons(ask(world)) == {"bob": Reason.ROUTE}


def test_a_holder_of_the_role_who_applies_is_left_out_or_replaced_by_her_manager(world):
    frank = make_employee("frank")
    make_post(frank, world.department)
    any_one = step(Source.PEOPLE, world.alice, frank, rule=Rule.ANY)
    everyone = step(Source.PEOPLE, world.alice, frank, rule=Rule.ALL)
    route = make_route(world.company, any_one)
    assert reasons(ask(world)) == {"frank": Reason.ROUTE}

    route.delete()
    make_route(world.company, everyone)
    assert reasons(ask(world)) == {"frank": Reason.ROUTE, "bob": Reason.SELF_APPROVAL}


def test_the_only_holder_of_a_role_who_applies_moves_up_to_her_manager(world):
    make_route(world.company, step(Source.ROLE, role="finance"))

    assert reasons(ask(world, applicant=world.carol)) == {"erin": Reason.SELF_APPROVAL}


def test_a_department_without_a_working_head_is_headed_by_the_one_above(world):
    make_route(world.company, step(Source.DEPARTMENT_HEAD))
    team = make_department(world.company, parent=world.department)
    assert reasons(ask(world, department=team)) == {"bob": Reason.VACANT}

    world.bob.is_active = False
    world.bob.save()
    assert reasons(ask(world, department=team)) == {"erin": Reason.VACANT}


def test_a_step_nobody_is_found_for_goes_to_the_process_administrators_any_one_of_them(world):
    second = make_employee("grace")
    from tests.builders import grant

    grant(second, rights.ADMINISTER_PROCESS, code="process_admin_group")
    make_route(world.company, step(Source.ROLE, role="cfo", rule=Rule.ALL))
    request = ask(world)

    assert reasons(request) == {"carol": Reason.UNRESOLVED, "grace": Reason.UNRESOLVED}
    assert decide(request, second).status == "approved"


def test_managers_end_somewhere_and_the_process_administrator_takes_the_levels_above(world):
    make_route(world.company, step(Source.MANAGER, level=3))

    assert reasons(ask(world)) == {"carol": Reason.UNRESOLVED}


def test_without_a_process_administrator_a_step_for_nobody_is_refused_by_name(world):
    Grant.objects.filter(role__code="process_admin").delete()
    make_route(world.company, step(Source.ROLE, role="cfo", name="财务总监"), name="费用流程")

    with pytest.raises(services.NoApprover) as refused:
        ask(world)

    assert "财务总监" in str(refused.value)
    assert "费用流程" in str(refused.value)
    assert not Slot.objects.exists()


def test_a_process_administrator_does_not_stand_in_for_herself(world):
    make_route(world.company, step(Source.ROLE, role="cfo"))

    with pytest.raises(services.NoApprover):
        ask(world, applicant=world.carol)


def test_a_route_none_of_whose_steps_apply_is_not_approved_in_silence(world):
    make_route(world.company, step(Source.MANAGER, when=(condition("amount", Op.AT_LEAST, "500"),)))
    request = ask(world)

    assert request.status == "waiting"
    assert reasons(request) == {"carol": Reason.UNRESOLVED}


def test_a_named_approver_who_left_is_replaced_where_all_must_approve(world):
    frank = make_employee("frank", is_active=False)
    route = make_route(world.company, step(Source.PEOPLE, frank, world.bob))
    assert reasons(ask(world)) == {"bob": Reason.ROUTE, "carol": Reason.LEFT}

    route.steps.update(rule=Rule.ANY)
    assert reasons(ask(world)) == {"bob": Reason.ROUTE}


def test_what_deserves_attention_is_copied_to_the_turns(world):
    make_route(world.company, step(Source.MANAGER))
    finding = Finding("hotel_over_limit", "warn", params={"over": "390.00"})

    flagged = Slot.objects.get(request=ask(world, attention=[finding]))

    assert flagged.flagged
    assert flagged.request.attention == [finding.as_json()]
    assert not Slot.objects.get(request=ask(world)).flagged


@pytest.mark.parametrize("end", ["approve", "reject"])
def test_what_is_decided_for_good_or_still_waits_is_not_opened_again(world, end):
    make_route(world.company, step(Source.MANAGER))
    request = ask(world)
    with pytest.raises(WrongState):
        ask(world, existing=request)
    decide(request, world.bob, end)
    with pytest.raises(WrongState):
        ask(world, existing=request)
