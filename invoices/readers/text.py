"""From printed text to values: amounts, dates, tax ids, names, capitals.

Names keep their full-width brackets, as printed; digits and signs are brought to plain ASCII.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
LARGEST = Decimal("9999999999999.99")  # more is no amount, but digits that have run together
YUAN_SIGNS = "¥￥"
NO_TAX = re.compile(r"^\*+$|^免税$|^不征税$")

_NOISE = {"Cc", "Cf", "Co", "Cn", "Cs"}  # control, format, private use, unassigned
_RADICALS = range(0x2E80, 0x2FE0)  # text layers name 方 by its radical ⽅
_COMPATIBILITY = range(0xF900, 0xFB00)
_CJK = "\u3400-\u9fff（）《》、，。；：“”·"
_BETWEEN_CJK = re.compile(rf"(?<=[{_CJK}])\s+|\s+(?=[{_CJK}])")
_AMOUNT = re.compile(r"^([-(])?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)?\)?$")
_DATE = re.compile(  # a clock time stands behind a sign: in 2024-6-210:20 nobody can tell the day from the hour
    r"^([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})(?:(?:日|日?[T ])[0-9]{1,2}:[0-9:.]*(?:\+08:?00)?|日?)$"
)
_PLAIN_DATE = re.compile(r"^([0-9]{4})([0-9]{2})([0-9]{2})(?:[0-9]{6,9})?$")
_TAX_ID = re.compile(r"^[0-9A-Z]{15,20}$")


def clean(raw: str | None) -> str:
    """Printed text without control characters; runs of white space become one space."""
    if not raw:
        return ""
    kept = (_plain_form(char) for char in raw if char in "\n\t\r" or unicodedata.category(char) not in _NOISE)
    return " ".join("".join(kept).split())


def _plain_form(char: str) -> str:
    code = ord(char)
    return unicodedata.normalize("NFKC", char) if code in _RADICALS or code in _COMPATIBILITY else char


def ascii_form(raw: str | None) -> str:
    """Digits, letters and signs in plain ASCII, without any white space: for numbers, codes, dates and amounts."""
    folded = unicodedata.normalize("NFKC", clean(raw)).translate(_DASHES)
    return "".join(folded.split())


_DASHES = str.maketrans("−–—‐‑", "-----")


def name(raw: str | None) -> str:
    """A party's name: white space only between Latin words."""
    return _BETWEEN_CJK.sub("", clean(raw)).strip(" :：")


def joined(*pieces: str) -> str:
    """Pieces of a wrapped text, with white space only between Latin words."""
    return _BETWEEN_CJK.sub("", clean(" ".join(pieces)))


def same_text(one: str, other: str) -> bool:
    """Equal but for width of characters, white space and case."""
    return ascii_form(one).casefold() == ascii_form(other).casefold()


def amount(raw: str | None) -> Decimal | None:
    """¥1,234.50 → 1234.50, half up to the cent. None when it is no amount (`***`, a lone ¥)."""
    text = ascii_form(raw).replace("CNY", "").strip(YUAN_SIGNS).removesuffix("元")
    if text.startswith("-") and text[1:2] in YUAN_SIGNS:
        text = "-" + text[2:]
    match = _AMOUNT.match(text.replace("，", ","))
    if not match:
        return None
    sign, whole, fraction = match.groups()
    try:
        value = Decimal(whole.replace(",", "") + (fraction or "")).quantize(CENT, ROUND_HALF_UP)
    except InvalidOperation:
        return None
    if value > LARGEST:
        return None
    return -value if sign and value else value


def tax_amount(raw: str | None) -> Decimal | None:
    """A tax: `***` and 免税 stand for none."""
    return Decimal("0.00") if NO_TAX.match(ascii_form(raw)) else amount(raw)


def day(raw: str | None) -> date | None:
    """2024年6月2日, 2024-06-02, 20240602, with or without a clock time. None when there is no such day."""
    # As written first: without its space, the clock time of 2024-6-2 10:20 would run into the day.
    written = unicodedata.normalize("NFKC", clean(raw)).translate(_DASHES)
    match = _DATE.match(written) or _DATE.match(ascii_form(raw)) or _PLAIN_DATE.match(ascii_form(raw))
    if not match:
        return None
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def tax_id(raw: str | None) -> str:
    """A tax id, or nothing when the text cannot be one."""
    text = ascii_form(raw).upper().strip(":：")
    return text if _TAX_ID.match(text) else ""


def digits(raw: str | None, *lengths: int) -> str:
    """A number of one of these lengths (any length when none is given), or nothing."""
    text = ascii_form(raw)
    return text if text.isascii() and text.isdigit() and (not lengths or len(text) in lengths) else ""


_DIGITS = {
    char: value
    for value, chars in enumerate(("零〇", "壹一", "贰二贰", "叁三参", "肆四", "伍五", "陆六", "柒七", "捌八", "玖九"))
    for char in chars
}
_UNITS = {"拾": 10, "十": 10, "佰": 100, "百": 100, "仟": 1000, "千": 1000}
_NEGATIVE = re.compile(r"^[(（]?(负数?|负)[)）]?")
CAPITALS = "零〇壹贰叁参肆伍陆柒捌玖拾佰仟万亿元圆角分整正负数（）()"


def from_capitals(raw: str | None) -> Decimal | None:
    """（负数）贰仟陆佰伍拾圆整 → -2650.00. None when it is no amount in capitals (大写)."""
    text = "".join(clean(raw).split()).strip("⊗ⓧ×")
    negative = _NEGATIVE.match(text)
    text = text[negative.end() :] if negative else text
    yuan, mark, rest = text.replace("圆", "元").partition("元")
    if not mark:
        yuan, rest = "", text
    whole = _whole(yuan)
    cents = _cents(rest)
    if whole is None or cents is None or not (yuan or rest):
        return None
    value = (Decimal(whole) + Decimal(cents) / 100).quantize(CENT)
    return -value if negative and value else value


def _whole(text: str) -> int | None:
    """Digits with 拾 佰 仟, in groups of 万 and 亿."""
    total = group = digit = 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _UNITS:
            group += (digit or 1) * _UNITS[char]
            digit = 0
        elif char == "万":
            total += (group + digit) * 10_000
            group = digit = 0
        elif char == "亿":
            total = (total + group + digit) * 100_000_000
            group = digit = 0
        else:
            return None
    return total + group + digit


def _cents(text: str) -> int | None:
    """The part after 元: 叁角伍分, 捌角整, 零伍分."""
    total, digit = 0, 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char == "角":
            total += digit * 10
            digit = 0
        elif char == "分":
            total += digit
            digit = 0
        elif char not in "整正":
            return None
    return total if not digit else None
