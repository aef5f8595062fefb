"""Sending to a real receiver on the loopback address: what arrives, is tried again, waits, or is given up."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.utils import timezone

from common import outbox
from common.errors import NotAllowed
from common.models import AuditEntry, OutboxMessage
from oa import addresses, circuit, http, services, tasks, wordings
from oa.models import AllowedHost, Attempt, Delivery, Subscription
from tests.builders import NOON, World, grant
from tests.oa import receiver as receivers
from tests.oa.builders import due_now, happen, make_subscription, message_of, work
from tests.oa.receiver import Receiver, Reply

pytestmark = pytest.mark.django_db

State = Delivery.State


@pytest.fixture
def event(world: World, subscription: Subscription) -> Callable[..., Delivery]:
    """Let something happen to a document and its delivery be made, not sent yet."""

    def make(kind: str = "claim.submitted", subject: UUID | None = None) -> Delivery:
        happen(world.company, kind, subject=subject or uuid4(), actor=world.alice)
        while outbox.work_one(outbox.lanes()[0]):
            pass
        return Delivery.objects.order_by("pk").last() or pytest.fail("no delivery")

    return make


def again(thing: Delivery | Subscription) -> None:
    thing.refresh_from_db()


def manager(world: World):
    grant(world.carol, "oa.manage", company=world.company)
    return world.carol


# --- Arriving ---------------------------------------------------------------------------------------------------------
def test_an_event_arrives_signed_with_the_body_as_it_was_made(event, receiver: Receiver) -> None:
    delivery = event()
    work()
    [heard] = receiver.accepted
    assert heard.raw.decode() == delivery.body
    assert heard.id == str(delivery.public_id)
    assert heard.headers["content-type"].startswith("application/cloudevents+json")
    assert heard.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert receiver.forged == []
    again(delivery)
    assert (delivery.state, delivery.attempts) == (State.DELIVERED, 1)
    assert delivery.delivered_at is not None
    assert Attempt.objects.get().status == 204


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_success(event, receiver: Receiver, status: int) -> None:
    receiver.always = Reply(status)
    delivery = event()
    work()
    again(delivery)
    assert delivery.state == State.DELIVERED


def test_with_the_wrong_secret_the_receiver_refuses_and_we_do_not_take_it_for_success(
    event, receiver: Receiver
) -> None:
    receiver.secrets = ["whsec_b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXItb3Q="]
    delivery = event()
    work()
    again(delivery)
    assert delivery.state == State.RETRYING
    assert len(receiver.forged) == 1


# --- Failing and trying again -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("reply", "code"), [
    (Reply(500, text="Feld F0032 fehlt"), "oa_answered"),
    (Reply(404), "oa_answered"),
    (Reply(302, headers={"Location": "/elsewhere"}), "oa_redirected"),
    (Reply(308, headers={"Location": "http://127.0.0.1/"}), "oa_redirected"),
    (Reply(hang_up=True), "oa_unreachable"),
])  # fmt: skip
def test_anything_else_is_a_failure_tried_again_with_the_same_id(
    event, receiver: Receiver, reply: Reply, code: str
) -> None:
    receiver.replies = [reply]
    delivery = event()
    with time_machine.travel(timezone.now(), tick=False):
        work()
    again(delivery)
    assert (delivery.state, delivery.outcome["code"]) == (State.RETRYING, code)
    assert wordings.word(delivery.outcome)
    assert len(receiver.heard) == 1  # a redirect is not followed
    assert delivery.next_attempt_at == message_of(delivery).available_at
    due_now()
    work()
    again(delivery)
    assert (delivery.state, delivery.attempts) == (State.DELIVERED, 2)
    assert [heard.id for heard in receiver.heard] == [str(delivery.public_id)] * 2
    assert [attempt.outcome["code"] for attempt in Attempt.objects.order_by("pk")] == [code, "oa_delivered"]


def test_what_the_receiver_says_is_shown_shortened_and_as_text(event, receiver: Receiver) -> None:
    receiver.replies = [Reply(500, text="<script>\x00\n表单字段 F0032 不存在" + "x" * 10_000)]
    delivery = event()
    work()
    again(delivery)
    assert "表单字段 F0032 不存在" in wordings.word(delivery.outcome)
    assert len(delivery.outcome["params"]["text"]) == 200


def test_a_receiver_that_is_down_is_tried_again(event, subscription: Subscription, receiver: Receiver) -> None:
    delivery = event()
    receiver.server.socket.close()
    work()
    again(delivery)
    assert (delivery.state, delivery.outcome["code"]) == (State.RETRYING, "oa_unreachable")


@pytest.mark.parametrize("reply", [Reply(pause=30), Reply(500, text="slow" * 500, drip=0.05)])
def test_a_slow_answer_is_not_waited_for_longer_than_the_limit(
    event, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, reply: Reply
) -> None:
    monkeypatch.setattr(http, "LIMIT", 0.3)
    receiver.replies = [reply]
    delivery = event()
    work()
    again(delivery)
    assert delivery.state == State.RETRYING
    assert delivery.outcome["code"] in {"oa_timeout", "oa_answered"}


def test_a_status_that_came_in_time_counts_even_if_the_rest_of_the_answer_does_not(
    event, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LIMIT", 3)  # long enough for the status even on a busy machine
    receiver.replies = [Reply(200, text="thanks" * 200, drip=0.05)]  # a minute
    delivery = event()
    work()
    again(delivery)
    assert delivery.state == State.DELIVERED


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_that_asks_for_patience_gets_it_for_all_its_events_and_it_is_no_failure(
    event, subscription: Subscription, receiver: Receiver, status: int
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        receiver.replies = [Reply(status, headers={"Retry-After": "40"})]
        first, second = event(), event()
        work()
        again(first)
        again(subscription)
        assert first.next_attempt_at == timezone.now() + timedelta(seconds=40)
        assert subscription.failures == 0
        assert len(receiver.heard) == 1  # the second one was not sent
        again(second)
        assert (second.state, second.attempts) == (State.WAITING, 0)
        clock.shift(timedelta(seconds=45))
        work()
        assert len(receiver.accepted) == 2


def test_patience_may_be_asked_for_by_a_date_and_nonsense_is_not_followed(event, receiver: Receiver) -> None:
    with time_machine.travel(NOON, tick=False):
        receiver.replies = [Reply(503, headers={"Retry-After": "Tue, 24 Nov 2026 04:10:00 GMT"})]
        delivery = event()
        work()
        again(delivery)
        assert delivery.next_attempt_at == NOON + timedelta(minutes=10)
        for nonsense in ("soon", "-5", "1e9", "9" * 400):
            receiver.replies = [Reply(503, headers={"Retry-After": nonsense})]
            due_now()
            work()
            again(delivery)
            assert delivery.next_attempt_at is not None
            assert NOON < delivery.next_attempt_at <= NOON + timedelta(days=1)


def test_410_switches_the_connection_off_and_loses_nothing(
    event, world: World, subscription: Subscription, receiver: Receiver
) -> None:
    receiver.replies = [Reply(410)]
    delivery = event()
    work()
    again(subscription)
    assert (subscription.active, subscription.gone) == (False, True)
    assert AuditEntry.objects.filter(kind="subscription.switched_off", actor_id=None).exists()
    later = event()
    due_now()
    work()
    assert len(receiver.heard) == 1
    services.resume(subscription_id=subscription.public_id, actor=manager(world), at=timezone.now())
    work()
    again(delivery)
    again(later)
    assert {delivery.state, later.state} == {State.DELIVERED}


def test_a_private_address_nobody_allows_is_not_sent_to(event, receiver: Receiver) -> None:
    AllowedHost.objects.all().delete()
    delivery = event()
    work()
    again(delivery)
    assert (delivery.state, delivery.outcome["code"]) == (State.RETRYING, "address_unencrypted")
    assert receiver.heard == []


def test_without_the_key_of_the_installation_nothing_is_sent_and_it_is_said_why(
    event, receiver: Receiver, settings
) -> None:
    from common import crypto

    delivery = event()
    settings.FIELD_ENCRYPTION_KEYS = [crypto.new_key()]
    work()
    again(delivery)
    assert delivery.outcome["code"] == "oa_locked"
    assert receiver.heard == []


# --- Order ------------------------------------------------------------------------------------------------------------
def test_the_events_of_a_document_wait_for_the_one_that_failed_while_other_documents_go_on(
    event, receiver: Receiver
) -> None:
    one, other = uuid4(), uuid4()
    receiver.replies = [Reply(500)]
    for kind, subject in (("claim.submitted", one), ("claim.approved", one), ("claim.submitted", other)):
        event(kind, subject)
    work()
    assert receiver.sequences() == {str(other): [1]}
    due_now()
    work()
    assert receiver.sequences() == {str(other): [1], str(one): [1, 2]}


def test_behind_a_dead_letter_its_document_waits_and_goes_on_when_it_is_replayed(
    event, world: World, receiver: Receiver
) -> None:
    subject = uuid4()
    first, second = event("claim.submitted", subject), event("claim.approved", subject)
    bury(first)
    work()
    assert receiver.accepted == []
    again(second)
    assert (second.state, second.attempts) == (State.WAITING, 0)
    services.send_again(delivery_id=first.public_id, actor=manager(world), at=timezone.now())
    work()
    assert receiver.sequences() == {str(subject): [1, 2]}
    assert receiver.accepted[0].id == str(first.public_id)


def test_a_dead_letter_may_be_skipped_by_a_person_so_that_its_document_goes_on(
    event, world: World, receiver: Receiver
) -> None:
    subject = uuid4()
    first, _second = event("claim.submitted", subject), event("claim.approved", subject)
    bury(first)
    work()
    services.skip(delivery_id=first.public_id, actor=manager(world), at=timezone.now())
    work()
    assert receiver.sequences() == {str(subject): [2]}  # the gap shows in the sequence
    assert AuditEntry.objects.filter(kind="delivery.skipped", actor_id=world.carol.pk).exists()
    with pytest.raises(services.NothingToSend):
        services.send_again(delivery_id=first.public_id, actor=world.carol, at=timezone.now())


def bury(delivery: Delivery) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(state=State.DEAD)
    OutboxMessage.objects.filter(pk=message_of(delivery).pk).update(state=OutboxMessage.State.DEAD)


def test_an_event_that_arrived_is_not_sent_again_when_its_message_comes_again(event, receiver: Receiver) -> None:
    delivery = event()
    work()
    OutboxMessage.objects.filter(pk=message_of(delivery).pk).update(state="pending", done_at=None)
    work()
    assert len(receiver.heard) == 1


# --- Days of failure --------------------------------------------------------------------------------------------------
def test_a_receiver_down_for_two_days_gets_everything_in_order(event, receiver: Receiver) -> None:
    subjects = [uuid4() for _ in range(3)]
    with time_machine.travel(NOON, tick=False) as clock:
        receiver.always = Reply(500)
        for kind in ("claim.submitted", "claim.approved", "voucher.posted"):
            for subject in subjects:
                event(kind, subject)
        while timezone.now() < NOON + timedelta(days=2):
            work()
            clock.shift(timedelta(hours=3))
        assert receiver.accepted == []
        receiver.always = receivers.OK
        while Delivery.objects.exclude(state=State.DELIVERED).exists():
            work()
            step_to_next(clock)
    assert receiver.sequences() == {str(subject): [1, 2, 3] for subject in subjects}


def step_to_next(clock) -> None:
    due = OutboxMessage.objects.filter(state="pending").order_by("available_at").first()
    if due is not None:
        clock.move_to(max(due.available_at, timezone.now() + timedelta(seconds=1)))


def test_after_three_days_it_is_a_dead_letter_and_a_replay_keeps_the_id(
    event, world: World, receiver: Receiver
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        receiver.always = Reply(500)
        delivery = event()
        while delivery.state != State.DEAD:
            work()
            again(delivery)
            step_to_next(clock)
        assert timedelta(days=3) < timezone.now() - NOON < timedelta(days=4)
        assert message_of(delivery).state == OutboxMessage.State.DEAD
        receiver.always = receivers.OK
        at = timezone.now()
        assert services.send_all_again(company=world.company, actor=manager(world), at=at) == 1
        assert services.send_all_again(company=world.company, actor=world.carol, at=at) == 0
        work()
    again(delivery)
    assert delivery.state == State.DELIVERED
    assert {heard.id for heard in receiver.heard} == {str(delivery.public_id)}


# --- The circuit ------------------------------------------------------------------------------------------------------
def test_after_five_failures_in_a_row_all_lines_of_the_receiver_rest_and_one_event_tries_it(
    event, subscription: Subscription, receiver: Receiver
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        receiver.always = Reply(500)
        for _ in range(8):
            event()
        work()
        again(subscription)
        assert len(receiver.heard) == circuit.OPENS_AFTER
        assert circuit.is_open(subscription, at=timezone.now())
        assert subscription.waits_until == NOON + circuit.FIRST_REST
        clock.move_to(NOON + circuit.FIRST_REST + timedelta(seconds=3))
        work()
        again(subscription)
        assert len(receiver.heard) == circuit.OPENS_AFTER + 1  # one try, and it rests twice as long
        assert subscription.waits_until == timezone.now() + 2 * circuit.FIRST_REST
        receiver.always = receivers.OK
        clock.move_to(subscription.waits_until + timedelta(seconds=3))
        work()
        again(subscription)
        assert subscription.failures == 0
        assert not subscription.waits_until
        assert len(receiver.accepted) == 8  # the others did not wait out their own pauses


def test_the_rest_grows_to_a_quarter_of_an_hour_and_no_further() -> None:
    rests = [circuit.rest(failures) for failures in range(circuit.OPENS_AFTER, 60)]
    assert rests[:3] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert max(rests) == rests[-1] == timedelta(minutes=15)


def test_of_many_askers_after_the_rest_one_is_let_through(subscription: Subscription) -> None:
    Subscription.objects.update(failures=7, waits_until=NOON)
    again(subscription)
    assert [circuit.may_try(subscription, at=NOON) for _ in range(5)] == [True, False, False, False, False]


def test_a_receiver_that_is_down_does_not_hold_up_another_one(
    event, world: World, subscription: Subscription, receiver: Receiver
) -> None:
    with receivers.running("whsec_dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=") as healthy:
        AllowedHost.objects.create(company=world.company, host="127.0.0.1", port=healthy.port)
        make_subscription(world.company, healthy.url, name="飞书")
        receiver.always = Reply(500)
        for _ in range(7):
            event()
        work()
        assert len(healthy.accepted) == 7


# --- Paused -----------------------------------------------------------------------------------------------------------
def test_while_paused_events_are_queued_and_no_time_runs_out(
    event, world: World, subscription: Subscription, receiver: Receiver
) -> None:
    who = manager(world)
    with time_machine.travel(NOON, tick=False) as clock:
        services.pause(subscription_id=subscription.public_id, actor=who, at=NOON)
        delivery = event()
        work()
        clock.move_to(NOON + timedelta(days=9))
        work()
        again(delivery)
        assert (delivery.state, delivery.attempts) == (State.WAITING, 0)
        services.resume(subscription_id=subscription.public_id, actor=who, at=timezone.now())
        receiver.replies = [Reply(500)]
        work()
        again(delivery)
        assert delivery.state == State.RETRYING  # not dead after nine days
    assert len(receiver.heard) == 1


def test_a_connection_that_is_ended_hears_of_nothing_more(
    event, world: World, subscription: Subscription, receiver: Receiver
) -> None:
    who = manager(world)
    delivery = event()
    services.end(subscription_id=subscription.public_id, actor=who, at=timezone.now())
    work()
    happen(world.company, "claim.submitted")
    work()
    again(delivery)
    assert delivery.state == State.SKIPPED
    assert receiver.heard == []
    assert Delivery.objects.count() == 1
    with pytest.raises(services.NotFound):
        services.resume(subscription_id=subscription.public_id, actor=who, at=timezone.now())


# --- Setting up -------------------------------------------------------------------------------------------------------
def test_a_test_event_goes_to_the_one_receiver_whatever_it_subscribed_to(
    world: World, subscription: Subscription, receiver: Receiver
) -> None:
    Subscription.objects.update(topics=["voucher.posted"])
    services.send_test(subscription_id=subscription.public_id, actor=manager(world), at=timezone.now())
    services.send_test(subscription_id=subscription.public_id, actor=world.carol, at=timezone.now())
    work()
    assert [heard.event["type"] for heard in receiver.accepted] == ["subscription.tested"] * 2
    assert receiver.sequences() == {str(subscription.public_id): [1, 2]}


def test_a_new_address_gets_what_waits_at_once(
    event, world: World, subscription: Subscription, receiver: Receiver
) -> None:
    receiver.replies = [Reply(500, text="moved")]
    event()
    work()
    services.change(
        subscription_id=subscription.public_id,
        name="泛微",
        url=receiver.url + "/v2",
        topics=[],
        actor=manager(world),
        at=timezone.now(),
    )
    work()
    assert len(receiver.accepted) == 1
    entry = AuditEntry.objects.get(kind="subscription.changed")
    assert entry.data["url"] == {"from": receiver.url, "to": receiver.url + "/v2"}


def test_setting_up_refuses_private_hosts_and_unknown_events_and_tells_the_secret_once(world: World) -> None:
    who = manager(world)
    common = {"company": world.company, "name": "泛微", "actor": who, "at": NOON}
    with pytest.raises(addresses.PrivateAddress):
        services.create(url="https://10.0.0.5/hooks", topics=[], **common)
    with pytest.raises(services.UnknownEvent):
        services.create(url="https://oa.example.com/", topics=["claim.created"], **common)
    receiver, secret = services.create(url="https://oa.example.com/", topics=["claim.approved"], **common)
    assert secret.startswith("whsec_")
    entry = AuditEntry.objects.get(kind="subscription.created")
    assert secret not in json.dumps(entry.data)
    assert secret.encode() not in bytes(receiver.secret)


def test_only_an_administrator_of_the_company_opens_a_private_host(world: World) -> None:
    who = manager(world)
    with pytest.raises(NotAllowed):
        services.allow_host(company=world.company, host="10.0.0.5", port=8080, actor=who, at=NOON)
    grant(who, "company.administer", company=world.company)
    allowed = services.allow_host(company=world.company, host=" OA.Corp. ", port=None, actor=who, at=NOON)
    assert allowed.host == "oa.corp"
    services.create(company=world.company, name="泛微", url="http://oa.corp:8080/hooks", topics=[], actor=who, at=NOON)
    for wrong in ("http://oa.corp", "10.0.0.300", "a b", "", "2130706433"):
        with pytest.raises(services.HostRefused):
            services.allow_host(company=world.company, host=wrong, port=None, actor=who, at=NOON)
    services.disallow_host(host_id=allowed.pk, company=world.company, actor=who, at=NOON)
    assert list(AuditEntry.objects.filter(kind__startswith="host.").order_by("pk").values_list("kind", flat=True)) == [
        "host.allowed",
        "host.disallowed",
    ]


@pytest.mark.parametrize("who", ["alice", "dan"])
def test_without_the_right_nothing_of_this_is_there(world: World, event, subscription: Subscription, who: str) -> None:
    actor = getattr(world, who)
    grant(world.dan, "oa.manage", company=world.other_company)
    delivery = event()
    acts: list[Callable[..., object]] = [services.pause, services.resume, services.rotate_secret, services.end]
    for act in (*acts, services.send_test):
        with pytest.raises(services.NotFound):
            act(subscription_id=subscription.public_id, actor=actor, at=NOON)
    for see_to in (services.send_again, services.skip):
        with pytest.raises(services.NotFound):
            see_to(delivery_id=delivery.public_id, actor=actor, at=NOON)
    with pytest.raises(NotAllowed):
        services.send_all_again(company=world.company, actor=actor, at=NOON)
    assert tasks.SENDER == "oa.send"
