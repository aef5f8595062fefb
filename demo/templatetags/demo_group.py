"""What pages add while the example group is loaded: who may sign in, and invoices to try. Nothing elsewhere."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings

from demo.group import LOGINS, PASSWORD

register = template.Library()


@register.inclusion_tag("demo/logins.html")
def demo_logins() -> dict[str, Any]:
    """The logins of the example group, on the sign-in page."""
    return {"logins": LOGINS, "password": PASSWORD} if settings.DEMO else {}


@register.inclusion_tag("demo/invoices.html")
def demo_invoices() -> dict[str, Any]:
    """A link to invoices that can be dropped into the wallet at once, on the start page."""
    return {"demo": settings.DEMO}
