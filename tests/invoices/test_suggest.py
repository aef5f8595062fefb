"""What was bought: the expense type whose words stand on an invoice, and the card's word and icon."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from invoices import suggest


@dataclass
class Bought:
    kind: str = "电子发票（普通发票）"
    seller_name: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass
class Type:
    code: str
    keywords: str


TYPES = [
    Type("travel", "铁路 航空 客运"),
    Type("hotel", "住宿 酒店"),
    Type("meals", "餐饮 餐费"),
    Type("office", "办公 文具 纸"),
    Type("empty", ""),
]


def bought(*items: str, seller: str = "", kind: str = "电子发票（普通发票）") -> Bought:
    return Bought(kind, seller, {"items": [{"name": item} for item in items]})


@pytest.mark.parametrize(
    ("invoice", "code"),
    [
        (bought("*住宿服务*住宿费"), "hotel"),
        (bought("*餐饮服务*餐费", seller="云栖湾酒店管理有限公司"), "meals"),  # what was bought, not who sold it
        (bought(seller="云栖湾酒店管理有限公司"), "hotel"),
        (bought(kind="电子发票（铁路电子客票）"), "travel"),
        (bought("*纸制品*复印纸", "*文具*签字笔"), "office"),
        (bought("*印刷品*图书"), None),
        (Bought(), None),
    ],
)
def test_the_type_is_the_one_whose_words_stand_on_the_invoice(invoice: Bought, code: str | None) -> None:
    found = suggest.expense_type(invoice, TYPES)
    assert (found.code if found else None) == code


def test_of_equals_the_first_in_the_company_s_order_is_taken() -> None:
    types = [Type("a", "住宿"), Type("b", "住宿")]
    assert suggest.expense_type(bought("*住宿服务*住宿费"), types) is types[0]
    assert suggest.expense_type(bought("*住宿服务*住宿费"), []) is None


@pytest.mark.parametrize(
    ("invoice", "code"),
    [
        (bought("*住宿服务*住宿费"), "hotel"),
        (bought("*运输服务*客运服务费"), "ride"),
        (bought("*餐饮服务*餐费"), "meals"),
        (bought("*经营租赁*通行费", kind="收费公路通行费增值税电子普通发票"), "toll"),
        (bought(kind="电子发票（航空运输电子客票行程单）"), "air"),
        (bought("*物流辅助服务*收派服务费"), "parcel"),
        (bought("*汽油*95号车用汽油"), "fuel"),
        (bought("*信息技术服务*软件服务费"), "software"),
        (Bought(), "other"),
    ],
)
def test_the_card_has_an_everyday_word_for_it(invoice: Bought, code: str) -> None:
    assert suggest.category(invoice).code == code
