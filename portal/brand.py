"""What the pages call the product: the name the company group gave it, else its own."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def product_name() -> str:
    english = (get_language() or "").startswith("en")
    own = (settings.PRODUCT_NAME_EN or settings.PRODUCT_NAME) if english else settings.PRODUCT_NAME
    return own or _("Reimburse")
