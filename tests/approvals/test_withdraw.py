"""Taking a request back."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from approvals import events, services
from approvals.models import ApprovalRequest, Slot
from common.errors import WrongState
from common.models import AuditEntry
from tests.approvals.cast import Source, ask, decide, make_route, step, waiting_for
from tests.builders import NOON

LATER = NOON + timedelta(hours=2)


def withdraw(request, actor, comment=""):
    return services.withdraw(request_id=request.public_id, actor=actor, at=LATER, comment=comment)


def test_the_applicant_takes_a_waiting_request_back_and_nobody_is_asked_any_more(world):
    make_route(world.company, step(Source.MANAGER), step(Source.PEOPLE, world.erin, world.carol))
    request = ask(world)
    decide(request, world.bob)
    heard = []

    def hear(sender, **news):
        heard.append((news["request"].status, news["slot"], news["actor"].username, news["comment"]))

    events.request_withdrawn.connect(hear)
    try:
        request = withdraw(request, world.alice, " wrong month ")
    finally:
        events.request_withdrawn.disconnect(hear)

    assert (request.status, request.decided_at) == (ApprovalRequest.Status.WITHDRAWN, LATER)
    assert waiting_for(request) == []
    assert set(Slot.objects.filter(request=request).values_list("state", flat=True)) == {"approved", "withdrawn"}
    assert request.process.status == "CANCELED"
    assert heard == [("withdrawn", None, "alice", "wrong month")]
    entry = AuditEntry.objects.get(kind="note.withdrawn")
    assert (entry.actor_name, entry.data["status"], entry.data["comment"]) == ("Alice", "withdrawn", "wrong month")


def test_a_withdrawn_request_is_sent_again_as_its_next_round(world):
    make_route(world.company, step(Source.MANAGER))
    request = withdraw(ask(world), world.alice)

    again = ask(world, existing=request, at=LATER)

    assert (again.pk, again.round, again.status, again.decided_at) == (request.pk, 2, "waiting", None)
    assert decide(again, world.bob, at=LATER).status == "approved"


def test_only_the_applicant_may_and_strangers_learn_nothing(world):
    make_route(world.company, step(Source.MANAGER))
    request = ask(world)

    with pytest.raises(services.NotTheApplicant, match="Alice"):
        withdraw(request, world.bob)
    for stranger in (world.erin, world.dan):
        with pytest.raises(services.RequestNotFound):
            withdraw(request, stranger)
    with pytest.raises(services.RequestNotFound):
        services.withdraw(request_id=uuid.uuid4(), actor=world.alice, at=LATER)
    assert waiting_for(request) == ["bob"]


@pytest.mark.parametrize("end", ["approve", "reject", "return"])
def test_what_does_not_wait_any_more_cannot_be_taken_back(world, end):
    make_route(world.company, step(Source.MANAGER))
    request = ask(world)
    decide(request, world.bob, end)

    with pytest.raises(WrongState):
        withdraw(request, world.alice)
    assert not AuditEntry.objects.filter(kind="note.withdrawn").exists()
