"""Who is looking."""

from __future__ import annotations

from django.http import HttpRequest

from directory.models import Employee


def viewer_of(request: HttpRequest) -> Employee:
    """The person who is signed in; LoginRequiredMiddleware has turned everybody else away."""
    if not isinstance(request.user, Employee):
        raise TypeError("the page is open to strangers, but asks who is looking")
    return request.user
