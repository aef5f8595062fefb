"""One approver answers: the request goes on, ends, or comes back."""

from __future__ import annotations

from approvals.models import ApprovalRequest
from tests.approvals.cast import Source, ask, decide, make_route, step, waiting_for

Status = ApprovalRequest.Status


def test_a_serial_route_asks_one_after_the_other(world):
    make_route(world.company, step(Source.MANAGER), step(Source.MANAGER, level=2), step(Source.ROLE, role="finance"))
    request = ask(world)
    assert waiting_for(request) == ["bob"]

    decide(request, world.bob)
    assert waiting_for(request) == ["erin"]

    decide(request, world.erin)
    assert waiting_for(request) == ["carol"]

    request = decide(request, world.carol)
    assert waiting_for(request) == []
    assert request.status == Status.APPROVED
