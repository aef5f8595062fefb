"""The pages of connections: who sees them, what they show and never show, and every button on them."""

from __future__ import annotations

import json
import logging
import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common import outbox
from common.models import AuditEntry, OutboxMessage
from directory import rights
from directory.models import Employee
from oa import selectors
from oa.models import AllowedHost, Attempt, Delivery, Subscription
from tests.builders import World, grant, make_employee
from tests.oa.builders import SECRET, due_now, happen, make_subscription, message_of, work
from tests.oa.receiver import Receiver, Reply

pytestmark = pytest.mark.django_db

OVERVIEW = reverse("oa:overview")
LIST_PAGE_STATEMENTS = 9
State = Delivery.State


@pytest.fixture
def frank(world: World) -> Employee:
    """Looks after the connections of the company, and sees no documents."""
    frank = make_employee("frank")
    grant(frank, rights.MANAGE_CONNECTIONS, company=world.company, code="it")
    return frank


@pytest.fixture
def page(client: Client, frank: Employee):
    client.force_login(frank)

    def get(address: str = OVERVIEW, **query: str) -> str:
        answer = client.get(address, query)
        assert answer.status_code == 200, address
        return answer.content.decode()

    return get


def make_delivery(world: World, subscription: Subscription, *, sequence: int = 1, **changes) -> Delivery:
    values = {
        "subscription": subscription,
        "company": subscription.company,
        "topic": "claim.approved",
        "event_id": uuid4(),
        "subject_id": uuid4(),
        "subject_label": f"BX-2026-{sequence:06}",
        "sequence": sequence,
        "body": json.dumps({"type": "claim.approved", "data": {"title": "上海出差"}}, ensure_ascii=False),
        "created_at": timezone.now(),
    }
    delivery = Delivery.objects.create(**values | changes)
    outbox.publish(
        delivery.topic,
        consumer="oa.send",
        line=f"{subscription.pk}:{delivery.subject_id}",
        event_id=delivery.public_id,
        company_id=subscription.company_id,
        payload={"delivery": delivery.pk},
    )
    if delivery.state == State.DEAD:
        OutboxMessage.objects.filter(pk=message_of(delivery).pk).update(state=OutboxMessage.State.DEAD)
    return delivery


# --- Who sees what ----------------------------------------------------------------------------------------------------
def test_the_page_does_not_exist_for_those_without_the_right(
    client: Client, world: World, subscription: Subscription
) -> None:
    delivery = make_delivery(world, subscription)
    grant(world.dan, rights.MANAGE_CONNECTIONS, company=world.other_company)
    ours = {"connection_id": subscription.public_id}
    theirs = {"delivery_id": delivery.public_id}
    gets = [
        reverse("oa:connection", kwargs=ours),
        reverse("oa:secret", kwargs=ours),
        reverse("oa:delivery", kwargs=theirs),
    ]
    posts = [
        *(reverse(f"oa:{name}", kwargs=ours) for name in ("rotate", "drop_secret", "pause", "resume", "test", "end")),
        reverse("oa:allow_host", kwargs=ours),
        reverse("oa:disallow_host", kwargs=ours | {"host_id": 1}),
        *(reverse(f"oa:{name}", kwargs=theirs) for name in ("again", "skip")),
    ]
    for who in (world.alice, world.carol, world.dan):
        client.force_login(who)
        assert {client.get(address).status_code for address in gets} == {404}
        assert {client.post(address).status_code for address in posts} == {404}
    client.force_login(world.alice)
    assert {client.get(address).status_code for address in (OVERVIEW, reverse("oa:new"))} == {404}
    subscription.refresh_from_db()
    assert subscription.active
    client.force_login(world.dan)
    assert "泛微" not in client.get(OVERVIEW).content.decode()
    assert client.get(OVERVIEW, {"connection": str(subscription.public_id)}).status_code == 200


def test_changes_want_a_post(page, client: Client, subscription: Subscription) -> None:
    for name in ("rotate", "drop_secret", "pause", "resume", "test", "end", "allow_host"):
        assert client.get(reverse(f"oa:{name}", args=[subscription.public_id])).status_code == 405


def test_the_number_of_a_document_is_a_link_only_for_those_who_may_open_it(
    page, client: Client, world: World, frank: Employee, subscription: Subscription
) -> None:
    delivery = make_delivery(world, subscription)
    link = f'href="/documents/{delivery.subject_id}/'
    assert "BX-2026-000001" in page()
    assert link not in page()
    grant(frank, rights.SEE_ALL_DOCUMENTS, company=world.company)
    client.force_login(Employee.objects.get(pk=frank.pk))
    assert link in client.get(OVERVIEW).content.decode()


