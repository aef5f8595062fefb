"""Money is exact, and says so."""

import random
from decimal import Decimal

import cn2an
import pytest

from common.capitals import capitals
from common.money import Money, cny, round_amount


def test_floats_are_refused():
    with pytest.raises(TypeError):
        Money(0.1)
    with pytest.raises(TypeError):
        cny(1) * 0.1  # type: ignore[operator]


def test_currencies_do_not_mix():
    with pytest.raises(ValueError, match="cannot be mixed"):
        cny("1") + Money(Decimal(1), "USD")


def test_rounding_is_half_up():
    assert round_amount(Decimal("2.675")) == Decimal("2.68")
    assert round_amount(Decimal("-2.675")) == Decimal("-2.68")
    assert round_amount(Decimal("2.5"), "JPY") == Decimal(3)


def test_shares_add_up_to_the_whole():
    seed = 20261124
    print(f"seed {seed}")
    chance = random.Random(seed)
    for _ in range(500):
        whole = cny(Decimal(chance.randint(-10_000_000, 10_000_000)) / 100)
        weights = [chance.randint(0, 100) for _ in range(chance.randint(1, 9))] + [1]
        parts = whole.allocate(weights)
        assert sum((part.amount for part in parts), Decimal(0)) == whole.amount
        assert len(parts) == len(weights)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("10", "壹拾元整"),
        ("0.05", "伍分"),
        ("0.5", "伍角整"),
        ("100010001.01", "壹亿零壹万零壹元零壹分"),
        ("0", "零元整"),
        ("-12.30", "负壹拾贰元叁角整"),
        ("1000000000000.00", "壹万亿元整"),
        ("12846", "壹万贰仟捌佰肆拾陆元整"),
    ],
)
def test_capitals_are_those_of_the_payment_rules(amount, expected):
    assert capitals(Decimal(amount)) == expected


def test_capitals_agree_with_another_writer():
    """cn2an writes the same amounts independently; both allow 零 to be left out or kept between 万 and 仟."""
    seed = 7
    print(f"seed {seed}")
    chance = random.Random(seed)
    for _ in range(2000):
        amount = Decimal(chance.randint(1, 10 ** chance.randint(1, 13))) / 100
        theirs = cn2an.an2cn(f"{amount:.2f}", "rmb")
        assert capitals(amount).replace("零", "").removesuffix("整") == theirs.replace("零", "").removesuffix("整"), (
            amount
        )
