"""What every page shows around its own content, worked out only where a template asks for it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from directory import selectors as directory
from directory.models import Employee, Post
from portal import brand, navigation


class Shell:
    """The frame of a page for one request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def viewer(self) -> Employee | None:
        user = getattr(self.request, "user", None)
        return user if isinstance(user, Employee) else None

    @property
    def product(self) -> str:
        return brand.product_name()

    @property
    def seen(self) -> navigation.Seen:
        if self.viewer is None:
            raise TypeError("the navigation belongs to somebody who is signed in")
        return navigation.Seen(self.viewer, self.post)

    @property
    def numbered(self) -> list[str]:
        """The numbers that the navigation of this viewer carries, by their names (`counts.COUNTS`)."""
        return [entry.count for group in self.menu for entry in group.entries if entry.count]

    @property
    def numbered_tabs(self) -> list[str]:
        return [tab.count for tab in self.tabs if tab.count]

    @cached_property
    def menu(self) -> list[navigation.Group]:
        return navigation.menu(self.seen, self.request.path) if self.viewer else []

    @cached_property
    def tabs(self) -> list[navigation.Entry]:
        return navigation.tabs(self.seen, self.request.path) if self.viewer else []

    @cached_property
    def post(self) -> Post | None:
        """The viewer's main post today."""
        posts = directory.posts_of(self.viewer, day=timezone.localdate()) if self.viewer else []
        return posts[0] if posts else None


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell`, and the language for pages rendered outside the i18n processor."""
    return {"shell": Shell(request), "LANGUAGE_CODE": getattr(request, "LANGUAGE_CODE", "")}
