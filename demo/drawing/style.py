"""How an issuer's program sets a page: signs, spacing, order of writing. Real programs differ in all of it."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

Order = Literal["natural", "labels_first", "shuffled"]


@dataclass(frozen=True, slots=True)
class Style:
    yen: str = "¥"
    colon: str = "："
    brackets: str = "（）"
    yuan: str = "圆"  # in capitals
    spaced_labels: bool = False  # 校 验 码, 名    称
    value_down: float = 0.0  # millimetres that values stand below their labels' baseline
    order: Order = "natural"
    single_glyphs: bool = False  # every glyph written by itself
    split_dates: bool = False  # 年 月 日 belong to the form, the digits between them are values
    grouped_check_code: bool = False
    joined_values: bool = False  # label and value are one text
    only_yen_tagged: bool = False  # of an OFD: the total's tag points at the ¥ alone
    long_tag_names: bool = False  # of an OFD: EInvoiceData.SellerInformation.SellerName…


PLAIN = Style()


def random_style(rng: Random) -> Style:
    return Style(
        yen=rng.choice("¥￥"),
        colon=rng.choice(":："),
        brackets=rng.choice(["（）", "()"]),
        yuan=rng.choice(["圆", "元"]),
        spaced_labels=rng.random() < 0.5,
        value_down=rng.choice([0.0, 0.0, 0.5, -0.6, 0.8]),
        order=rng.choice(["natural", "labels_first", "shuffled"]),
        single_glyphs=rng.random() < 0.3,
        split_dates=rng.random() < 0.4,
        grouped_check_code=rng.random() < 0.5,
        joined_values=rng.random() < 0.3,
        only_yen_tagged=rng.random() < 0.3,
        long_tag_names=rng.random() < 0.5,
    )
