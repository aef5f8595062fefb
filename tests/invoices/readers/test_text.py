"""Printed text becomes amounts, dates, ids and names, in all the spellings issuers use."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.capitals import capitals
from invoices.readers import text

CENTS = st.integers(min_value=-(10**11), max_value=10**11).map(lambda cents: Decimal(cents) / 100)
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2099, 12, 31))


@given(CENTS)
def test_an_amount_is_read_in_every_spelling(amount: Decimal) -> None:
    sign, size = ("-" if amount < 0 else ""), abs(amount)
    spellings = (
        f"{amount:.2f}",
        f"¥{amount:.2f}",
        f"￥{amount:.2f}",
        f"{sign}¥{size:,.2f}",
        f"CNY {amount:.2f}",
        f"{amount:.2f}元",
    )
    assert {text.amount(spelling) for spelling in spellings} == {amount.quantize(text.CENT)}


@pytest.mark.parametrize("said", ["", "¥", "***", "免税", "1,23", "12.3.4", "１２３abc", "--5", "五十", "12-3"])
def test_what_is_no_amount_is_none(said: str) -> None:
    assert text.amount(said) is None


def test_full_width_figures_are_figures() -> None:
    assert text.amount("￥１，２３４．５０") == Decimal("1234.50")
    assert text.digits("２４１１２") == "24112"
    assert text.amount("－5.00") == text.amount("−5.00") == Decimal("-5.00")


@pytest.mark.parametrize("said", ["***", "免税", "不征税", "*"])
def test_no_tax_is_a_tax_of_nothing(said: str) -> None:
    assert text.tax_amount(said) == Decimal("0.00")


@given(CENTS.filter(lambda amount: abs(amount) < Decimal("999999999.99")))
def test_capitals_are_read_back(amount: Decimal) -> None:
    written = capitals(abs(amount))
    signed = f"（负数）{written}" if amount < 0 else written
    for spelling in (signed, signed.replace("元", "圆"), signed.replace("整", "正"), f"⊗{signed}", " ".join(signed)):
        assert text.from_capitals(spelling) == amount.quantize(text.CENT)


@given(st.integers(min_value=1, max_value=10**9))
def test_capitals_of_another_program_are_read_too(cents: int) -> None:
    amount = Decimal(cents) / 100
    assert text.from_capitals(cn2an.an2cn(f"{amount:.2f}", "rmb")) == amount.quantize(text.CENT)


@pytest.mark.parametrize("said", ["", "订单号", "元", "壹佰元贰", "壹佰元伍元"])
def test_what_is_no_amount_in_capitals_is_none(said: str) -> None:
    assert text.from_capitals(said) is None


@given(DAYS)
def test_a_date_is_read_in_every_spelling(day: date) -> None:
    spellings = (
        f"{day:%Y年%m月%d日}",
        f"{day.year} 年 {day.month}月{day.day} 日",
        f"{day:%Y-%m-%d}",
        f"{day:%Y/%m/%d}",
        f"{day:%Y%m%d}",
        f"{day:%Y-%m-%d} 09:47:14",
        f"{day:%Y-%m-%d}T09:47:14",
        f"{day:%Y%m%d}172851000",
    )
    assert {text.day(spelling) for spelling in spellings} == {day}


@pytest.mark.parametrize("said", ["", "2026-13-01", "2026-02-30", "26-01-01", "20260101x", "年月日"])
def test_what_is_no_date_is_none(said: str) -> None:
    assert text.day(said) is None


@given(st.text())
def test_nothing_that_is_printed_breaks_reading(said: str) -> None:
    for read in (
        text.clean,
        text.name,
        text.ascii_form,
        text.amount,
        text.tax_amount,
        text.day,
        text.tax_id,
        text.from_capitals,
    ):
        read(said)
    assert not any(ord(char) < 32 or char in "\u200b\ufeff\u202e" for char in text.clean(said))


def test_names_keep_their_brackets_and_lose_stray_spaces() -> None:
    assert text.name("：倍乐生 商贸 （中国） 有限公司 ") == "倍乐生商贸（中国）有限公司"
    assert text.name("ABC  Trading (China) Co., Ltd.") == "ABC Trading (China) Co., Ltd."
    assert text.name("北京⽅正\x00科技") == "北京方正科技"  # a radical where the character is meant


def test_names_in_other_widths_are_the_same() -> None:
    assert text.same_text("示例（上海）ＡＢＣ公司", "示例(上海) abc公司")
    assert not text.same_text("示例公司", "示例公司上海分公司")


@pytest.mark.parametrize(
    "said",
    ["2024-6-2 10:20:30", "2024/6/2 8:05", "2024-06-02T10:20:30+08:00", "2024年6月2日 10:20", "2024 年6 月2日8:05"],
)
def test_a_clock_time_never_runs_into_the_day(said: str) -> None:
    assert text.day(said) == date(2024, 6, 2)


def test_a_day_and_an_hour_that_stand_together_are_no_date() -> None:
    assert text.day("2024 - 6 - 2 10:20") is None


def test_digits_that_ran_together_are_no_amount() -> None:
    assert text.amount("9999999999999.99") == Decimal("9999999999999.99")
    assert text.amount("10000000000000.00") is None
