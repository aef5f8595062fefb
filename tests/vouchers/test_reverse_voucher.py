"""Reversing in red: once, into an open month, never from under a claim that settled an advance."""

from __future__ import annotations

import pytest

from common.models import AuditEntry
from directory.models import Period
from tests.stories.books import special, spent
from tests.vouchers.build import draft_of, drafted, office
from vouchers import services
from vouchers.errors import AdvanceIsSettled, CannotReverse, PeriodClosed, ReasonMissing, VoucherNotFound
from vouchers.models import Voucher


def reverse(books, voucher, **changes):
    values = {
        "voucher_id": voucher.public_id,
        "actor": books.world.carol,
        "reason": "成本中心有误",
        "at": books.now,
    }
    return services.reverse(**values | changes)


def test_the_reversal_names_its_reason_and_both_are_linked(books):
    original = books.post(books.claim(office()))
    red = reverse(books, original)
    original.refresh_from_db()
    assert (red.reason, red.total, red.reverses) == ("成本中心有误", -original.total, original)
    assert (original.status, original.reversed_by) == ("reversed", red)
    entry = AuditEntry.objects.get(kind="voucher.reversed")
    assert (entry.data["voucher"], entry.data["reversal"], entry.data["reason"]) == (
        "记-0001",
        "记-0002",
        "成本中心有误",
    )
    assert entry.data["status"] == "approved"


def test_a_draft_a_reversal_and_a_reversed_one_are_not_reversed(books):
    original = books.post(books.claim(office()))
    red = reverse(books, original)
    for voucher in (drafted(books), original, red):
        with pytest.raises(CannotReverse):
            reverse(books, voucher)


def test_a_reason_is_asked_for(books):
    with pytest.raises(ReasonMissing):
        reverse(books, books.post(books.claim(office())), reason="   ")


def test_the_reversal_falls_into_todays_month_not_the_originals(books):
    original = books.post(books.claim(office()))
    Period.objects.filter(company=books.company, year=2026, month=11).update(closed=True)
    with pytest.raises(PeriodClosed):
        reverse(books, original)
    december = books.now.replace(month=12, day=1)
    red = reverse(books, original, at=december)
    assert (str(red.dated_on), red.full_number) == ("2026-12-01", "记-0001")


def test_a_settled_advance_is_not_taken_back_from_under_its_claim(books):
    advance = books.advance("5000.00")
    paid = books.post(advance)
    claim = books.claim(spent("office", "1130.00", special("1000.00", "130.00")), settles=[(advance, "1130.00")])
    books.post(claim)
    with pytest.raises(AdvanceIsSettled, match=r"1,130\.00"):
        reverse(books, paid)
    assert books.status(paid) == "posted"


def test_an_unsettled_advance_is_taken_back_and_paid_again(books):
    advance = books.advance("5000.00")
    reverse(books, books.post(advance))
    assert books.balance("1221") == 0
    again = books.post_again(advance)
    assert again.full_number == "记-0003"
    assert books.balance("1221") == 5000


def test_drafting_again_while_a_voucher_lives_gives_that_one(books):
    voucher = books.post(books.claim(office()))
    again = services.draft_again(document_id=voucher.document.public_id, actor=books.world.carol, at=books.now)
    assert again == voucher
    assert Voucher.objects.count() == 1


@pytest.mark.parametrize("who", ["alice", "dan"])
def test_to_others_the_voucher_does_not_exist(books, who):
    voucher = books.post(books.claim(office()))
    with pytest.raises(VoucherNotFound):
        reverse(books, voucher, actor=getattr(books.world, who))


def test_the_claim_can_be_posted_and_reversed_any_number_of_times(books):
    claim = books.claim(office())
    books.post(claim)
    for _ in range(3):
        live = Voucher.objects.get(document=claim, reverses=None, status="posted")
        reverse(books, live)
        services.draft_again(document_id=claim.public_id, actor=books.world.carol, at=books.now)
        books._posted(draft_of(claim))
    numbers = sorted(Voucher.objects.filter(document=claim).values_list("number", flat=True))
    assert numbers == [1, 2, 3, 4, 5, 6, 7]
    assert books.balance("6601.05") == 100
    assert books.balance("2241") == -113
