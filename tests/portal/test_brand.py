"""The pages carry the name that the company group gave the product."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from portal import brand


@pytest.mark.parametrize(
    ("chinese", "english", "shown", "shown_in_english"),
    [
        ("远山报销", "Yuanshan Expenses", "远山报销", "Yuanshan Expenses"),
        ("远山报销", "", "远山报销", "远山报销"),
        ("", "", "报销", "Reimburse"),
    ],
)
def test_the_name_follows_the_language_and_what_is_given(
    settings: Any, chinese: str, english: str, shown: str, shown_in_english: str
) -> None:
    settings.PRODUCT_NAME, settings.PRODUCT_NAME_EN = chinese, english
    assert brand.product_name() == shown
    with translation.override("en"):
        assert brand.product_name() == shown_in_english


def test_the_sign_in_page_carries_it(client: Client, settings: Any) -> None:
    settings.PRODUCT_NAME = "云上费控"
    page = client.get("/login/").content.decode()
    assert "<title>登录 · 云上费控</title>" in page