# --- The overview -----------------------------------------------------------------------------------------------------
def test_without_a_connection_the_page_says_what_one_is_for(page) -> None:
    assert "bx-empty" in page()


def test_each_receiver_is_shown_with_how_it_does(page, world: World, subscription: Subscription) -> None:
    now = timezone.now()
    for number, seconds in enumerate([1, 1, 2, 40], start=1):
        make_delivery(
            world,
            subscription,
            sequence=number,
            state=State.DELIVERED,
            created_at=now - timedelta(seconds=seconds),
            delivered_at=now,
        )
    make_delivery(world, subscription, state=State.RETRYING, sequence=9)
    make_delivery(world, subscription, state=State.DEAD, sequence=10)
    [health] = selectors.health([subscription], at=now, today=now - timedelta(hours=1))
    assert (health.queued, health.dead, health.delivered_today, health.last_heard) == (1, 1, 4, now)
    assert health.p95 == pytest.approx(40)
    assert health.times[-1] == pytest.approx(40)
    assert len(health.curve.split()) == selectors.BUCKETS
    html = page()
    assert subscription.url in html


@pytest.mark.parametrize(("changes", "oldest", "state"), [
    ({}, None, "normal"), ({}, 30, "normal"), ({}, 90, "late"), ({"waits_until": 60}, None, "late"),
    ({"failures": 5, "waits_until": 60}, None, "open"), ({"active": False}, 90, "paused"),
    ({"active": False, "gone": True}, None, "gone"),
])  # fmt: skip
def test_a_receivers_state_is_told_in_one_word(changes: dict, oldest: int | None, state: str) -> None:
    now = timezone.now()
    if "waits_until" in changes:
        changes = changes | {"waits_until": now + timedelta(seconds=changes["waits_until"])}
    since = None if oldest is None else now - timedelta(seconds=oldest)
    assert selectors.state_of(Subscription(**changes), oldest=since, at=now) == state


def test_the_log_can_be_filtered_and_paged_without_losing_one(
    page, client: Client, world: World, subscription: Subscription
) -> None:
    for number in range(selectors.PAGE + 5):
        make_delivery(world, subscription, sequence=number + 1, state=State.RETRYING)
    make_delivery(world, subscription, sequence=999, state=State.DELIVERED, delivered_at=timezone.now())
    first = page(state="retrying")
    assert "BX-2026-000999" not in first
    [following] = re.findall(r'href="(\?[^"]*after=[^"]+)" rel="next"', first)
    second = client.get(OVERVIEW + unescape(following)).content.decode()
    numbers = [re.findall(r"BX-2026-\d+", html) for html in (first, second)]
    assert len(numbers[0]) == selectors.PAGE
    assert len(set(numbers[0] + numbers[1])) == selectors.PAGE + 5


@pytest.mark.parametrize("query", [
    {"state": "x"}, {"connection": "x"}, {"after": "x"}, {"connection": str(uuid4())}, {"poll": "1"},
])  # fmt: skip
def test_an_odd_address_shows_the_page_as_it_usually_is(page, subscription: Subscription, query: dict) -> None:
    page(**query)


