"""A receiver that listens, and a subscription to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from oa.models import Subscription
from tests.builders import World
from tests.oa import receiver as receivers
from tests.oa.builders import SECRET, allow_loopback, make_subscription


@pytest.fixture
def receiver() -> Iterator[receivers.Receiver]:
    with receivers.running(SECRET) as listening:
        yield listening


@pytest.fixture
def subscription(world: World, receiver: receivers.Receiver) -> Subscription:
    allow_loopback(world.company, receiver.port)
    return make_subscription(world.company, receiver.url)
