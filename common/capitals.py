"""Amounts in Chinese capitals (大写), as vouchers and claims print them.

Source: 支付结算办法 附件一 (see docs/glossary.md).
"""

from __future__ import annotations

from decimal import Decimal

from common.money import round_amount

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")
LIMIT = Decimal(10) ** 16


def capitals(amount: Decimal) -> str:
    """1409.50 → 壹仟肆佰零玖元伍角整. Negative amounts start with 负. Raises ValueError from 10^16 yuan."""
    amount = round_amount(amount)
    if abs(amount) >= LIMIT:
        raise ValueError(f"{amount} is too large to be written in capitals")
    fen = int(abs(amount) * 100)
    yuan, jiao, rest = fen // 100, fen // 10 % 10, fen % 10
    text = _integer(yuan) + "元" if yuan else ""
    if jiao:
        text += DIGITS[jiao] + "角"
    elif rest and yuan:
        text += "零"
    text += DIGITS[rest] + "分" if rest else "整"
    if not fen:
        text = "零元整"
    return ("负" if amount < 0 else "") + text


def _integer(number: int) -> str:
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text = ""
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if not group:
            continue
        if text and (group < 1000 or not groups[index + 1]):
            text += "零"  # one zero stands for however many are left out
        text += _group(group) + GROUPS[index]
    return text


def _group(group: int) -> str:
    text, zero = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if not digit:
            zero = bool(text)
            continue
        text += ("零" if zero else "") + DIGITS[digit] + PLACES[place]
        zero = False
    return text
