"""What a receiver's library accepts, and what it must refuse."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from oa import services, signing
from oa.models import Delivery
from tests.builders import NOON, World, grant
from tests.oa.builders import SECRET, make_subscription

BODY = json.dumps({"type": "claim.approved", "标题": "上海出差"}, ensure_ascii=False)
OTHER = "whsec_" + "b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXItb3Q="


def signed(*secrets: str, at: datetime = NOON) -> dict[str, str]:
    return signing.headers(message_id="msg-1", body=BODY, secrets=secrets or (SECRET,), at=at)


def accepts(headers: dict[str, str], body: str = BODY, secret: str = SECRET, at: datetime = NOON) -> bool:
    with time_machine.travel(at, tick=False):
        try:
            Webhook(secret).verify(body, headers)
        except WebhookVerificationError:
            return False
    return True


def test_what_we_sign_is_accepted() -> None:
    assert accepts(signed())


def test_every_changed_byte_of_the_body_is_refused() -> None:
    headers = signed()
    for place in range(len(BODY)):
        changed = BODY[:place] + chr(ord(BODY[place]) ^ 1) + BODY[place + 1 :]
        assert not accepts(headers, body=changed)


def test_a_changed_id_time_or_signature_is_refused() -> None:
    headers = signed()
    assert not accepts(headers | {"webhook-id": "msg-2"})
    assert not accepts(headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)})
    assert not accepts(headers | {"webhook-signature": "v1," + "A" * 43 + "="})


@pytest.mark.parametrize(("off", "fine"), [
    (timedelta(minutes=4), True), (timedelta(minutes=-4), True),
    (timedelta(minutes=6), False), (timedelta(minutes=-6), False),
])  # fmt: skip
def test_a_signature_is_good_for_five_minutes(off: timedelta, fine: bool) -> None:
    assert accepts(signed(), at=NOON + off) is fine


def test_another_secret_is_refused() -> None:
    assert not accepts(signed(), secret=OTHER)


def test_while_secrets_change_over_both_are_accepted() -> None:
    headers = signed(SECRET, OTHER)
    assert accepts(headers)
    assert accepts(headers, secret=OTHER)


@pytest.mark.django_db
def test_after_a_change_both_secrets_sign_for_a_week_and_then_the_new_one_alone(world: World) -> None:
    grant(world.carol, "oa.manage", company=world.company)
    receiver = make_subscription(world.company, "https://oa.example.com/")
    receiver, new = services.rotate_secret(subscription_id=receiver.public_id, actor=world.carol, at=NOON)
    assert signing.secrets_of(receiver, at=NOON + timedelta(days=6)) == [new, SECRET]
    assert signing.secrets_of(receiver, at=NOON + timedelta(days=8)) == [new]
    receiver, newest = services.rotate_secret(subscription_id=receiver.public_id, actor=world.carol, at=NOON)
    assert signing.secrets_of(receiver, at=NOON) == [newest, new]
    receiver = services.drop_previous_secret(subscription_id=receiver.public_id, actor=world.carol, at=NOON)
    assert signing.secrets_of(receiver, at=NOON) == [newest]


@pytest.mark.django_db
def test_a_secret_lies_sealed_in_the_database_bound_to_its_row(world: World) -> None:
    first, second = (make_subscription(world.company, "https://oa.example.com/") for _ in range(2))
    assert SECRET.encode() not in bytes(first.secret)
    second.secret = first.secret
    with pytest.raises(Exception, match="another row"):
        signing.secrets_of(second, at=timezone.now())
    assert not Delivery.objects.exists()


def test_secrets_are_long_and_never_the_same() -> None:
    secrets = {signing.new_secret() for _ in range(50)}
    assert len(secrets) == 50
    assert all(len(Webhook(secret)._whsecret) == 32 for secret in secrets)
