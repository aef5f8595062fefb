"""Posting makes a draft final: number, period, budget and document move together, once."""

from __future__ import annotations

from datetime import date, timedelta
from unittest.mock import Mock

import pytest

from common.errors import NotReady, Stale
from common.models import AuditEntry, NumberSeries
from directory import rights
from directory.models import Period
from reimburse.models import Document
from tests.builders import NOON, grant
from tests.stories.books import Books
from tests.vouchers.build import draft_of, drafted, office
from vouchers import charts, services
from vouchers.errors import AlreadyPosted, DateInFuture, OwnVoucher, PeriodClosed, VoucherNotFound
from vouchers.models import Voucher


def post(books: Books, voucher: Voucher, **changes):
    values = {
        "voucher_id": voucher.public_id,
        "actor": books.world.carol,
        "version": voucher.version,
        "at": books.now,
    }
    return services.post(**values | changes)


def dated(voucher: Voucher, day: date) -> Voucher:
    Voucher.objects.filter(pk=voucher.pk).update(dated_on=day)
    voucher.refresh_from_db()
    return voucher


def close(books: Books, year: int, month: int) -> None:
    Period.objects.update_or_create(company=books.company, year=year, month=month, defaults={"closed": True})


# --- Who --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["applicant", "payee"])
def test_nobody_posts_what_is_paid_to_herself(books, role):
    voucher = drafted(books)
    Document.objects.filter(pk=voucher.document.pk).update(**{role: books.world.carol})
    grant(books.world.erin, rights.MANAGE_VOUCHERS, company=books.company, code="finance_too")
    with pytest.raises(OwnVoucher):
        post(books, voucher)
    assert books.status(voucher) == "draft"
    assert post(books, voucher, actor=books.world.erin).number == 1


def test_the_only_accountant_of_a_company_posts_her_own_as_well(books):
    voucher = drafted(books)
    Document.objects.filter(pk=voucher.document.pk).update(applicant=books.world.carol)
    assert post(books, voucher).number == 1


# --- Numbers ----------------------------------------------------------------------------------------------------------
def test_numbers_run_without_gaps_in_each_month_and_company(books):
    november = [drafted(books) for _ in range(3)]
    october = dated(drafted(books), date(2026, 10, 31))
    numbers = [post(books, voucher).full_number for voucher in (november[1], october, november[0], november[2])]
    assert numbers == ["记-0001", "记-0001", "记-0002", "记-0003"]


def test_a_posting_that_fails_gives_its_number_back(books, monkeypatch):
    first, second = drafted(books), drafted(books)
    with monkeypatch.context() as broken:
        broken.setattr("vouchers.services.finishing.record", Mock(side_effect=OSError("disk full")))
        with pytest.raises(OSError, match="disk full"):
            post(books, first)
    assert books.status(first) == "draft"
    assert books.status(first.document) == "approved"
    assert post(books, second).full_number == "记-0001"


def test_posting_is_recorded_with_its_figures(books):
    voucher = post(books, drafted(books))
    entry = AuditEntry.objects.get(kind="voucher.posted")
    assert entry.subject_id == voucher.document.public_id
    assert (entry.data["voucher"], entry.data["amount"], entry.data["status"]) == ("记-0001", "113.00", "posted")
    assert entry.actor_id == books.world.carol.pk


# --- Periods ----------------------------------------------------------------------------------------------------------
def test_nothing_is_posted_into_a_closed_month(books):
    close(books, 2026, 11)
    voucher = drafted(books)
    with pytest.raises(PeriodClosed, match="2026-11"):
        post(books, voucher)
    assert books.status(voucher) == "draft"
    assert not NumberSeries.objects.filter(prefix="记").exists()


def test_closing_a_month_closes_those_before_it(books):
    close(books, 2026, 10)
    with pytest.raises(PeriodClosed):
        post(books, dated(drafted(books), date(2026, 8, 15)))
    assert post(books, drafted(books)).status == "posted"  # November is open


def test_another_companys_closing_is_none_of_ours(books):
    Period.objects.create(company=books.world.other_company, year=2026, month=12, closed=True)
    assert post(books, drafted(books)).status == "posted"
    assert Period.objects.filter(company=books.company, year=2026, month=11, closed=False).exists()


def test_a_date_to_come_is_refused(books):
    with pytest.raises(DateInFuture, match="2026-11-25"):
        post(books, dated(drafted(books), date(2026, 11, 25)))


def test_the_companys_day_counts_not_the_servers(books):
    """At 23:30 UTC of the 24th it is the 25th in Shanghai."""
    voucher = dated(drafted(books), date(2026, 11, 25))
    late = NOON.replace(hour=7, minute=30) + timedelta(days=1)
    assert post(books, voucher, at=late).status == "posted"


# --- Twice ------------------------------------------------------------------------------------------------------------
def test_a_double_click_posts_once_and_is_no_error(books):
    voucher = drafted(books)
    first, second = post(books, voucher), post(books, voucher)
    assert first.number == second.number == 1
    assert AuditEntry.objects.filter(kind="voucher.posted").count() == 1


def test_somebody_elses_posting_is_named(books):
    voucher = drafted(books)
    post(books, voucher)
    with pytest.raises(AlreadyPosted, match="Carol"):
        post(books, voucher, version=voucher.version + 1)


def test_a_draft_changed_in_the_meantime_is_not_posted(books):
    voucher = drafted(books)
    with pytest.raises(Stale):
        post(books, voucher, version=voucher.version + 1)


@pytest.mark.parametrize("who", ["alice", "bob", "dan"])
def test_who_may_not_manage_vouchers_posts_none(books, who):
    voucher = drafted(books)
    with pytest.raises(VoucherNotFound):
        post(books, voucher, actor=getattr(books.world, who))
    assert books.status(voucher) == "draft"


# --- Several ----------------------------------------------------------------------------------------------------------
def test_of_several_the_good_ones_are_posted_and_the_others_say_why(books):
    good, stale, other = drafted(books), drafted(books), drafted(books)
    close(books, 2026, 10)
    dated(other, date(2026, 10, 31))
    chosen = [(good.public_id, 1), (stale.public_id, 7), (other.public_id, 1)]
    outcomes = services.post_several(chosen=chosen, actor=books.world.carol, at=books.now)
    assert [type(outcome.error).__name__ for outcome in outcomes] == ["NoneType", "Stale", "PeriodClosed"]
    assert [books.status(voucher) for voucher in (good, stale, other)] == ["posted", "draft", "draft"]


def test_several_are_completed_at_once_after_their_account_was_added(books):
    from vouchers.models import ExpenseAccount

    ExpenseAccount.objects.filter(expense_type=books.types["office"]).delete()
    vouchers = [drafted(books) for _ in range(3)]
    chosen = [(voucher.public_id, voucher.version) for voucher in vouchers]
    outcomes = services.post_several(chosen=chosen, actor=books.world.carol, at=books.now)
    assert all(isinstance(outcome.error, NotReady) for outcome in outcomes)
    charts.install(books.company)
    outcomes = services.redraft_several(chosen=chosen, actor=books.world.carol, at=books.now)
    assert [outcome.voucher.problems for outcome in outcomes] == [[], [], []]


# --- Effects ----------------------------------------------------------------------------------------------------------
def test_the_document_is_posted_with_its_voucher(books):
    claim, advance = books.claim(office()), books.advance("500.00")
    for document in (claim, advance):
        post(books, draft_of(document))
        assert books.status(document) == "posted"
