"""Figures, dates, people and states look the same on every page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django.template import Context, Template
from django.utils import translation

from common import findings
from common.errors import Finding
from common.money import Money
from common.templatetags import ui
from reimburse.models import Document
from vouchers.models import Voucher

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1234.5"), "¥1,234.50"),
        (Decimal(-20), "-¥20.00"),
        (Decimal("2.675"), "¥2.68"),
        (0, "¥0.00"),
        (None, "—"),
        (Money(Decimal(99), "USD"), "USD 99.00"),
        (Money(Decimal(1200), "JPY"), "JPY 1,200"),
    ],
)
def test_money_has_its_currency_separators_and_two_digits(value: object, shown: str) -> None:
    assert render("{{ value|money }}", value=value) == shown


def test_amount_leaves_the_currency_to_the_head_of_the_column() -> None:
    assert ui.amount(Decimal(12846)) == "12,846.00"
    assert ui.amount(None) == "—"


def test_capital_writes_yuan_only() -> None:
    assert ui.capital(Decimal("1409.50")) == "壹仟肆佰零玖元伍角整"
    assert ui.capital(Money(Decimal(5), "USD")) == ""


def test_percent_of_nothing_is_a_dash() -> None:
    assert ui.percent(Decimal(1), Decimal(3)) == "33.3%"
    assert ui.percent(Decimal(1), Decimal(0)) == "—"


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=5), "刚刚"),
        (timedelta(minutes=7), "7 分钟前"),
        (timedelta(hours=22), "22 小时前"),
        (timedelta(days=3), "3 天前"),
        (timedelta(days=8), "2026-11-16"),
        (timedelta(hours=-1), "2026-11-24"),
    ],
)
def test_near_times_are_relative_and_the_title_has_the_moment(passed: timedelta, words: str) -> None:
    shown = ui.ago(NOON - passed)
    assert f">{words}</time>" in shown
    assert f'title="{ui.moment(NOON - passed)}"' in shown


def test_moments_are_shown_in_local_time() -> None:
    assert ui.moment(NOON) == "2026-11-24 12:00"
    assert ui.day(datetime(2026, 11, 24, 17, 0, tzinfo=UTC)) == "2026-11-25"


@time_machine.travel(NOON, tick=False)
def test_durations_speak_the_viewers_language() -> None:
    with translation.override("en"):
        assert ">1 day</time>" in ui.waited(NOON - timedelta(days=1))
        assert ">2 hours</time>" in ui.waited(NOON - timedelta(hours=2))


@pytest.mark.parametrize("status", [*Document.Status.values, *Voucher.Status.values])
def test_every_status_of_documents_and_vouchers_has_a_pill(status: str) -> None:
    assert 'class="bx-status"' in ui.status_pill(status)


def test_an_unknown_status_is_an_error_and_not_a_grey_pill() -> None:
    with pytest.raises(KeyError):
        ui.status_pill("sleeping")


@pytest.mark.parametrize(
    ("name", "letters"), [("林知夏", "知夏"), ("许清", "许清"), ("Ada Lovelace", "AL"), ("carol", "C")]
)
def test_a_face_shows_two_characters_and_hides_from_screen_readers(name: str, letters: str) -> None:
    shown = ui.face(SimpleNamespace(name=name, pk=7))
    assert f">{letters}</span>" in shown
    assert 'aria-hidden="true"' in shown
    assert 'data-tone="1"' in shown


def test_a_name_is_escaped_wherever_it_is_drawn() -> None:
    hostile = "<script>alert(1)</script>"
    for shown in (ui.face(SimpleNamespace(name=hostile, pk=1)), ui.mark("ok", hostile)):
        assert "<script>" not in shown


def test_a_bar_stacks_its_three_parts_by_attributes_not_styles() -> None:
    shown = ui.bar(Decimal(50), Decimal(20), Decimal(10), Decimal(100))
    assert 'x="0.00%" width="50.00%"' in shown
    assert 'x="50.00%" width="20.00%"' in shown
    assert 'x="70.00%" width="10.00%"' in shown
    assert "style" not in shown
    assert "¥50.00" in shown  # the figures, for who cannot see the bar


def test_a_bar_without_total_is_filled_by_its_parts() -> None:
    assert 'width="75.00%"' in ui.bar(Decimal(3), Decimal(1), Decimal(0))
    assert "<rect" not in ui.bar(Decimal(0), Decimal(0), Decimal(0))


def test_a_bar_over_its_total_is_full_and_says_so() -> None:
    shown = ui.bar(Decimal(90), Decimal(20), Decimal(0), Decimal(100))
    assert 'class="is-over" width="100%"' in shown
    assert ui.bar(Decimal(0), Decimal(0), Decimal(0), Decimal(0)).count("<rect") == 0


def test_dots_tell_how_far_a_document_is() -> None:
    shown = ui.dots(["done", "now", "next"])
    assert shown.count("<circle") == 3
    assert "第 2 步，共 3 步" in shown
    assert "尚未提交" in ui.dots(["next", "next"])


def test_a_finding_is_worded_in_the_viewers_language() -> None:
    findings.register({"test.tag": "%(missing)s receipts are missing"})
    found = Finding("test.tag", "block", params={"missing": 2})
    assert "2 receipts are missing" in ui.finding(found)
    assert ui.finding(found) == ui.finding(found.as_json())
