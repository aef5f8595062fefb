"""Money: an exact amount in one currency.

Amounts are Decimal and never float; rounding is half up to the currency's minor unit and happens here only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

HOME_CURRENCY = "CNY"
MINOR_DIGITS = {"JPY": 0, "KRW": 0}  # ISO 4217; every other currency we meet has two digits
ZERO = Decimal("0.00")


def round_amount(amount: Decimal, currency: str = HOME_CURRENCY) -> Decimal:
    """Round half up to the currency's minor unit: 2.675 CNY is 2.68."""
    return amount.quantize(Decimal(1).scaleb(-MINOR_DIGITS.get(currency, 2)), rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount with its currency. Refuses floats and mixed currencies (TypeError, ValueError)."""

    amount: Decimal
    currency: str = HOME_CURRENCY

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"Money wants a Decimal, not {type(self.amount).__name__}")
        if not self.amount.is_finite():
            raise ValueError(f"{self.amount} is not an amount")
        object.__setattr__(self, "amount", round_amount(self.amount, self.currency))

    def _same(self, other: Money) -> Decimal:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be mixed; convert first")
        return other.amount

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, rate: Decimal | int) -> Money:
        if isinstance(rate, float):
            raise TypeError("multiply Money by a Decimal or an int, not a float")
        return Money(self.amount * rate, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        return f"{self.amount:,f} {self.currency}"

    def allocate(self, weights: int | Sequence[Decimal | int]) -> list[Money]:
        """Split into parts that add up to the whole; the remainder goes to the largest share (the first of equals)."""
        shares = [Decimal(1)] * weights if isinstance(weights, int) else [Decimal(w) for w in weights]
        whole = sum(shares, Decimal(0))
        if not shares or whole <= 0 or min(shares) < 0:
            raise ValueError("weights must be positive and at least one")
        parts = [round_amount(self.amount * share / whole, self.currency) for share in shares]
        largest = max(range(len(shares)), key=lambda i: shares[i])
        parts[largest] += self.amount - sum(parts, Decimal(0))
        return [Money(part, self.currency) for part in parts]


def cny(amount: str | int | Decimal) -> Money:
    """Yuan, from text, a whole number or a Decimal."""
    return Money(Decimal(amount), HOME_CURRENCY)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Sum of home amounts; 0.00 of nothing."""
    return sum(amounts, ZERO)
