"""Handing a turn over to somebody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from approvals import selectors, services
from approvals.models import Slot
from approvals.services.moving import OwnRequest
from common.models import AuditEntry
from directory.models import Employee
from tests.approvals.cast import Source, ask, decide, make_route, step, turn_of, waiting_for
from tests.builders import NOON, make_employee, make_post

LATER = NOON + timedelta(hours=2)


def transfer(request, holder, to, *, actor=None, comment=""):
    slot = turn_of(request, holder)
    return services.transfer(slot_id=slot.public_id, actor=actor or holder, to=to, comment=comment, at=LATER)


@pytest.fixture
def frank(world):
    person = make_employee("frank")
    make_post(person, world.department)
    return person


def test_the_new_holder_decides_in_the_old_ones_place(world, frank):
    make_route(world.company, step(Source.MANAGER, name="部门经理"), step(Source.ROLE, role="finance"))
    request = ask(world, attention=[{"code": "x", "severity": "warn", "where": "", "params": {}}])

    transfer(request, world.bob, frank, comment="you know the fair")

    assert waiting_for(request) == ["frank"]
    slot = turn_of(request, frank)
    assert (slot.reason, slot.transferred_from, slot.opened_at, slot.flagged) == ("transfer", world.bob, LATER, True)
    old = Slot.objects.get(request=request, approver=world.bob)
    assert (old.state, old.acted_at, old.acted_by) == ("transferred", LATER, world.bob)
    entry = AuditEntry.objects.get(kind="note.transferred")
    expected = {"from": "Bob", "to": "Frank", "comment": "you know the fair", "step_name": "部门经理"}
    assert expected.items() <= entry.data.items()
    assert entry.on_behalf_of_id is None
    decide(request, frank)
    assert waiting_for(request) == ["carol"]


def test_a_transferred_turn_still_counts_among_all_of_a_step(world, frank):
    make_route(world.company, step(Source.PEOPLE, world.bob, world.erin))
    request = ask(world)
    transfer(request, world.bob, frank)

    assert decide(request, world.erin).status == "waiting"
    assert decide(request, frank).status == "approved"


def test_the_process_administrator_hands_over_for_the_approver(world, frank):
    make_route(world.company, step(Source.MANAGER))
    request = ask(world)

    transfer(request, world.bob, frank, actor=world.carol)

    assert waiting_for(request) == ["frank"]
    entry = AuditEntry.objects.get(kind="note.transferred")
    assert (entry.actor_name, entry.on_behalf_of_name) == ("Carol", "Bob")


def test_it_cannot_be_handed_to_the_applicant_a_stranger_somebody_who_left_or_who_is_asked_already(world, frank):
    make_route(world.company, step(Source.PEOPLE, world.bob, world.erin))
    request = ask(world)
    gone = make_employee("gone", is_active=False)
    make_post(gone, world.department)
    moved = make_employee("moved")
    make_post(moved, world.department, ends_on=NOON.date() - timedelta(days=1))

    for person in (world.alice, world.dan, gone, moved, world.erin):
        with pytest.raises(services.CannotTakeOver, match=person.display_name):
            transfer(request, world.bob, person)
    assert waiting_for(request) == ["erin", "bob"]


def test_somebody_else_cannot_hand_it_over(world, frank):
    make_route(world.company, step(Source.MANAGER))
    request = ask(world)

    with pytest.raises(services.NotYourTurn):
        transfer(request, world.bob, frank, actor=world.alice)
    with pytest.raises(services.SlotNotFound):
        transfer(request, world.bob, frank, actor=world.dan)


def test_the_applicant_does_not_choose_who_decides_even_as_process_administrator(world, frank):
    make_route(world.company, step(Source.PEOPLE, world.erin))
    request = ask(world, applicant=world.carol)
    turn = turn_of(request, world.erin)

    with pytest.raises(OwnRequest, match="Erin"):
        transfer(request, world.erin, frank, actor=world.carol)
    with pytest.raises(services.SlotNotFound):
        selectors.transferable(world.carol, turn.public_id)
    Employee.objects.filter(pk=world.erin.pk).update(is_active=False)
    assert selectors.stuck(world.carol) == []
    assert waiting_for(request) == ["erin"]


def test_an_answered_turn_is_not_handed_over(world, frank):
    make_route(world.company, step(Source.MANAGER))
    request = ask(world)
    slot = turn_of(request, world.bob)
    decide(request, world.bob)

    with pytest.raises(services.AlreadyDecided):
        services.transfer(slot_id=slot.public_id, actor=world.bob, to=frank, at=LATER)
