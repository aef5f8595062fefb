"""How a request came this far, what comes next, and why it takes its route: what the document's page draws."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from approvals import selectors, services, snapshot
from approvals.models import Condition, Slot
from directory.models import Department, ExpenseType
from tests.approvals.cast import Rule, Source, ask, condition, decide, make_route, step, turn_of
from tests.builders import NOON, make_employee, make_post

Op = Condition.Operator


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def drawn(request):
    return [
        (view.name, view.state, [(turn.name, turn.state) for turn in view.turns])
        for view in selectors.route_of(request)
    ]


def test_done_now_and_next_stand_in_order_with_who_when_and_how_long(world):
    make_route(
        world.company,
        step(Source.MANAGER, name_en="Manager"),
        step(Source.PEOPLE, world.erin, world.carol, name_en="Board", rule=Rule.ANY),
        step(Source.ROLE, role="finance", name_en="Finance"),
    )
    request = ask(world)
    decide(request, world.bob, comment="fine", at=NOON + timedelta(hours=2))

    assert drawn(request) == [
        ("Manager", "done", [("Bob", "approved")]),
        ("Board", "now", [("Carol", "open"), ("Erin", "open")])
        if world.carol.pk < world.erin.pk
        else ("Board", "now", [("Erin", "open"), ("Carol", "open")]),
        ("Finance", "next", [("Carol", "")]),
    ]
    first, second, _third = selectors.route_of(request)
    turn = first.turns[0]
    assert (turn.comment, turn.took, turn.since, turn.answer) == ("fine", timedelta(hours=2), NOON, "approved")
    assert (first.any_one, second.any_one) == (False, True)
    assert second.turns[0].answer == ""


def test_what_ended_a_round_is_seen_and_the_next_round_starts_anew(world):
    make_route(world.company, step(Source.MANAGER, name_en="Manager"), step(Source.ROLE, role="finance", name_en="Fin"))
    request = ask(world)
    decide(request, world.bob, "return", comment="folio")
    request.refresh_from_db()
    assert drawn(request) == [("Manager", "returned", [("Bob", "returned")]), ("Fin", "next", [("Carol", "")])]
    assert selectors.whats_next(request) is None

    again = ask(world, existing=request)
    assert drawn(again) == [("Manager", "now", [("Bob", "open")]), ("Fin", "next", [("Carol", "")])]
    withdrawn = services.withdraw(request_id=again.public_id, actor=world.alice, at=NOON)
    assert drawn(withdrawn)[0] == ("Manager", "withdrawn", [("Bob", "withdrawn")])


def test_notes_say_why_it_is_somebody_the_route_did_not_name(world):
    frank = make_employee("frank")
    make_post(frank, world.department)
    make_route(world.company, step(Source.DEPARTMENT_HEAD), step(Source.ROLE, role="nobody"))
    request = ask(world, applicant=world.bob)
    services.transfer(slot_id=turn_of(request, world.erin).public_id, actor=world.erin, to=frank, at=NOON)

    head, nobody = selectors.route_of(request)

    assert "approves a document of his own" in head.turns[0].note
    assert head.turns[1].note == "handed over by Erin"
    assert "process administrator" in nobody.turns[0].note


def test_a_step_whose_people_approved_before_is_shown_as_passed(world):
    make_route(world.company, step(Source.MANAGER), step(Source.DEPARTMENT_HEAD), step(Source.ROLE, role="finance"))
    request = decide(ask(world), world.bob)

    passed = selectors.route_of(request)[1]

    assert (passed.state, [turn.name for turn in passed.turns]) == ("passed", ["Bob"])
    assert "not asked twice" in passed.turns[0].note
    assert selectors.whats_next(request) is None


def test_why_this_route_is_told_with_names_and_amounts(world):
    make_route(
        world.company,
        step(Source.MANAGER, name_en="Manager"),
        step(
            Source.ROLE,
            role="finance",
            name_en="Vice president",
            when=(condition("amount", Op.AT_LEAST, "10000"), condition("amount", Op.BELOW, "50000")),
        ),
        step(Source.ROLE, role="finance", name_en="Budget", when=(condition("over_budget", Op.IS, "yes"),)),
        name_en="Entertainment",
        when=(
            condition("expense_types", Op.HAS_ANY, "meals,conference"),
            condition("department", Op.IN, world.department.code),
        ),
    )
    ExpenseType.objects.filter(code="meals").update(name_en="Entertainment")
    Department.objects.filter(pk=world.department.pk).update(name_en="Marketing")
    request = ask(world, amount=Decimal("12846.00"), facts={"expense_types": ["meals"], "over_budget": False})

    told = [(line.reason, line.effect) for line in selectors.because(request)]

    assert told == [
        ("expense types include Entertainment or conference, department is Marketing", "Entertainment"),
        ("amount from ¥10,000.00 to below ¥50,000.00", "Vice president"),
        ("does not apply: over budget", "without “Budget”"),
    ]
    assert selectors.route_name(request).startswith("Entertainment, version 1")
    with translation.override("zh-hans"):
        told_in_chinese = [(line.reason, line.effect) for line in selectors.because(request)]
        assert told_in_chinese[1][0] == "金额在 ¥10,000.00 至 ¥50,000.00 之间"
        assert told_in_chinese[0][0] == "费用类型含业务招待费或conference、部门是市场部"


def test_nobody_found_and_counted_steps_are_among_the_reasons(world):
    make_route(
        world.company,
        step(Source.MANAGER),
        step(Source.DEPARTMENT_HEAD, name_en="Head"),
        step(Source.ROLE, role="x", name_en="X"),
    )
    request = decide(ask(world), world.bob)

    told = [(line.reason, line.effect) for line in selectors.because(request)]

    assert ("nobody found for “X”", "process administrator") in told
    assert ("Bob approved the step before", "counts for “Head”") in told


def test_every_sentence_of_a_condition_is_worded(world):
    from approvals import policy, wording

    request = ask_with_any_route(world)
    for fact, kept in wording.kinds.get("note").facts.items():
        for operator in policy.OPERATORS[kept.type]:
            value = "yes" if kept.type == "bool" else "1"
            assert wording.Words(request).all_of([snapshot.Reason(fact, operator, [value])])


def ask_with_any_route(world):
    make_route(world.company, step(Source.MANAGER))
    return ask(world)


def test_parties_are_those_who_have_or_had_a_turn(world):
    make_route(world.company, step(Source.MANAGER), step(Source.ROLE, role="finance"))
    request = ask(world)

    assert selectors.is_party(world.bob, request.subject_id)
    assert not selectors.is_party(world.carol, request.subject_id)
    assert selectors.slot_of(world.bob, request) is not None
    decide(request, world.bob)
    assert selectors.is_party(world.bob, request.subject_id)
    assert selectors.slot_of(world.bob, request) is None
    assert selectors.is_party(world.carol, request.subject_id)
    assert not selectors.is_party(world.dan, request.subject_id)


def test_what_waits_is_counted_and_added_up_by_currency(world):
    make_route(world.company, step(Source.MANAGER))
    ask(world, amount=Decimal("100.10"))
    ask(world, amount=Decimal("0.20"), at=NOON - timedelta(days=1), attention=[{"code": "x", "severity": "warn"}])
    ask(world, amount=Decimal("5.00"), currency="USD")

    summary = selectors.inbox_summary(world.bob)

    assert (summary.count, summary.flagged, summary.plain, summary.capped) == (3, 1, 2, False)
    assert summary.oldest == NOON - timedelta(days=1)
    assert summary.sums == {"CNY": Decimal("100.30"), "USD": Decimal("5.00")}
    assert selectors.inbox_count(world.bob) == 3
    nobody = selectors.inbox_summary(world.alice)
    assert (nobody.count, nobody.oldest, nobody.sums) == (0, None, {})


def test_counts_stop_where_nobody_counts_any_more(world, monkeypatch):
    monkeypatch.setattr(selectors, "MOST", 2)
    make_route(world.company, step(Source.MANAGER))
    for n in range(3):
        ask(world, number=f"N-{n}")

    assert selectors.inbox_count(world.bob) == 2
    summary = selectors.inbox_summary(world.bob)
    assert (summary.count, summary.capped) == (2, True)
    last = Slot.objects.filter(approver=world.bob).order_by("opened_at", "id").first()
    assert selectors.place(world.bob, last) == 2
