"""Sessions end: after a working day at the latest (SESSION_COOKIE_AGE), and after an hour without a click.

Background polling, which carries `poll` in its address, does not count as a click; the moment of the last click is
written at most every five minutes, so that an ordinary page costs no UPDATE.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

SEEN, BEGAN = "seen_at", "began_at"  # seconds since 1970, in the session
WRITE_EVERY = 300  # seconds


def receive_sign_in(*, request: HttpRequest, **_kwargs: object) -> None:
    """Receiver of user_logged_in: the hour and the day start with the sign-in."""
    request.session[SEEN] = request.session[BEGAN] = timezone.now().timestamp()


class SessionMiddleware:
    """Signs out who was away too long, sends fragments that need a sign-in to its page, forbids to keep pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        ended = _has_ended(request) if request.user.is_authenticated else ""
        if ended:
            logout(request)
            response: HttpResponse = redirect_to_login(_page(request))
            response["Location"] += f"&ended={ended}"
        else:
            response = self.get_response(request)
        if request.user.is_authenticated:  # after signing out, Back on a shared computer shows nobody's figures
            response.headers.setdefault("Cache-Control", "private, no-store")
        return _whole_page(request, response)


def _has_ended(request: HttpRequest) -> str:
    """Why the session is over: "idle", "day", or not ("")."""
    now = timezone.now().timestamp()
    seen = request.session.get(SEEN, now)
    if now - seen > settings.SESSION_IDLE_SECONDS:
        return "idle"
    if now - request.session.get(BEGAN, now) >= settings.SESSION_COOKIE_AGE:
        return "day"  # writing the last click has put off the expiry of the row, so it is measured here
    if now - seen > WRITE_EVERY and "poll" not in request.GET:
        request.session[SEEN] = now
    return ""


def _page(request: HttpRequest) -> str:
    """The address to come back to: that of the page, not that of the fragment it asked for."""
    page = request.headers.get("HX-Current-URL", "")
    if page and url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return page
    return request.get_full_path()


def _whole_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """htmx would lay the sign-in page into the fragment's place; tell it to load the whole page instead."""
    target = response.headers.get("Location", "")
    if "HX-Request" not in request.headers or not target.startswith(resolve_url(settings.LOGIN_URL)):
        return response
    if "&ended=" not in target:
        target = redirect_to_login(_page(request)).url
    whole = HttpResponse(status=204, headers={"HX-Redirect": target})
    whole.cookies = response.cookies
    return whole
