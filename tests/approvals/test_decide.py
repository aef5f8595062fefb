"""One approver answers: the request goes on, ends, or comes back."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from viewflow.workflow.models import Task

from approvals import events, services
from approvals.models import ApprovalRequest, Slot
from common.idempotency import KeyReused
from common.models import AuditEntry, IdempotentAnswer, OutboxMessage
from tests.approvals.cast import Rule, Source, ask, decide, make_route, step, turn_of, waiting_for
from tests.builders import NOON, grant, make_employee, make_post

Status, State = ApprovalRequest.Status, Slot.State


def kinds_of(request: ApprovalRequest) -> list[str]:
    return list(AuditEntry.objects.filter(subject_id=request.subject_id).order_by("id").values_list("kind", flat=True))


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
    assert request.decided_at == NOON + timedelta(minutes=1)
    assert kinds_of(request) == ["note.decided"] * 3 + ["note.approved"]


def test_all_of_a_step_must_approve_before_the_next_is_asked(world):
    make_route(
        world.company, step(Source.PEOPLE, world.bob, world.erin, world.carol), step(Source.ROLE, role="process_admin")
    )
    request = ask(world)
    assert waiting_for(request) == ["erin", "bob", "carol"]

    assert decide(request, world.erin).status == Status.WAITING
    decide(request, world.carol)
    assert waiting_for(request) == ["bob"]
    assert request.status == Status.WAITING


def test_any_one_of_a_step_is_enough_and_the_others_are_not_asked_any_more(world):
    make_route(world.company, step(Source.PEOPLE, world.bob, world.erin, rule=Rule.ANY))
    request = ask(world)

    request = decide(request, world.erin)

    assert request.status == Status.APPROVED
    assert Slot.objects.get(request=request, approver=world.bob).state == State.SKIPPED


def test_a_rejection_ends_the_request_for_good(world):
    make_route(world.company, step(Source.PEOPLE, world.bob, world.erin), step(Source.ROLE, role="finance"))
    request = ask(world)

    request = decide(request, world.bob, "reject", comment="not ours to pay")

    assert request.status == Status.REJECTED
    assert waiting_for(request) == []
    assert Slot.objects.get(request=request, approver=world.erin).state == State.SKIPPED
    assert request.process.finished is not None
    assert kinds_of(request) == ["note.decided", "note.rejected"]


def test_a_returned_request_is_sent_again_as_its_next_round_with_a_route_compiled_anew(world):
    route = make_route(world.company, step(Source.MANAGER), step(Source.ROLE, role="finance"))
    request = ask(world)
    decide(request, world.bob)
    request = decide(request, world.carol, "return", comment="the hotel's folio is missing")
    assert request.status == Status.RETURNED
    assert request.decided_at is None
    first_process = request.process_id
    route.steps.first().delete()

    again = ask(world, existing=request, at=NOON + timedelta(hours=1), title="广州展会(补水单)")

    assert (again.pk, again.round, again.status, again.title) == (request.pk, 2, Status.WAITING, "广州展会(补水单)")
    assert again.process_id != first_process
    assert waiting_for(again) == ["carol"]
    assert decide(again, world.carol).status == Status.APPROVED
    assert sorted(Slot.objects.filter(request=request).values_list("round", "state")) == [
        (1, State.APPROVED),
        (1, State.RETURNED),
        (2, State.APPROVED),
    ]


@pytest.mark.parametrize("action", ["reject", "return"])
@pytest.mark.parametrize("comment", ["", "  \n"])
def test_a_refusal_without_a_reason_is_not_taken(world, action, comment):
    make_route(world.company, step(Source.MANAGER))
    request = ask(world)

    with pytest.raises(services.CommentMissing):
        services.decide(
            slot_id=turn_of(request, world.bob).public_id, actor=world.bob, action=action, comment=comment, at=NOON
        )
    assert waiting_for(request) == ["bob"]


def test_a_second_click_is_told_what_the_first_did(world):
    make_route(world.company, step(Source.MANAGER), step(Source.ROLE, role="finance"))
    request = ask(world)
    slot = turn_of(request, world.bob)
    decide(request, world.bob)

    with pytest.raises(services.AlreadyDecided) as refused:
        services.decide(slot_id=slot.public_id, actor=world.bob, action="return", comment="oh", at=NOON)

    message = str(refused.value)
    assert "N-1" in message
    assert "Bob" in message
    assert "12:01" in message
    assert str(Status.WAITING.label) in message
    assert waiting_for(request) == ["carol"]


def test_the_same_key_is_answered_once_and_repeated_without_effect(world):
    make_route(world.company, step(Source.MANAGER), step(Source.ROLE, role="finance"))
    request = ask(world)
    slot = turn_of(request, world.bob)
    answers = [
        services.decide(slot_id=slot.public_id, actor=world.bob, action="approve", at=NOON, key="k-1") for _ in range(3)
    ]

    assert {answer.pk for answer in answers} == {request.pk}
    assert kinds_of(request) == ["note.decided"]
    assert IdempotentAnswer.objects.get().answer["status"] == Status.WAITING
    with pytest.raises(KeyReused):
        services.decide(slot_id=slot.public_id, actor=world.bob, action="return", comment="no", at=NOON, key="k-1")


def test_somebody_else_cannot_decide_and_a_stranger_does_not_learn_that_there_is_something(world):
    make_route(world.company, step(Source.MANAGER), step(Source.ROLE, role="finance"))
    request = ask(world)
    slot = turn_of(request, world.bob)

    for person, error in (
        (world.alice, services.NotYourTurn),  # her own
        (world.carol, services.NotYourTurn),  # process administrator
        (world.erin, services.SlotNotFound),  # has no part in it
        (world.dan, services.SlotNotFound),  # another company
    ):
        with pytest.raises(error):
            services.decide(slot_id=slot.public_id, actor=person, action="approve", at=NOON)
    with pytest.raises(services.SlotNotFound):
        services.decide(slot_id=uuid.uuid4(), actor=world.bob, action="approve", at=NOON)
    assert services.SlotNotFound.status == 404
    assert kinds_of(request) == []


def test_nobody_decides_on_their_own_even_with_an_open_turn(world):
    make_route(world.company, step(Source.MANAGER))
    request = ask(world)
    Slot.objects.filter(request=request).update(approver=world.alice)

    with pytest.raises(services.NotYourTurn):
        services.decide(slot_id=turn_of(request, world.alice).public_id, actor=world.alice, action="approve", at=NOON)


def test_an_account_that_was_closed_decides_nothing(world):
    make_route(world.company, step(Source.MANAGER))
    request = ask(world)
    world.bob.is_active = False

    with pytest.raises(services.NotYourTurn):
        services.decide(slot_id=turn_of(request, world.bob).public_id, actor=world.bob, action="approve", at=NOON)


def test_whoever_approved_a_step_is_not_asked_again_in_the_next_one(world):
    make_route(
        world.company,
        step(Source.MANAGER),
        step(Source.DEPARTMENT_HEAD),
        step(Source.COST_CENTRE_OWNER),
        step(Source.PEOPLE, world.bob, world.carol),
        step(Source.ROLE, role="finance"),
    )
    request = ask(world)  # Bob is manager, head and owner

    request = decide(request, world.bob)

    assert waiting_for(request) == ["carol"]
    assert [s["counted"] for s in request.route["steps"]] == [[], [world.bob.pk], [world.bob.pk], [world.bob.pk], []]
    assert decide(request, world.carol).status == Status.APPROVED  # and Carol's own step after it is passed as well
    assert Slot.objects.filter(request=request).count() == 2


def test_somebody_asked_earlier_but_not_directly_before_is_asked_again(world):
    make_route(world.company, step(Source.MANAGER), step(Source.ROLE, role="finance"), step(Source.DEPARTMENT_HEAD))
    request = ask(world)
    decide(request, world.bob)
    decide(request, world.carol)

    assert waiting_for(request) == ["bob"]


def test_twenty_steps_are_walked_to_the_end(world):
    people = []
    for n in range(20):
        person = make_employee(f"approver{n}")
        make_post(person, world.department)
        people.append(person)
    make_route(world.company, *(step(Source.PEOPLE, person) for person in people))
    request = ask(world)

    for n, person in enumerate(people):
        assert waiting_for(request) == [f"approver{n}"]
        request = decide(request, person)

    assert request.status == Status.APPROVED
    assert Task.objects.filter(process=request.process_id).count() == 22  # start, steps, end
    assert not Task.objects.filter(process=request.process_id, finished=None).exists()


def test_every_decision_tells_receivers_and_a_failing_receiver_undoes_it(world):
    make_route(world.company, step(Source.MANAGER), step(Source.ROLE, role="finance"))
    request = ask(world)
    heard: list[str] = []

    def hear(name):
        def receive(sender, *, request, slot, actor, at, comment, **more):
            heard.append(f"{name} {request.status} {slot.approver.username} {more.get('action', '')}".strip())

        return receive

    def refuse(sender, **news):
        raise ValueError("the budget is not there")

    decided, approved = hear("decided"), hear("approved")
    events.step_decided.connect(decided)
    events.request_approved.connect(approved)
    try:
        decide(request, world.bob)
        slot = turn_of(request, world.carol)
        events.request_approved.connect(refuse)
        with pytest.raises(ValueError, match="budget"):
            decide(request, world.carol)
        assert waiting_for(request) == ["carol"]
        assert kinds_of(request) == ["note.decided"]
        assert not Task.objects.filter(process=request.process_id, flow_task_type="END").exists()

        events.request_approved.disconnect(refuse)
        services.decide(slot_id=slot.public_id, actor=world.carol, action="approve", at=NOON)
    finally:
        events.step_decided.disconnect(decided)
        events.request_approved.disconnect(approved)
        events.request_approved.disconnect(refuse)
    assert heard == [
        "decided waiting bob approve",
        *["decided approved carol approve", "approved approved carol"] * 2,
    ]


def test_every_entry_is_about_the_document_and_says_where_it_stands(world):
    make_route(world.company, step(Source.MANAGER, name="部门经理"))
    request = ask(world)
    decide(request, world.bob, comment="好的")

    decided, approved = AuditEntry.objects.filter(subject_id=request.subject_id).order_by("id")

    assert (decided.subject_type, decided.subject_label, decided.company_id) == ("document", "N-1", world.company.pk)
    assert (decided.actor_id, decided.actor_name) == (world.bob.pk, "Bob")
    facts = {"number": "N-1", "total": "100.00", "currency": "CNY", "kind": "note", "round": 1}
    assert facts.items() <= decided.data.items()
    assert {"action": "approve", "step": 0, "step_name": "部门经理", "comment": "好的"}.items() <= decided.data.items()
    assert decided.data["status"] == Status.WAITING
    assert (facts | {"status": Status.APPROVED}).items() <= approved.data.items()


def test_several_are_approved_each_by_itself_and_one_refusal_holds_up_nobody(world):
    make_route(world.company, step(Source.MANAGER))
    first, second, third = ask(world), ask(world, number="N-2"), ask(world, number="N-3")
    slots = [turn_of(request, world.bob) for request in (first, second, third)]
    decide(second, world.bob, "return", comment="which fair?")

    outcomes = services.approve_many(
        slot_ids=[slots[0].public_id, slots[1].public_id, slots[2].public_id, slots[0].public_id],
        actor=world.bob,
        at=NOON,
    )

    assert [slot_id for slot_id, _ in outcomes] == [slot.public_id for slot in slots]
    assert isinstance(outcomes[1][1], services.AlreadyDecided)
    assert [r.status for r in (outcomes[0][1], outcomes[2][1])] == [Status.APPROVED, Status.APPROVED]


def test_outbox_messages_are_written_with_the_decision(world):
    from common import outbox

    make_route(world.company, step(Source.MANAGER))
    request = ask(world)
    outbox.subscribe("test.notes", "note.*", handler=print)
    try:
        decide(request, world.bob)
    finally:
        outbox._consumers.pop("test.notes")
    messages = OutboxMessage.objects.filter(consumer="test.notes").order_by("id")
    assert [message.topic for message in messages] == ["note.decided", "note.approved"]


def test_holders_of_a_role_are_those_of_the_company_and_of_the_group(world):
    frank, dora = make_employee("frank"), make_employee("dora")
    grant(frank, "vouchers.manage", code="finance")
    grant(dora, "vouchers.manage", company=world.other_company, code="finance")
    make_route(world.company, step(Source.ROLE, role="finance", rule=Rule.ANY))

    assert waiting_for(ask(world)) == ["carol", "frank"]