@pytest.mark.parametrize("many", [1, 50])
def test_the_page_takes_no_more_statements_for_fifty_than_for_one(
    page, client: Client, world: World, subscription: Subscription, django_assert_max_num_queries, many: int
) -> None:
    receivers = [subscription, *(make_subscription(world.company, subscription.url) for _ in range(many // 5))]
    for number in range(many):
        make_delivery(world, receivers[number % len(receivers)], sequence=number + 1, state=State.DEAD)
    with django_assert_max_num_queries(LIST_PAGE_STATEMENTS):
        assert client.get(OVERVIEW).status_code == 200


# --- Setting up -------------------------------------------------------------------------------------------------------
def test_a_connection_is_made_and_its_secret_shown_once_and_nowhere_else(
    page, client: Client, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    form = {"name": "致远 A8+", "url": "https://oa.example.com/hooks", "topics": ["claim.approved", "voucher.posted"]}
    answer = client.post(reverse("oa:new"), form)
    receiver = Subscription.objects.get()
    shown = reverse("oa:secret", args=[receiver.public_id])
    assert (answer.status_code, answer["Location"]) == (302, shown)
    [secret] = re.findall(r"whsec_[A-Za-z0-9+/=]+", page(shown))
    assert secret not in page(shown)  # a second look does not have it
    for address in (OVERVIEW, reverse("oa:connection", args=[receiver.public_id])):
        assert secret not in page(address)
    assert secret not in caplog.text
    assert secret not in json.dumps([entry.data for entry in AuditEntry.objects.all()])
    assert receiver.topics == ["claim.approved", "voucher.posted"]


def test_until_it_is_shown_the_new_secret_does_not_lie_open_in_the_session(
    page, client: Client, subscription: Subscription
) -> None:
    client.post(reverse("oa:rotate", args=[subscription.public_id]))
    stored = Session.objects.get(pk=client.session.session_key).get_decoded()
    assert "oa_untold_secret" in stored
    assert "whsec_" not in json.dumps(stored)
    assert client.get(reverse("oa:secret", args=[subscription.public_id]))["Cache-Control"].count("no-store") == 1


@pytest.mark.parametrize(("url", "word"), [
    ("https://10.0.0.5/hooks", "10.0.0.5"), ("http://oa.example.com/", "https"), ("nonsense", "nonsense"),
    ("https://169.254.169.254/", "169.254.169.254"),
])  # fmt: skip
def test_an_unfit_address_is_told_at_its_field_and_what_was_typed_stays(
    page, client: Client, url: str, word: str
) -> None:
    answer = client.post(reverse("oa:new"), {"name": "泛微", "url": url})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "bx-field-error" in html
    assert word in html
    assert 'value="泛微"' in html
    assert not Subscription.objects.exists()


def test_somebody_with_two_companies_says_for_which_one(client: Client, world: World) -> None:
    grant(world.erin, rights.MANAGE_CONNECTIONS)
    client.force_login(world.erin)
    form = {"name": "泛微", "url": "https://oa.example.com/", "company": str(world.other_company.public_id)}
    client.post(reverse("oa:new"), form)
    assert Subscription.objects.get().company == world.other_company


def test_settings_are_changed_on_the_connections_own_page(
    page, client: Client, subscription: Subscription, receiver: Receiver
) -> None:
    address = reverse("oa:connection", args=[subscription.public_id])
    assert 'value="泛微 e-cology"' in page(address)
    client.post(address, {"name": "泛微 E9", "url": receiver.url + "/v2", "topics": ["claim.rejected"]})
    subscription.refresh_from_db()
    assert (subscription.name, subscription.url, subscription.topics) == (
        "泛微 E9",
        receiver.url + "/v2",
        ["claim.rejected"],
    )
    answer = client.post(address, {"name": "x", "url": "https://10.9.9.9/"})
    assert answer.status_code == 422
    subscription.refresh_from_db()
    assert subscription.name == "泛微 E9"


def test_hosts_are_opened_and_closed_by_administrators_of_the_company_only(
    page, client: Client, world: World, frank: Employee, subscription: Subscription
) -> None:
    address = reverse("oa:connection", args=[subscription.public_id])
    assert "bx-host-form" not in page(address)
    client.post(reverse("oa:allow_host", args=[subscription.public_id]), {"host": "oa.corp", "port": ""})
    assert not AllowedHost.objects.filter(host="oa.corp").exists()
    grant(frank, rights.ADMINISTER, company=world.company)
    client.force_login(Employee.objects.get(pk=frank.pk))
    assert "bx-host-form" in client.get(address).content.decode()
    client.post(reverse("oa:allow_host", args=[subscription.public_id]), {"host": "oa.corp", "port": "8080"})
    opened = AllowedHost.objects.get(host="oa.corp", port=8080)
    client.post(reverse("oa:allow_host", args=[subscription.public_id]), {"host": "oa.corp", "port": "70000"})
    client.post(reverse("oa:disallow_host", args=[subscription.public_id, opened.pk]))
    assert not AllowedHost.objects.filter(host="oa.corp").exists()


# --- Buttons ----------------------------------------------------------------------------------------------------------
def test_pausing_resuming_testing_and_ending_do_what_they_say(
    page, client: Client, world: World, subscription: Subscription, receiver: Receiver
) -> None:
    def press(name: str) -> None:
        answer = client.post(reverse(f"oa:{name}", args=[subscription.public_id]), follow=True)
        assert answer.status_code == 200
        assert "bx-toast" in answer.content.decode()
        subscription.refresh_from_db()

    press("pause")
    assert subscription.active is False
    press("resume")
    assert bool(subscription.active)
    press("test")
    work()
    assert [heard.event["type"] for heard in receiver.accepted] == ["subscription.tested"]
    press("end")
    assert subscription.ended_at is not None
    assert "bx-empty" in page()


def test_rotating_gives_a_secret_that_signs_beside_the_old_one(
    page, client: Client, world: World, subscription: Subscription, receiver: Receiver
) -> None:
    answer = client.post(reverse("oa:rotate", args=[subscription.public_id]), follow=True)
    [new] = re.findall(r"whsec_[A-Za-z0-9+/=]+", answer.content.decode())
    happen(world.company, "claim.submitted")
    work()
    assert len(receiver.accepted) == 1  # checked with the old secret
    receiver.secrets = [new]
    happen(world.company, "claim.submitted")
    work()
    assert len(receiver.accepted) == 2
    client.post(reverse("oa:drop_secret", args=[subscription.public_id]))
    receiver.secrets = [SECRET]
    happen(world.company, "claim.submitted")
    work()
    assert len(receiver.forged) == 1


def test_a_dead_letter_is_replayed_by_one_click_and_all_by_another(
    page, client: Client, world: World, subscription: Subscription, receiver: Receiver
) -> None:
    letters = [make_delivery(world, subscription, sequence=n, state=State.DEAD) for n in (1, 1, 1)]
    html = page(state="dead")
    assert html.count("/again/") == 4  # each, and all
    answer = client.post(
        reverse("oa:again", args=[letters[0].public_id]), {"query": "state=dead&x=\r\nSet-Cookie: a=b"}
    )
    assert answer["Location"].startswith(OVERVIEW + "?state=dead&")
    assert "\r" not in answer["Location"]
    receiver.always = Reply(204)
    client.post(reverse("oa:again_all"))
    Delivery.objects.update(body='{"subject": "s", "sequence": "1"}')
    due_now()
    work()
    assert Delivery.objects.filter(state=State.DELIVERED).count() == 3
    assert {heard.id for heard in receiver.accepted} == {str(one.public_id) for one in letters}


def test_replaying_all_of_one_receiver_leaves_the_others_letters(
    page, client: Client, world: World, subscription: Subscription
) -> None:
    other = make_subscription(world.company, subscription.url, name="飞书")
    make_delivery(world, subscription, state=State.DEAD)
    left = make_delivery(world, other, state=State.DEAD)
    client.post(reverse("oa:again_all"), {"connection": str(subscription.public_id)})
    assert list(Delivery.objects.filter(state=State.DEAD)) == [left]
    client.post(reverse("oa:again_all"), {"connection": "nonsense"})
    assert not Delivery.objects.filter(state=State.DEAD).exists()


def test_the_page_of_a_delivery_shows_what_is_sent_and_every_attempt_but_no_secret_and_no_signature(
    page, client: Client, world: World, subscription: Subscription, receiver: Receiver
) -> None:
    receiver.replies = [Reply(500, text="<b>F0032</b> 不存在")]
    happen(world.company, "claim.submitted", actor=world.alice)
    work()
    delivery = Delivery.objects.get()
    html = page(reverse("oa:delivery", args=[delivery.public_id]))
    assert "上海酒店" in html
    assert "&lt;b&gt;F0032&lt;/b&gt; 不存在" in html
    assert str(delivery.public_id) in html
    assert "v1," not in html
    assert "whsec_" not in html
    due_now()
    work()
    assert Attempt.objects.filter(delivery=delivery).count() == 2
    assert page(reverse("oa:delivery", args=[delivery.public_id])).count("<li>") >= 2


def test_skipping_is_offered_for_what_did_not_arrive_only(
    page, client: Client, world: World, subscription: Subscription
) -> None:
    dead = make_delivery(world, subscription, state=State.DEAD)
    done = make_delivery(world, subscription, state=State.DELIVERED, delivered_at=timezone.now())
    assert "/skip/" in page(reverse("oa:delivery", args=[dead.public_id]))
    assert "/skip/" not in page(reverse("oa:delivery", args=[done.public_id]))
    client.post(reverse("oa:skip", args=[dead.public_id]))
    dead.refresh_from_db()
    assert dead.state == State.SKIPPED
    answer = client.post(reverse("oa:skip", args=[done.public_id]), headers={"accept": "application/json"})
    assert answer.status_code == 409
