"""Two at once on the real database; each race is shown first without its lock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from common import outbox
from common.models import AuditEntry
from directory import rights
from directory.models import Employee, Period
from reimburse import services as reimburse
from reimburse.services import settling
from tests.builders import grant
from tests.stories.books import Books
from tests.vouchers.build import many, office
from vouchers import periods, services
from vouchers.errors import AdvanceIsSettled, AlreadyExported, AlreadyPosted, CannotReverse
from vouchers.models import Export, Voucher
from vouchers.services import exporting, finishing

ENOUGH = 20  # seconds until a thread that hangs counts as failed
A_WHILE = 1.5  # seconds a thread waits for another one that may be kept out by a lock


def together(*works: Callable[[], Any]) -> list[Any]:
    """Do the works at the same time; what each gave, or the error it ended with."""
    outcome: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            outcome[place] = work()
        except Exception as error:
            outcome[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[place, work]) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(ENOUGH)
        assert not thread.is_alive()
    return outcome


def meeting(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """Let both threads have read before either goes on to write: the worst moment."""
    original, barrier = getattr(module, name), threading.Barrier(2)

    def read_and_wait(*args: Any, **kwargs: Any) -> Any:
        found = original(*args, **kwargs)
        with suppress(threading.BrokenBarrierError):  # with the lock only one gets here; the other waits for it
            barrier.wait(timeout=A_WHILE)
        return found

    monkeypatch.setattr(module, name, read_and_wait)


def unlocked(voucher_id: UUID, actor: Employee) -> Voucher:
    return Voucher.objects.select_related("company", "document", "posted_by").get(public_id=voucher_id)


@pytest.fixture
def books(committed_books: Books) -> Books:
    return committed_books


@pytest.fixture
def draft(books: Books) -> Voucher:
    document = books.claim(office())
    outbox.drain()
    return Voucher.objects.get(document=document)


@pytest.fixture
def colleague(books: Books) -> Employee:
    """Erin works in finance too."""
    grant(books.world.erin, rights.MANAGE_VOUCHERS, company=books.company, code="finance_too")
    return books.world.erin


def post(books: Books, voucher: Voucher, actor: Employee | None = None) -> Voucher:
    return services.post(
        voucher_id=voucher.public_id, actor=actor or books.world.carol, version=voucher.version, at=books.now
    )


def errors(outcome: list[Any]) -> list[str]:
    return sorted(type(one).__name__ for one in outcome if isinstance(one, Exception))


# --- Post twice -------------------------------------------------------------------------------------------------------
def test_without_the_lock_two_postings_collide_in_the_database(books, draft, colleague, monkeypatch):
    monkeypatch.setattr(finishing, "taken", unlocked)
    meeting(monkeypatch, finishing, "taken")
    outcome = together(lambda: post(books, draft), lambda: post(books, draft, colleague))
    assert errors(outcome) == ["IntegrityError"]  # a fault page for one of them, and only the trigger kept it at that


def test_two_postings_at_once_make_one_and_tell_the_other(books, draft, colleague, monkeypatch):
    meeting(monkeypatch, finishing, "taken")
    outcome = together(lambda: post(books, draft), lambda: post(books, draft, colleague))
    assert errors(outcome) == [AlreadyPosted.__name__]
    assert AuditEntry.objects.filter(kind="voucher.posted").count() == 1
    draft.refresh_from_db()
    assert (draft.status, draft.number) == ("posted", 1)


def test_a_double_click_that_arrives_twice_at_once_posts_once(books, draft, monkeypatch):
    meeting(monkeypatch, finishing, "taken")
    first, second = together(lambda: post(books, draft), lambda: post(books, draft))
    assert (first.number, second.number) == (1, 1)
    assert AuditEntry.objects.filter(kind="voucher.posted").count() == 1


def test_eight_at_once_get_eight_numbers_without_a_gap(books):
    documents = [books.claim(office()) for _ in range(8)]
    outbox.drain()
    drafts = list(Voucher.objects.filter(document__in=documents))
    outcome = together(*[lambda voucher=voucher: post(books, voucher) for voucher in drafts])  # type: ignore[misc]
    assert sorted(voucher.number for voucher in outcome) == list(range(1, 9))


# --- Post, reverse, edit ----------------------------------------------------------------------------------------------
def reverse(books: Books, voucher: Voucher) -> Voucher:
    return services.reverse(voucher_id=voucher.public_id, actor=books.world.carol, reason="x", at=books.now)


def test_without_the_lock_two_reversals_collide_in_the_database(books, draft, monkeypatch):
    post(books, draft)
    monkeypatch.setattr(finishing, "taken", unlocked)
    meeting(monkeypatch, finishing, "taken")
    assert errors(together(lambda: reverse(books, draft), lambda: reverse(books, draft))) == ["IntegrityError"]


def test_two_reversals_at_once_make_one(books, draft, monkeypatch):
    post(books, draft)
    meeting(monkeypatch, finishing, "taken")
    outcome = together(lambda: reverse(books, draft), lambda: reverse(books, draft))
    assert errors(outcome) == [CannotReverse.__name__]
    assert Voucher.objects.filter(reverses=draft).count() == 1


def test_an_advance_is_not_taken_back_while_a_claim_that_settles_it_is_sent(books, monkeypatch):
    voucher = books.post(books.advance("100.00"))
    claim = books._write(reimburse.create_claim(employee=books.alice, at=books.now), office())
    claim = books._typed(claim, reimburse.Changes(settles={voucher.document.public_id: Decimal(100)}))
    take, taken, reversed_ = settling.take, threading.Event(), threading.Event()

    def take_and_wait(*args: Any, **kwargs: Any) -> None:
        take(*args, **kwargs)
        taken.set()
        reversed_.wait(A_WHILE)

    def send() -> Any:
        return reimburse.submit(document_id=claim.public_id, employee=books.alice, version=claim.version, at=books.now)

    def reverse() -> Any:
        taken.wait(ENOUGH)
        red = services.reverse(voucher_id=voucher.public_id, actor=books.world.carol, reason="x", at=books.now)
        reversed_.set()
        return red

    monkeypatch.setattr(settling, "take", take_and_wait)
    assert errors(together(send, reverse)) == [AdvanceIsSettled.__name__]


def test_posting_and_reversing_at_once_end_in_one_order_or_the_other(books, draft, monkeypatch):
    meeting(monkeypatch, finishing, "taken")
    outcome = together(lambda: post(books, draft), lambda: reverse(books, draft))
    draft.refresh_from_db()
    reversals = Voucher.objects.filter(reverses=draft).count()
    assert errors(outcome) in ([], [CannotReverse.__name__])
    assert (draft.status, reversals) in (("posted", 0), ("reversed", 1))
    assert books.balance("2241") == (-113 if reversals == 0 else 0)


def test_a_draft_edited_while_it_is_posted_is_posted_as_it_was_seen_or_not_at_all(books, draft, monkeypatch):
    lines = [
        services.LineChange(line.position, "changed", line.account_id, line.department_id, line.employee_id)
        for line in draft.lines.all()
    ]

    def edit() -> Voucher:
        return services.edit(
            voucher_id=draft.public_id,
            actor=books.world.carol,
            version=draft.version,
            lines=lines,
            dated_on=draft.dated_on,
            attachment_count=1,
            at=books.now,
        )

    outcome = together(lambda: post(books, draft), edit)
    summaries = set(draft.lines.values_list("summary", flat=True))
    if books.status(draft) == "posted":
        assert "changed" not in summaries
        assert errors(outcome) == ["AlreadyPosted"]
    else:
        assert summaries == {"changed"}
        assert errors(outcome) == ["Stale"]


# --- The month is closed meanwhile ------------------------------------------------------------------------------------
def close_november(books: Books, draft: Voucher, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Somebody closes the month after the posting has found it open; what the voucher was when the closing was done."""
    found_open, closed = threading.Event(), threading.Event()
    original = finishing._number

    def wait_and_number(*args: Any, **kwargs: Any) -> None:
        found_open.set()
        closed.wait(A_WHILE)
        original(*args, **kwargs)

    monkeypatch.setattr(finishing, "_number", wait_and_number)
    Period.objects.get_or_create(company=books.company, year=2026, month=11)

    def close() -> str:
        found_open.wait(ENOUGH)
        with transaction.atomic():
            Period.objects.filter(company=books.company, year=2026, month=11).update(closed=True)
        closed.set()
        return Voucher.objects.get(pk=draft.pk).status

    return together(lambda: post(books, draft), close)


