"""Which events become deliveries, to whom, and what they say."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from common import outbox
from common.models import OutboxMessage
from oa.catalogue import EVENTS
from oa.models import Delivery
from tests.builders import NOON, World
from tests.oa.builders import SNAPSHOT, happen, make_subscription, work

pytestmark = pytest.mark.django_db

URL = "https://oa.example.com/hooks"


def make(world: World, *kinds: str) -> list[Delivery]:
    """Let things happen to one document and the deliveries be made, not sent."""
    subject = uuid4()
    for kind in kinds:
        happen(world.company, kind, subject=subject, actor=world.alice, at=NOON)
    while outbox.work_one(outbox.lanes()[0]):
        pass
    return list(Delivery.objects.order_by("pk"))


def test_each_receiver_of_the_company_gets_each_event_it_wants_once(world: World) -> None:
    everything = make_subscription(world.company, URL)
    approvals = make_subscription(world.company, URL, topics=["claim.approved"])
    make_subscription(world.other_company, URL)
    make_subscription(world.company, URL, ended_at=NOON)
    made = make(world, "claim.submitted", "claim.approved")
    assert [(one.subscription, one.topic, one.sequence) for one in made] == [
        (everything, "claim.submitted", 1),
        (everything, "claim.approved", 2),
        (approvals, "claim.approved", 1),
    ]
    assert {one.company for one in made} == {world.company}


@pytest.mark.parametrize("kind", ["claim.created", "claim.deleted", "voucher.drafted", "upload.received"])
def test_what_is_only_a_draft_stays_inside(world: World, kind: str) -> None:
    make_subscription(world.company, URL)
    assert make(world, kind) == []
    assert kind not in EVENTS


def test_a_receiver_that_is_paused_has_its_events_kept_for_later(world: World) -> None:
    make_subscription(world.company, URL, active=False)
    assert len(make(world, "claim.submitted")) == 1


def test_an_event_handled_twice_makes_its_deliveries_once(world: World) -> None:
    make_subscription(world.company, URL)
    make(world, "claim.submitted")
    OutboxMessage.objects.filter(consumer="oa.deliveries").update(state="pending")
    work()
    assert Delivery.objects.count() == 1


def test_the_body_is_a_cloud_event_with_the_document_and_its_recognised_invoices(world: World) -> None:
    make_subscription(world.company, URL)
    [submitted] = make(world, "claim.submitted")
    event = json.loads(submitted.body)
    assert {key: event[key] for key in event if key not in {"data", "id", "subject"}} == {
        "specversion": "1.0",
        "source": f"/companies/{world.company.code}",
        "type": "claim.submitted",
        "time": "2026-11-24T04:00:00Z",
        "datacontenttype": "application/json",
        "dataschema": "urn:reimburse:event:claim.submitted:1",
        "sequence": "1",
        "sequencetype": "Integer",
    }
    assert (event["id"], event["subject"]) == (str(submitted.event_id), str(submitted.subject_id))
    document = event["data"]["document"]
    assert document["lines"][0]["invoices"][0]["seller_name"] == "上海酒店"
    assert document["total"] == "1288.50"  # text, never a float
    assert event["data"]["actor"] == {
        "id": str(world.alice.public_id),
        "staff_number": world.alice.staff_number,
        "name": "Alice",
    }
    assert "上海酒店" in submitted.body  # readable, not escaped


def test_a_later_event_repeats_the_document_as_last_submitted_with_its_present_state(world: World) -> None:
    make_subscription(world.company, URL)
    subject = uuid4()
    happen(world.company, "claim.submitted", subject=subject, title="第一次")
    happen(world.company, "claim.returned", subject=subject, status="returned", comment="请补水单", round=1)
    happen(world.company, "claim.submitted", subject=subject, title="第二次", round=2)
    happen(world.company, "claim.approved", subject=subject, status="approved", round=2)
    while outbox.work_one(outbox.lanes()[0]):
        pass
    returned, approved = (
        json.loads(Delivery.objects.get(topic=topic).body)["data"] for topic in ("claim.returned", "claim.approved")
    )
    assert (returned["document"]["title"], returned["document"]["status"]) == ("第一次", "returned")
    assert returned["event"] == {"comment": "请补水单"}
    assert (approved["document"]["title"], approved["document"]["status"]) == ("第二次", "approved")
    assert approved["document"]["lines"] == SNAPSHOT["lines"]


def test_a_body_stays_as_it_was_made_when_the_world_changes(world: World) -> None:
    make_subscription(world.company, URL)
    [delivery] = make(world, "claim.submitted")
    before = delivery.body
    world.company.name = "改名有限公司"
    world.company.save(update_fields=["name"])
    delivery.refresh_from_db()
    assert delivery.body == before


def test_events_of_one_document_come_in_order_and_of_another_count_anew(world: World) -> None:
    make_subscription(world.company, URL)
    make(world, "claim.submitted", "claim.decided", "claim.approved", "voucher.posted")
    make(world, "advance.submitted")
    assert list(Delivery.objects.order_by("pk").values_list("topic", "sequence")) == [
        ("claim.submitted", 1),
        ("claim.decided", 2),
        ("claim.approved", 3),
        ("voucher.posted", 4),
        ("advance.submitted", 1),
    ]
