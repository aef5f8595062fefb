"""Judgements on an invoice: whose title it carries, what is wrong, what is still open."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pytest

from invoices import policy
from tests.builders import TODAY


@dataclass
class Paper:
    kind: str = "电子发票（普通发票）"
    number: str = "26332000000417825936"
    issued_on: date | None = TODAY
    buyer_name: str = "远山科技（杭州）有限公司"
    buyer_tax_id: str = "91330106MA2K7Y3X4P"
    amount_excl_tax: Decimal | None = Decimal("100.00")
    tax: Decimal | None = Decimal("6.00")
    total: Decimal | None = Decimal("106.00")
    unsure: list[str] = field(default_factory=list)


@dataclass
class Company:
    name: str = "远山科技（杭州）有限公司"
    tax_id: str = "91330106MA2K7Y3X4P"


@pytest.mark.parametrize(
    "printed",
    [
        "远山科技（杭州）有限公司",
        "远山科技(杭州)有限公司",
        "远山科技 （杭州） 有限公司",
        "远山科技﹙杭州﹚有限公司",
        "",  # a ticket that names nobody
    ],
)
def test_brackets_and_spaces_do_not_make_another_company(printed: str) -> None:
    assert policy.is_made_out_to(Paper(buyer_name=printed), Company())


@pytest.mark.parametrize("printed", ["远山科技", "个人", "远山科技（宁波）有限公司", "远山科技杭州有限公司"])
def test_any_other_title_is_wrong(printed: str) -> None:
    assert policy.problems(Paper(buyer_name=printed), Company()) == ["wrong_title"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"buyer_tax_id": "91330106ma2k7y3x4p"}, []),
        ({"buyer_tax_id": "91330106MA2K7Y3X4Q"}, ["wrong_tax_id"]),
        ({"buyer_tax_id": ""}, ["no_tax_id"]),
        ({"buyer_tax_id": "", "kind": "电子发票（铁路电子客票）"}, []),
        ({"buyer_tax_id": "", "kind": "出租车发票"}, []),
        ({"buyer_tax_id": "", "unsure": ["buyer_tax_id"]}, []),
        ({"buyer_name": "别人", "unsure": ["buyer_name"], "buyer_tax_id": "91330106MA2K7Y3X4P"}, []),
        ({"total": Decimal("-106.00")}, ["red_letter"]),
        ({"total": Decimal("-106.00"), "buyer_name": "个人"}, ["red_letter", "wrong_title"]),
    ],
)
def test_what_is_wrong_is_named_the_gravest_first(changes: dict[str, object], found: list[str]) -> None:
    assert policy.problems(Paper(**changes), Company()) == found  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({}, []),
        ({"number": "", "total": None}, ["number", "total"]),
        ({"unsure": ["total", "number"]}, ["number", "total"]),
        ({"issued_on": None, "unsure": ["date"]}, ["date"]),
        ({"amount_excl_tax": None, "tax": None, "unsure": ["tax", "amount_excl_tax"]}, ["amount_excl_tax", "tax"]),
        # a rail e-ticket prints its fare only
        (
            {
                "kind": "电子发票（铁路电子客票）",
                "amount_excl_tax": None,
                "tax": None,
                "unsure": ["tax", "amount_excl_tax", "total"],
            },
            ["total"],
        ),
    ],
)
def test_open_are_the_fields_a_person_can_still_settle(changes: dict[str, object], keys: list[str]) -> None:
    assert policy.open_keys(Paper(**changes)) == keys  # type: ignore[arg-type]
