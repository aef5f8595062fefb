"""docs/events.md promises names to others: it must have all of them, and its example must be what is really sent."""

from __future__ import annotations

import json
import re

import pytest
from django.conf import settings

from common import outbox
from oa.catalogue import EVENTS, TESTED
from oa.models import Delivery
from tests.builders import World
from tests.oa.builders import happen, make_subscription

PAPER = (settings.BASE_DIR / "docs" / "events.md").read_text()


def test_every_event_and_every_consumer_stands_in_the_paper() -> None:
    assert {name for name in (*EVENTS, TESTED) if f"`{name}`" not in PAPER} == set()
    consumers = [consumer.name for consumer in outbox._consumers.values()]
    assert {name for name in consumers if f"| `{name}` |" not in PAPER} == set()


@pytest.mark.django_db
def test_the_example_has_the_keys_of_what_is_sent(world: World) -> None:
    make_subscription(world.company, "https://oa.example.com/")
    happen(world.company, "claim.approved", actor=world.bob)
    while outbox.work_one(outbox.lanes()[0]):
        pass
    sent = json.loads(Delivery.objects.get().body)
    example = json.loads(re.findall(r"```json\n(.*?)```", PAPER, re.DOTALL)[0])
    assert list(example) == list(sent)
    assert list(example["data"]) == list(sent["data"])
    assert set(example["data"]["actor"]) == set(sent["data"]["actor"])
