"""When something goes wrong there is a page or a message that says what to do, and a number."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from common.errors import Finding, NotReady, WrongState
from tests.builders import World


def fail(request: HttpRequest, what: str) -> HttpResponse:
    errors: dict[str, Exception] = {
        "bug": ZeroDivisionError("secret detail"),
        "forbidden": PermissionDenied("secret detail"),
        "bad": SuspiciousOperation("secret detail"),
        "business": WrongState(subject="BX-2026-000001", state="approved"),
        "findings": NotReady([Finding("test.portal", params={"n": 2})]),
    }
    raise errors[what]


urlpatterns = [path("fail/<str:what>/", fail), path("", include("portal.urls"))]
handler400 = "portal.failures.bad_request"
handler403 = "portal.failures.permission_denied"
handler404 = "portal.failures.page_not_found"
handler500 = "portal.failures.server_error"


@pytest.fixture
def browser(world: World) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(world.alice)
    return client


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/nothing/here/", 404, "这个地址没有内容"),
        ("/fail/bug/", 500, "系统这边出了差错"),
        ("/fail/forbidden/", 403, "您没有这项权限"),
        ("/fail/bad/", 400, "服务器没看懂这次请求"),
    ],
)
@override_settings(ROOT_URLCONF=__name__)
def test_an_error_is_a_page_with_a_sentence_and_the_requests_number(
    browser: Client, address: str, status: int, words: str
) -> None:
    response = browser.get(address)
    page = response.content.decode()
    assert response.status_code == status
    assert words in page
    assert f"编号 {response['X-Request-Id']}" in page
    assert "secret detail" not in page
    assert "Content-Security-Policy" in response


@pytest.mark.parametrize("address", ["/nothing/", "/fail/bug/", "/fail/forbidden/", "/fail/business/"])
@override_settings(ROOT_URLCONF=__name__)
def test_a_fragment_gets_a_floating_message_and_keeps_the_page(browser: Client, address: str) -> None:
    response = browser.get(address, headers={"HX-Request": "true"})
    assert response.status_code >= 400
    assert response["HX-Retarget"] == "#toasts"
    assert response.content.decode().strip().startswith('<div class="bx-toast" data-is="bad" role="alert">')


@override_settings(ROOT_URLCONF=__name__)
def test_a_business_error_on_a_page_says_its_sentence(browser: Client) -> None:
    response = browser.get("/fail/business/")
    assert response.status_code == 409
    assert "BX-2026-000001" in response.content.decode()


@override_settings(ROOT_URLCONF=__name__)
def test_the_message_carries_the_request_number_of_a_bug(browser: Client) -> None:
    response = browser.get("/fail/bug/", headers={"HX-Request": "true"})
    assert response["X-Request-Id"] in response.content.decode()


@override_settings(ROOT_URLCONF=__name__)
def test_the_number_stands_in_the_log(browser: Client, caplog: pytest.LogCaptureFixture) -> None:
    response = browser.get("/fail/bug/")
    assert any(response["X-Request-Id"] in record.getMessage() for record in caplog.records)


def test_the_error_page_asks_the_database_nothing(browser: Client, django_assert_num_queries: Any) -> None:
    stranger = Client()
    with django_assert_num_queries(0):
        page = stranger.get("/nothing/here/").content.decode()
    assert "这个地址没有内容" in page


def test_a_form_without_its_token_is_refused_with_a_way_on(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/login/", {"username": "alice", "password": "x"})
    assert response.status_code == 403
    assert re.search("页面打开太久了", response.content.decode())
