"""Settling advances with claims (冲销借款): at most what is open, firm while the claim is under way or done."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import Sum

from common.errors import NotReady
from reimburse import services
from reimburse.errors import AdvanceNotOpen, SettledTooMuch
from reimburse.models import AdvanceDetail, Document, Settlement
from reimburse.services import Changes, submitting
from tests.budgets.builders import YEAR, balances, make_node
from tests.builders import NOON, World
from tests.reimburse import build


@pytest.fixture
def advance(routed: World) -> Document:
    """Alice's approved advance of 5,000.00, within a budget of 20,000.00 for the year."""
    make_node(routed.department, "20000.00", period=YEAR)
    return build.decide(build.submit(build.make_advance(routed, "5000.00")))


def settle(claim: Document, advance: Document, amount: str) -> Document:
    return services.save_draft(
        document_id=claim.public_id,
        employee=claim.applicant,
        version=claim.version,
        changes=Changes(settles={advance.public_id: Decimal(amount)}),
        at=NOON,
    )


def settled(advance: Document) -> Decimal:
    """The balance kept on the advance, which is always the sum of its firm settlements."""
    kept = AdvanceDetail.objects.get(document=advance).settled
    firm = Settlement.objects.filter(advance=advance, firm=True).aggregate(sum=Sum("amount"))["sum"]
    assert kept == (firm or Decimal(0))
    return kept


def budget(world: World) -> tuple[str, str, str]:
    return balances(world.department.budget_nodes.get())


def test_a_wish_is_written_changed_and_taken_back(routed: World, advance: Document) -> None:
    claim = settle(build.make_claim(routed, "106.00"), advance, "100.00")
    assert claim.settlements.get().amount == Decimal("100.00")
    claim = settle(claim, advance, "50.00")
    assert (claim.settlements.get().amount, settled(advance)) == (Decimal("50.00"), Decimal(0))
    assert settle(claim, advance, "50.00").version == claim.version
    claim = settle(claim, advance, "0")
    assert not claim.settlements.exists()


def test_sent_it_is_firm_and_the_claims_reservation_replaces_the_commitment(routed: World, advance: Document) -> None:
    assert budget(routed) == ("0.00", "5000.00", "0.00")
    claim = build.submit(settle(build.make_claim(routed, "3390.00"), advance, "3390.00"))
    assert settled(advance) == Decimal("3390.00")
    assert budget(routed) == ("3390.00", "1610.00", "0.00")
    build.decide(claim)
    assert (settled(advance), budget(routed)) == (Decimal("3390.00"), ("0.00", "5000.00", "0.00"))


@pytest.mark.parametrize("end", ["return", "reject", "withdraw"])
def test_given_back_the_advance_is_open_again(routed: World, advance: Document, end: str) -> None:
    claim = build.submit(settle(build.make_claim(routed, "3390.00"), advance, "3390.00"))
    if end == "withdraw":
        services.withdraw(document_id=claim.public_id, employee=routed.alice, at=NOON)
    else:
        build.decide(claim, end, comment="请更正")
    assert (settled(advance), budget(routed)) == (Decimal(0), ("0.00", "5000.00", "0.00"))
    assert claim.settlements.get().amount == Decimal("3390.00")  # the wish stays written


def test_sent_again_it_is_firm_again(routed: World, advance: Document) -> None:
    claim = build.submit(settle(build.make_claim(routed, "3390.00"), advance, "3390.00"))
    claim = build.decide(claim, "return", comment="请更正")
    build.submit(claim)
    assert (settled(advance), budget(routed)) == (Decimal("3390.00"), ("3390.00", "1610.00", "0.00"))


def test_two_advances_with_one_claim(routed: World, advance: Document) -> None:
    second = build.decide(build.submit(build.make_advance(routed, "1000.00")))
    claim = settle(settle(build.make_claim(routed, "5600.00"), advance, "5000.00"), second, "600.00")
    build.submit(claim)
    assert (settled(advance), settled(second)) == (Decimal("5000.00"), Decimal("600.00"))
    assert budget(routed) == ("5600.00", "400.00", "0.00")


def test_more_than_is_open_is_refused(routed: World, advance: Document) -> None:
    claim = settle(build.make_claim(routed, "6000.00"), advance, "5000.01")
    with pytest.raises(NotReady) as refusal:
        build.submit(claim)
    assert [finding.code for finding in refusal.value.findings] == ["settled_over_open"]


def test_more_than_the_claim_is_refused(routed: World, advance: Document) -> None:
    with pytest.raises(NotReady) as refusal:
        build.submit(settle(build.make_claim(routed, "100.00"), advance, "100.01"))
    assert [finding.code for finding in refusal.value.findings] == ["settled_over_total"]


def test_what_another_claim_settled_in_the_meantime_is_seen_under_the_lock(
    routed: World, advance: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = settle(build.make_claim(routed, "4000.00"), advance, "4000.00")
    second = settle(build.make_claim(routed, "4000.00"), advance, "4000.00")
    build.submit(first)
    monkeypatch.setattr(submitting.checking, "findings_of", lambda *_, **__: [])  # as if checked before
    with pytest.raises(SettledTooMuch):
        build.submit(second)
    assert settled(advance) == Decimal("4000.00")


@pytest.mark.parametrize("state", ["draft", "waiting", "rejected"])
def test_only_approved_money_is_settled(routed: World, state: str) -> None:
    advance = build.make_advance(routed, "5000.00")
    if state != "draft":
        advance = build.submit(advance)
    if state == "rejected":
        advance = build.decide(advance, "reject", comment="走对公付款")
    with pytest.raises(AdvanceNotOpen):
        settle(build.make_claim(routed, "100.00"), advance, "100.00")


def test_nobody_settles_somebody_elses_advance(routed: World) -> None:
    bobs = build.decide(build.submit(build.make_advance(routed, "5000.00", employee=routed.erin)))
    with pytest.raises(AdvanceNotOpen):
        settle(build.make_claim(routed, "100.00"), bobs, "100.00")


def test_an_overdue_advance_stands_in_the_way_of_the_next(routed: World, advance: Document) -> None:
    AdvanceDetail.objects.filter(document=advance).update(due_on="2026-11-01")
    with pytest.raises(NotReady) as refusal:
        build.submit(build.make_advance(routed, "10.00"))
    assert [finding.code for finding in refusal.value.findings] == ["advance_overdue"]
