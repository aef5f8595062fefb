"""Which kind an invoice is, and how much of its tax may be deducted: line by line after finance reference 2.4."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from directory.models import ExpenseType
from vouchers import vat
from vouchers.kinds import InvoiceKind, VatMethod, VatReason
from vouchers.vat import Buyer, Evidence

Kind = InvoiceKind
TODAY = date(2026, 11, 24)


def rule(kind, method, rate=None, *, traveller=False, starts=date(2026, 1, 1), ends=None, key=0):
    return vat.Rule(key, kind, method, Decimal(rate) if rate else None, traveller, starts, ends)


RULES = [
    rule(Kind.SPECIAL, VatMethod.PRINTED),
    rule(Kind.RAIL, VatMethod.INCLUDED, "0.09", traveller=True),
    rule(Kind.AIR, VatMethod.INCLUDED, "0.09", traveller=True),
    rule(Kind.ROAD, VatMethod.INCLUDED, "0.03", traveller=True),
    rule(Kind.TOLL, VatMethod.PRINTED),
    rule(Kind.BRIDGE_TOLL, VatMethod.INCLUDED, "0.05"),
    rule(Kind.ORDINARY, VatMethod.NONE),
]


def decide(evidence, use=ExpenseType.Use.BUSINESS, *, general=True, rules=RULES):
    return vat.decide(evidence, use=use, general_taxpayer=general, rules=rules)


def evidence(kind=Kind.SPECIAL, total="1130.00", printed="130.00", **changes):
    whole = Decimal(total)
    values = {
        "kind": kind,
        "issued_on": TODAY,
        "total": whole,
        "claimed": whole,
        "printed": Decimal(printed) if printed is not None else None,
    }
    return Evidence(**values | changes)


# --- Kinds ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("heading", "items", "kind"),
    [
        ("电子发票（航空运输电子客票行程单）", [], Kind.AIR),
        ("航空运输电子客票行程单", [], Kind.AIR),
        ("电子发票（铁路电子客票）", [], Kind.RAIL),
        ("火车票", [], Kind.RAIL),
        ("电子发票（增值税专用发票）", ["*餐饮服务*餐费"], Kind.SPECIAL),
        ("增值税专用发票（纸质）", [], Kind.SPECIAL),
        ("增值税电子专用发票", [], Kind.SPECIAL),
        ("电子发票（增值税专用发票）", ["*运输服务*客运服务费"], Kind.SPECIAL),
        ("电子发票（机动车销售统一发票）", [], Kind.VEHICLE),
        ("海关进口增值税专用缴款书", [], Kind.CUSTOMS),
        ("收费公路通行费增值税电子普通发票", ["*经营租赁*通行费"], Kind.TOLL),
        ("电子发票（普通发票）", ["*经营租赁*通行费"], Kind.TOLL),
        ("电子发票（普通发票）", ["*经营租赁*港珠澳大桥通行费"], Kind.TOLL),
        ("桥、闸通行费发票", [], Kind.BRIDGE_TOLL),
        ("公路通行费定额发票", [], Kind.TICKET),
        ("电子发票（普通发票）", ["*运输服务*客运服务费"], Kind.RIDE),
        ("增值税电子普通发票", ["*运输服务*客运服务费"], Kind.RIDE),
        ("电子发票（普通发票）", ["*住宿服务*住宿费"], Kind.ORDINARY),
        ("增值税电子普通发票", ["*餐饮服务*餐费"], Kind.ORDINARY),
        ("增值税普通发票（卷票）", [], Kind.ORDINARY),
        ("区块链电子普通发票", [], Kind.ORDINARY),
        ("电子发票（二手车销售统一发票）", [], Kind.ORDINARY),
        ("出租汽车专用机打发票", [], Kind.TICKET),
        ("通用定额发票", [], Kind.TICKET),
        ("公路客票", [], Kind.ROAD),
        ("长途汽车票", [], Kind.ROAD),
        ("水路客运船票", [], Kind.ROAD),
        ("财政电子票据", [], Kind.FISCAL),
        ("医疗收费票据（电子）", [], Kind.FISCAL),
        ("收据", [], Kind.FISCAL),
        ("", [], Kind.UNKNOWN),
        ("Invoice", [], Kind.UNKNOWN),
    ],
)
def test_an_invoice_is_of_the_kind_its_heading_and_items_say(heading, items, kind):
    assert vat.classify(heading, items) == kind


# --- Amounts ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("paper", "base", "deductible"),
    [
        (evidence(), "1000.00", "130.00"),
        (evidence(Kind.RAIL, "553.00", None), "507.34", "45.66"),
        (evidence(Kind.RAIL, "553.00", "45.66"), "507.34", "45.66"),
        (evidence(Kind.ROAD, "85.00", None, buyer=Buyer.NONE, traveller=True, electronic=False), "82.52", "2.48"),
        (evidence(Kind.ROAD, "103.00", None, buyer=Buyer.NONE, traveller=True, electronic=False), "100.00", "3.00"),
        (evidence(Kind.BRIDGE_TOLL, "100.00", None, buyer=Buyer.NONE, electronic=False), "95.24", "4.76"),
        (evidence(Kind.TOLL, "100.00", "2.91"), "97.09", "2.91"),
    ],
)
def test_figures_are_those_recomputed_in_the_reference(paper, base, deductible):
    decision = decide(paper)
    assert (decision.base, decision.deductible) == (Decimal(base), Decimal(deductible))
    assert decision.reason == VatReason.DEDUCTIBLE


def test_a_paper_itinerary_prints_its_fare_with_tax():
    paper = evidence(
        Kind.AIR, "1110.00", None, fare=Decimal(1000), fuel_surcharge=Decimal(60), fund=Decimal(50),
        buyer=Buyer.NONE, traveller=True, electronic=False,
    )  # fmt: skip
    assert decide(paper).deductible == Decimal("87.52")


def test_an_electronic_itinerary_prints_its_fare_without_tax():
    """972.48 + VAT 87.52 + fund 50.00 = 1,110.00: the base is the same, and what is printed is taken."""
    paper = evidence(
        Kind.AIR, "1110.00", "87.52", fare=Decimal("917.43"), fuel_surcharge=Decimal("55.05"), fund=Decimal(50)
    )
    decision = decide(paper)
    assert (decision.base, decision.computed, decision.deductible) == (
        Decimal("972.48"),
        Decimal("87.52"),
        Decimal("87.52"),
    )


def test_an_itinerary_that_shows_neither_fare_nor_fund_is_not_taken_apart():
    """Taking the whole price for the base would deduct the tax of the fund, which has none."""
    decision = decide(evidence(Kind.AIR, "1110.00", None))
    assert (decision.reason, decision.deductible) == (VatReason.NO_TAX, Decimal(0))


def test_printed_tax_goes_before_recomputed_tax_and_the_difference_is_kept():
    decision = decide(evidence(Kind.RAIL, "553.00", "45.00"))
    assert (decision.deductible, decision.computed) == (Decimal("45.00"), Decimal("45.66"))


# --- Reasons ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("paper", "use", "general", "reason"),
    [
        (evidence(), "business", False, VatReason.SMALL_TAXPAYER),
        (evidence(), "entertainment", True, VatReason.USE),
        (evidence(), "catering", True, VatReason.USE),
        (evidence(), "welfare", True, VatReason.USE),
        (evidence(), "travel", True, VatReason.DEDUCTIBLE),
        (evidence(Kind.UNKNOWN), "business", True, VatReason.UNKNOWN_KIND),
        (evidence(Kind.ORDINARY), "business", True, VatReason.KIND),
        (evidence(Kind.CUSTOMS), "business", True, VatReason.NO_RULE),
        (evidence(issued_on=date(2025, 12, 31)), "business", True, VatReason.NO_RULE),
        (evidence(buyer=Buyer.OTHER), "business", True, VatReason.OTHER_BUYER),
        (evidence(buyer=Buyer.NONE), "business", True, VatReason.NO_BUYER),
        (evidence(Kind.RAIL, "553.00", None, buyer=Buyer.NONE), "travel", True, VatReason.NO_BUYER),
        (
            evidence(Kind.RAIL, "553.00", None, buyer=Buyer.NONE, electronic=False, traveller=True),
            "travel",
            True,
            VatReason.DEDUCTIBLE,
        ),
        (
            evidence(Kind.ROAD, "103.00", None, buyer=Buyer.NONE, electronic=False),
            "travel",
            True,
            VatReason.NO_TRAVELLER,
        ),
        (evidence(printed=None), "business", True, VatReason.NO_TAX),
        (evidence(printed="0.00"), "business", True, VatReason.NO_TAX),
    ],
)
def test_the_gravest_reason_is_named(paper, use, general, reason):
    decision = decide(paper, use, general=general)
    assert decision.reason == reason
    assert (decision.deductible > 0) == (reason == VatReason.DEDUCTIBLE)
    assert decision.blocks == (reason == VatReason.NO_RULE)


def test_rules_hold_from_a_day_to_a_day():
    old = rule(Kind.RIDE, VatMethod.PRINTED, starts=date(2019, 4, 1), ends=date(2025, 12, 31), key=1)
    new = rule(Kind.RIDE, VatMethod.NONE, starts=date(2026, 1, 1), key=2)
    for day, expected in (
        (date(2019, 3, 31), None),
        (date(2019, 4, 1), old),
        (date(2025, 12, 31), old),
        (date(2026, 1, 1), new),
        (None, None),
    ):
        assert vat.rule_for(Kind.RIDE, day, [old, new]) == expected


def test_of_two_rules_that_hold_the_later_one_is_taken():
    first = rule(Kind.RIDE, VatMethod.NONE, starts=date(2026, 1, 1), key=1)
    confirmed = rule(Kind.RIDE, VatMethod.PRINTED, starts=date(2026, 7, 1), key=2)
    assert vat.rule_for(Kind.RIDE, date(2026, 6, 30), [confirmed, first]) == first
    assert vat.rule_for(Kind.RIDE, date(2026, 7, 1), [confirmed, first]) == confirmed


# --- What always holds ------------------------------------------------------------------------------------------------
def test_never_more_is_deducted_than_the_claimed_part_of_the_tax():
    seed = 20261124
    print(f"seed {seed}")
    chance = random.Random(seed)
    for _ in range(3000):
        total = Decimal(chance.randint(1, 2_000_000)) / 100
        printed = None if chance.random() < 0.3 else (total * chance.randint(0, 13) / 113).quantize(Decimal("0.01"))
        paper = evidence(
            chance.choice(list(Kind)),
            str(total),
            None if printed is None else str(printed),
            claimed=(total * chance.randint(0, 100) / 100).quantize(Decimal("0.01")),
            buyer=chance.choice(list(Buyer)),
            traveller=chance.random() < 0.5,
            electronic=chance.random() < 0.5,
        )
        decision = decide(paper, chance.choice(ExpenseType.Use.values), general=chance.random() < 0.8)
        assert 0 <= decision.deductible <= max(paper.claimed, Decimal(0))
        assert decision.deductible == decision.deductible.quantize(Decimal("0.01"))
        if decision.reason != VatReason.DEDUCTIBLE:
            assert decision.deductible == 0
        whole = decide(replace(paper, claimed=paper.total))
        assert decision.deductible <= whole.deductible or whole.reason != VatReason.DEDUCTIBLE