def test_without_the_lock_a_voucher_slips_into_a_month_that_was_closed(books, draft, monkeypatch):
    monkeypatch.setattr(periods, "HOLD", periods.HOLD.replace("FOR SHARE", ""))
    posted, seen_at_closing = close_november(books, draft, monkeypatch)
    assert seen_at_closing == "draft"  # and yet it is in the books afterwards:
    assert posted.status == books.status(draft) == "posted"


def test_who_closes_a_month_waits_for_the_postings_under_way(books, draft, monkeypatch):
    _posted, seen_at_closing = close_november(books, draft, monkeypatch)
    assert seen_at_closing == "posted"


# --- Export twice -----------------------------------------------------------------------------------------------------
def export(books: Books) -> Export:
    return services.export(
        company=books.company, actor=books.world.carol, format="csv", at=books.now, month=date(2026, 11, 1)
    )


def test_without_the_lock_the_same_vouchers_are_handed_out_twice(books, monkeypatch):
    many(books, 5)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows: rows)
    meeting(monkeypatch, exporting, "_locked")
    assert errors(together(lambda: export(books), lambda: export(books))) == []
    assert [made.voucher_count for made in Export.objects.all()] == [5, 5]  # booked twice in the ERP


def test_two_exports_at_once_hand_each_voucher_out_once(books, monkeypatch):
    many(books, 5)
    meeting(monkeypatch, exporting, "_locked")
    outcome = together(lambda: export(books), lambda: export(books))
    assert len(errors(outcome)) == 1
    assert errors(outcome)[0] in (AlreadyExported.__name__, "NothingToExport")
    assert Export.objects.get().voucher_count == 5
