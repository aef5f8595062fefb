"""Pages of the portal: home, search, the counts of the navigation, one's own page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from directory import selectors as directory
from directory.models import Employee


def viewer_of(request: HttpRequest) -> Employee:
    """The person who is signed in; LoginRequiredMiddleware has turned everybody else away."""
    if not isinstance(request.user, Employee):
        raise TypeError("the page is open to strangers, but asks who is looking")
    return request.user


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/home.html", {"now": timezone.localtime()})


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/search.html", {})


@require_GET
def badges(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/badges.html", {})


@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """Who one is here: posts, language, appearance, password."""
    return render(
        request, "portal/me.html", {"posts": directory.posts_of(viewer_of(request), day=timezone.localdate())}
    )
