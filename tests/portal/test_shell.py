"""The frame of the pages: what each person sees in it, and that everything in it leads somewhere."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from directory import rights
from directory import selectors as directory
from portal import navigation
from tests.builders import PASSWORD, TODAY, World, grant

EVERYBODY = {"首页", "票夹", "我的单据", "待我审批"}


def labels(world: World, name: str) -> set[str]:
    viewer = getattr(world, name)
    post = directory.posts_of(viewer, day=TODAY)[0]
    return {
        str(entry.label) for group in navigation.menu(navigation.Seen(viewer, post), "/") for entry in group.entries
    }


def signed_in(client: Client, world: World, name: str) -> Client:
    client.force_login(getattr(world, name))
    return client


def test_employees_see_their_own_places_only(world: World) -> None:
    assert labels(world, "alice") == EVERYBODY


def test_finance_sees_vouchers_and_budgets(world: World) -> None:
    assert labels(world, "carol") == EVERYBODY | {"凭证", "预算"}


def test_who_heads_a_department_sees_its_budget(world: World) -> None:
    assert labels(world, "bob") == EVERYBODY | {"预算"}


def test_who_connects_systems_sees_the_connections(world: World) -> None:
    grant(world.erin, rights.MANAGE_CONNECTIONS, company=world.company, code="it")
    assert labels(world, "erin") == EVERYBODY | {"预算", "OA 对接"}


def test_only_administrators_see_the_admin(world: World) -> None:
    world.bob.is_staff = True
    assert "管理后台" in labels(world, "bob")
    assert "管理后台" not in labels(world, "alice")


@pytest.mark.parametrize("place", [*navigation.PLACES, *navigation.TABS], ids=lambda place: place.target)
def test_every_place_of_the_navigation_has_an_address(place: navigation.Place) -> None:
    assert reverse(place.target).startswith("/")


@pytest.mark.parametrize("name", ["alice", "bob", "carol", "dan", "erin"])
def test_every_link_of_the_frame_leads_to_a_page(client: Client, world: World, name: str) -> None:
    signed_in(client, world, name)
    page = client.get("/me/").content.decode()
    links = {href for href in re.findall(r'<a [^>]*href="(/[^"]*)"', page) if not href.startswith("/static/")}
    assert len(links) >= 6
    for href in links:
        assert client.get(href).status_code == 200, href


def test_the_current_place_is_marked_once(client: Client, world: World) -> None:
    signed_in(client, world, "alice")
    page = client.get("/").content.decode()
    navigation_part = page[page.index("<nav") : page.index("</nav>")]
    assert navigation_part.count('aria-current="page"') == 1


def test_a_page_below_a_place_belongs_to_it() -> None:
    assert navigation._is_here("/wallet/", "/wallet/3f/")
    assert not navigation._is_here("/", "/wallet/")


def test_the_frame_costs_few_statements(client: Client, world: World, django_assert_max_num_queries: Any) -> None:
    signed_in(client, world, "carol")
    with django_assert_max_num_queries(5):  # session, person, rights, post of the frame; posts of the page
        client.get("/me/")


def test_the_policy_allows_no_inline_script_or_style(client: Client, world: World) -> None:
    policy = signed_in(client, world, "alice").get("/me/")["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy


def test_what_was_said_once_is_not_said_again(client: Client, world: World) -> None:
    signed_in(client, world, "alice")
    new = "quiet far hills"
    client.post(reverse("password_change"), {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert "密码已修改" in client.get("/me/").content.decode()
    assert "密码已修改" not in client.get("/me/").content.decode()
