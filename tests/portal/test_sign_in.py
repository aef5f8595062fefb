"""Signing in, being locked out, being away too long, changing the password."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.builders import NOON, PASSWORD, World

LOGIN = "/login/"


def sign_in(client: Client, name: str = "alice", password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"username": name, "password": password} | more)


def test_the_right_password_leads_home(client: Client, world: World) -> None:
    response = sign_in(client)
    assert response.status_code == 302
    assert response["Location"] == "/"


def test_a_stranger_is_led_to_the_sign_in_and_back_to_the_page(client: Client, world: World) -> None:
    asked = client.get("/me/")
    assert asked["Location"] == "/login/?next=/me/"
    assert sign_in(client, next="/me/")["Location"] == "/me/"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_next_never_leads_to_another_site(client: Client, world: World, target: str) -> None:
    assert sign_in(client, next=target)["Location"] == "/"
    assert client.post("/language/", {"language": "en", "next": target})["Location"] == "/"


def test_a_wrong_password_says_what_to_do_and_not_which_half_was_wrong(client: Client, world: World) -> None:
    wrong, unknown = sign_in(client, password="wrong"), sign_in(client, name="nobody", password="wrong")
    for response in (wrong, unknown):
        assert response.status_code == 200
        assert "用户名或密码不对" in response.content.decode()


def test_five_wrong_passwords_lock_the_account_for_a_while(client: Client, world: World) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        locked = sign_in(client, password="wrong")
    assert locked.status_code == 429
    page = locked.content.decode()
    assert "连续输错 5 次密码" in page
    assert "15 分钟后再试" in page
    assert sign_in(client).status_code == 429  # the right one does not help now
    assert sign_in(client, name="bob").status_code == 302  # and nobody else is locked


def guess(client: Client, forwarded: str, password: str = "wrong") -> int:
    """A guess that came through our proxy, which put the last address there."""
    form = {"username": "alice", "password": password}
    return client.post(LOGIN, form, headers={"X-Forwarded-For": forwarded}).status_code


def test_a_stranger_behind_the_same_proxy_does_not_lock_somebody_out(client: Client, world: World, settings) -> None:
    settings.BEHIND_TLS_PROXY = True
    for n in range(settings.AXES_FAILURE_LIMIT):  # whatever he says of himself, one address is locked
        locked = guess(client, f"192.0.2.{n}, 203.0.113.9")
    assert locked == 429
    assert guess(client, "203.0.113.10", PASSWORD) == 302


def test_without_a_proxy_nobody_chooses_his_address(client: Client, world: World) -> None:
    for n in range(settings.AXES_FAILURE_LIMIT):
        guess(client, f"203.0.113.{n}")
    assert guess(client, "203.0.113.99", PASSWORD) == 429


def test_the_lock_opens_by_itself(client: Client, world: World) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(settings.AXES_FAILURE_LIMIT):
            sign_in(client, password="wrong")
        assert sign_in(client).status_code == 429
        clock.shift(timedelta(hours=settings.AXES_COOLOFF_TIME, seconds=1))
        assert sign_in(client).status_code == 302


def test_somebody_who_left_cannot_sign_in(client: Client, world: World) -> None:
    world.alice.is_active = False
    world.alice.save()
    assert sign_in(client).status_code == 200


def test_an_hour_without_a_click_signs_out_and_says_why(client: Client, world: World) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client.force_login(world.alice)
        clock.shift(timedelta(seconds=settings.SESSION_IDLE_SECONDS - 1))
        assert client.get("/me/").status_code == 200
        clock.shift(timedelta(seconds=settings.SESSION_IDLE_SECONDS + 1))
        away = client.get("/me/")
        assert away.status_code == 302
        assert away["Location"] == "/login/?next=/me/&ended=idle"
        assert "您离开了一段时间" in client.get(away["Location"]).content.decode()


def test_polling_in_the_background_does_not_keep_a_session_alive(client: Client, world: World) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client.force_login(world.alice)
        for _ in range(7):
            clock.shift(timedelta(minutes=10))
            answer = client.get("/badges/?poll=1", headers={"HX-Request": "true"})
        assert answer.status_code == 204
        assert answer["HX-Redirect"].startswith("/login/")


def test_a_session_ends_with_the_working_day_however_busy_it_is(client: Client, world: World) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client.force_login(world.alice)
        for _ in range(settings.SESSION_COOKIE_AGE // 1800):
            assert client.get("/me/").status_code == 200
            clock.shift(timedelta(minutes=30))
        assert client.get("/me/").status_code == 302


def test_a_fragment_without_session_sends_the_whole_page_to_the_sign_in(client: Client, world: World) -> None:
    answer = client.get(
        "/badges/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/me/", "Host": "testserver"}
    )
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/login/?next=http%3A//testserver/me/"
    foreign = client.get("/badges/", headers={"HX-Request": "true", "HX-Current-URL": "https://evil.example/"})
    assert "evil" not in foreign["HX-Redirect"]


def test_the_admin_has_no_door_of_its_own(client: Client, world: World) -> None:
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/login/?next=/admin/"
    client.force_login(world.alice)
    assert client.get("/admin/", follow=True).status_code == 403
    world.alice.is_staff = True
    world.alice.save()
    assert client.get("/admin/").status_code == 200


def test_signing_out_needs_a_post_and_ends_the_session(client: Client, world: World) -> None:
    client.force_login(world.alice)
    assert client.get("/logout/").status_code == 405
    client.post("/logout/")
    assert client.get("/me/").status_code == 302


def test_a_changed_password_ends_the_other_sessions(client: Client, world: World) -> None:
    other = Client()
    for browser in (client, other):
        browser.force_login(world.alice)
    new = "quiet mountains over there"
    fields = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post(reverse("password_change"), fields).status_code == 302
    assert client.get("/me/").status_code == 200
    assert other.get("/me/").status_code == 302


@pytest.mark.parametrize("weak", ["1234567890123", "password123", "short", "alicewonder"])
def test_a_weak_password_is_refused(client: Client, world: World, weak: str) -> None:
    world.alice.name_en = "Alice Wonderland"
    world.alice.save()
    client.force_login(world.alice)
    response = client.post(
        reverse("password_change"), {"old_password": PASSWORD, "new_password1": weak, "new_password2": weak}
    )
    assert response.status_code == 200
    assert "bx-field-error" in response.content.decode()
    world.alice.refresh_from_db()
    assert world.alice.check_password(PASSWORD)
