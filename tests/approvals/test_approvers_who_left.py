"""Approvers who leave: before their step opens, and while it waits for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction

from approvals import selectors, services
from approvals.models import Slot
from common import audit, outbox
from common.models import AuditEntry
from directory.models import Grant, Post
from tests.approvals.cast import Source, ask, decide, make_route, step, waiting_for
from tests.builders import NOON, grant, make_employee, make_post

LATER = NOON + timedelta(days=1)


def leave(person):
    person.is_active = False
    person.save(update_fields=["is_active"])


def reasons(request):
    return {slot.approver.username: slot.reason for slot in Slot.objects.filter(request=request, state="open")}


def test_who_left_before_her_step_opens_is_replaced_by_whom_the_rule_names_then(world):
    frank = make_employee("frank")
    make_post(frank, world.department)
    make_route(world.company, step(Source.MANAGER), step(Source.ROLE, role="finance"))
    request = ask(world)
    leave(world.carol)
    grant(frank, code="finance", company=world.company)

    decide(request, world.bob)

    assert reasons(request) == {"frank": "left"}


def test_when_the_rule_names_nobody_any_more_the_process_administrator_decides(world):
    frank = make_employee("frank")
    make_post(frank, world.department)
    make_route(world.company, step(Source.MANAGER), step(Source.PEOPLE, frank))
    request = ask(world)
    leave(frank)

    decide(request, world.bob)

    assert reasons(request) == {"carol": "unresolved"}


def test_without_a_process_administrator_the_step_before_is_not_lost_in_silence(world):
    frank = make_employee("frank")
    make_post(frank, world.department)
    make_route(world.company, step(Source.MANAGER), step(Source.PEOPLE, frank, name="总经理"))
    request = ask(world)
    leave(frank)
    Grant.objects.filter(role__code="process_admin").delete()

    with pytest.raises(services.NoApprover, match="总经理"):
        decide(request, world.bob)
    assert waiting_for(request) == ["bob"]


def test_an_open_turn_of_somebody_who_left_goes_to_the_new_manager(world):
    make_route(world.company, step(Source.MANAGER))
    request = ask(world)
    leave(world.bob)

    assert services.reassign_left(at=LATER) == (1, 0)

    assert reasons(request) == {"erin": "left"}  # Alice's manager left, so the manager above
    slot = Slot.objects.get(request=request, state="open")
    assert (slot.transferred_from, slot.opened_at) == (world.bob, LATER)
    entry = AuditEntry.objects.get(kind="note.transferred")
    assert (entry.actor_id, entry.on_behalf_of_name, entry.data["reason"]) == (None, "Bob", "left")


def test_it_goes_to_a_process_administrator_when_nobody_else_is_found(world):
    Post.objects.filter(employee__in=[world.alice, world.bob]).update(manager=None)
    make_route(world.company, step(Source.PEOPLE, world.bob, world.erin))
    request = ask(world)
    leave(world.bob)

    call_command("reassign_left")

    assert reasons(request) == {"erin": "route", "carol": "left"}


def test_turns_of_people_who_work_here_stay_where_they_are(world):
    make_route(world.company, step(Source.MANAGER))
    request = ask(world)

    assert services.reassign_left(at=LATER) == (0, 0)
    assert waiting_for(request) == ["bob"]


def test_what_cannot_be_handed_over_is_counted_and_shown_to_the_process_administrators(world, capsys):
    make_route(world.company, step(Source.PEOPLE, world.bob, world.carol))
    request = ask(world)
    Grant.objects.filter(role__code="process_admin").delete()
    leave(world.bob)
    leave(world.erin)

    call_command("reassign_left")

    assert "1" in capsys.readouterr().out
    assert waiting_for(request) == ["bob", "carol"]
    grant(world.carol, code="process_admin", company=world.company)
    assert [slot.request_id for slot in selectors.stuck(world.carol)] == [request.pk]
    assert selectors.stuck(world.dan) == []


@pytest.mark.django_db(transaction=True)
def test_closing_an_account_hands_its_turns_over_by_itself(world):
    make_route(world.company, step(Source.MANAGER))
    request = ask(world)
    leave(world.bob)
    with transaction.atomic():
        about = audit.About("employee", world.bob.public_id, "Bob", None)
        audit.record("employee.changed", about, actor=world.carol, at=LATER)
    outbox.drain()

    assert reasons(request) == {"erin": "left"}
