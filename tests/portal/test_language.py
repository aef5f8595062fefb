"""Chinese by default, English where somebody chose it."""

from __future__ import annotations

from django.test import Client

from tests.builders import PASSWORD, World


def test_the_pages_speak_chinese_whatever_the_browser_says(client: Client, world: World) -> None:
    page = client.get("/login/", headers={"Accept-Language": "en-US,en"})
    assert '<html lang="zh-hans"' in page.content.decode()
    assert page["Content-Language"] == "zh-hans"


def test_the_choice_stays_on_the_device_and_leads_back_to_the_page(client: Client, world: World) -> None:
    answer = client.post("/language/", {"language": "en", "next": "/login/?next=/me/"})
    assert answer["Location"] == "/login/?next=/me/"
    assert "Sign-in name" in client.get("/login/").content.decode()


def test_the_choice_follows_the_person_to_another_device(client: Client, world: World) -> None:
    client.force_login(world.alice)
    client.post("/language/", {"language": "en"})
    world.alice.refresh_from_db()
    assert world.alice.language == "en"
    other = Client()
    other.post("/login/", {"username": "alice", "password": PASSWORD})
    assert "My details" in other.get("/me/").content.decode()


def test_an_unknown_language_changes_nothing(client: Client, world: World) -> None:
    client.post("/language/", {"language": "tlh", "next": "/login/"})
    assert '<html lang="zh-hans"' in client.get("/login/").content.decode()
