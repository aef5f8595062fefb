"""Two at once, on the real database; each shown first without its lock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.db import connection

from approvals.models import ApprovalRequest
from budgets.models import BudgetNode
from budgets.services import BudgetExceeded
from common.errors import NotReady, Stale, WrongState
from common.models import AuditEntry
from invoices.errors import InvoiceAlreadyUsed
from invoices.models import InvoiceUse
from reimburse import services
from reimburse.errors import DocumentNotFound, SettledTooMuch
from reimburse.models import AdvanceDetail, Document
from reimburse.services import Changes, drafts, locking, settling, submitting
from tests.budgets.builders import make_node
from tests.builders import NOON, World, make_world
from tests.reimburse import build

pytestmark = pytest.mark.django_db(transaction=True)

ENOUGH = 20  # seconds until a thread that hangs counts as failed


@pytest.fixture
def routed() -> World:
    world = make_world()
    build.make_route(world.company, world.bob)
    build.make_route(world.company, world.bob, kind="advance")
    return world


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


def meeting(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, *, parties: int = 2) -> None:
    """Let all threads have read before any goes on to write: the worst moment."""
    original, barrier = getattr(module, name), threading.Barrier(parties)

    def read_and_wait(*args: Any, **kwargs: Any) -> Any:
        found = original(*args, **kwargs)
        with suppress(threading.BrokenBarrierError):  # with the lock only one can be here; the other waits for it
            barrier.wait(timeout=2)
        return found

    monkeypatch.setattr(module, name, read_and_wait)


def without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents are read as ever, but nobody waits for anybody."""
    monkeypatch.setattr(locking, "_locked", lambda: Document.objects.select_related("company", "applicant", "payee"))


def names(outcome: list[Any]) -> list[str]:
    return sorted(type(result).__name__ for result in outcome)


# --- Two windows ------------------------------------------------------------------------------------------------------
def typed(claim: Document, title: str) -> Callable[[], Document]:
    return lambda: services.save_draft(
        document_id=claim.public_id,
        employee=claim.applicant,
        version=claim.version,
        changes=Changes(head={"title": title}),
        at=NOON,
    )


def test_two_windows_saving_at_once_without_the_lock_one_is_lost(routed: World, monkeypatch) -> None:
    claim = build.make_claim(routed)
    without_lock(monkeypatch)
    meeting(monkeypatch, drafts.reading, "read")
    assert names(together(typed(claim, "one"), typed(claim, "two"))) == [
        "Document",
        "Document",
    ]  # both were told "saved"


def test_two_windows_saving_at_once_the_later_one_is_told(routed: World, monkeypatch) -> None:
    claim = build.make_claim(routed)
    meeting(monkeypatch, drafts.reading, "read")
    outcome = together(typed(claim, "one"), typed(claim, "two"))
    assert names(outcome) == ["Document", "Stale"]
    kept = next(result for result in outcome if isinstance(result, Document))
    claim.refresh_from_db()
    assert claim.title == kept.title
    assert any(isinstance(result, Stale) for result in outcome)


# --- Double submit ----------------------------------------------------------------------------------------------------
def test_a_double_click_without_the_lock_opens_two_requests_or_fails(routed: World, monkeypatch) -> None:
    claim = build.make_claim(routed)
    without_lock(monkeypatch)
    meeting(monkeypatch, submitting.reading, "read")
    outcome = together(*[lambda: build.submit(claim, key="k1")] * 2)
    # Only a constraint far below stops the second one, with an error nobody can act on.
    assert names(outcome) != ["Document", "Document"]
    assert not any(isinstance(result, WrongState) for result in outcome)


def test_a_double_click_sends_once_and_both_are_answered(routed: World, monkeypatch) -> None:
    claim = build.make_claim(routed)
    meeting(monkeypatch, submitting.reading, "read")
    outcome = together(*[lambda: build.submit(claim, key="k1")] * 2)
    assert {result.number for result in outcome} == {"BX-2026-000001"}
    assert ApprovalRequest.objects.count() == 1
    assert AuditEntry.objects.filter(kind="claim.submitted").count() == 1


def test_a_double_click_without_a_key_sends_once(routed: World, monkeypatch) -> None:
    claim = build.make_claim(routed)
    meeting(monkeypatch, submitting.reading, "read")
    assert names(together(*[lambda: build.submit(claim)] * 2)) == ["Document", "WrongState"]
    assert ApprovalRequest.objects.count() == 1


# --- Submit and erase -------------------------------------------------------------------------------------------------
def test_sent_and_erased_at_once_only_one_of_them_happens(routed: World, monkeypatch) -> None:
    claim = build.make_claim(routed)
    meeting(monkeypatch, submitting.reading, "read")

    def erase() -> None:
        services.delete_draft(document_id=claim.public_id, employee=routed.alice, version=claim.version, at=NOON)

    sent, erased = together(lambda: build.submit(claim), erase)
    if isinstance(sent, Document):
        assert isinstance(erased, WrongState)
        assert (ApprovalRequest.objects.count(), InvoiceUse.objects.get().firm) == (1, True)
    else:
        assert isinstance(sent, DocumentNotFound)
        assert erased is None
        assert not ApprovalRequest.objects.exists()
        assert not InvoiceUse.objects.filter(released_at=None).exists()


# --- One invoice, two documents ---------------------------------------------------------------------------------------
def test_one_invoice_in_two_claims_sent_at_once(routed: World, monkeypatch) -> None:
    first = build.make_claim(routed, "106.00")
    invoice = first.lines.get().line_invoices.get().invoice
    second = services.create_claim(employee=routed.alice, invoice_ids=[invoice.public_id], at=NOON)
    second = build.type_in(second, expense_type=routed.office)
    meeting(monkeypatch, submitting.checking, "findings_of")  # both have looked and found it free

    outcome = together(lambda: build.submit(first), lambda: build.submit(second))
    assert names(outcome) == ["Document", "InvoiceAlreadyUsed"]
    assert InvoiceUse.objects.filter(firm=True, released_at=None).count() == 1
    assert sorted(Document.objects.values_list("status", flat=True)) == ["draft", "waiting"]
    assert any(isinstance(result, InvoiceAlreadyUsed) for result in outcome)


# --- The last yuan ----------------------------------------------------------------------------------------------------
def test_the_last_yuan_of_a_budget_is_given_once(routed: World, monkeypatch) -> None:
    make_node(routed.department, "106.00")
    first, second = build.make_claim(routed, "106.00"), build.make_claim(routed, "106.00")
    meeting(monkeypatch, submitting.checking, "findings_of")

    outcome = together(lambda: build.submit(first), lambda: build.submit(second))
    assert names(outcome) == ["BudgetExceeded", "Document"]
    assert BudgetNode.objects.get().reserved == Decimal("106.00")
    assert any(isinstance(result, BudgetExceeded) for result in outcome)


# --- One advance, two claims ------------------------------------------------------------------------------------------
@pytest.fixture
def rivals(routed: World) -> list[Document]:
    """Two claims that each wish to settle 4,000.00 of an advance of 5,000.00."""
    advance = build.decide(build.submit(build.make_advance(routed, "5000.00")))
    claims = []
    for _n in range(2):
        claim = build.make_claim(routed, "4000.00")
        wish = Changes(settles={advance.public_id: Decimal(4000)})
        claims.append(
            services.save_draft(
                document_id=claim.public_id, employee=routed.alice, version=claim.version, changes=wish, at=NOON
            )
        )
    return claims


def test_an_advance_settled_twice_without_the_lock(rivals: list[Document], monkeypatch) -> None:
    def unlocked(ids: list[int]) -> dict[int, AdvanceDetail]:
        return {row.document_id: row for row in AdvanceDetail.objects.filter(pk__in=ids).select_related("document")}

    counter = count(1)
    monkeypatch.setattr(submitting, "next_number", lambda **_: next(counter))  # its lock would do instead
    monkeypatch.setattr(settling, "_locked", unlocked)
    meeting(monkeypatch, settling, "_locked")
    assert names(together(*[lambda claim=claim: build.submit(claim) for claim in rivals])) == ["Document", "Document"]
    assert AdvanceDetail.objects.get().settled == Decimal(4000)  # although 8,000 of 5,000 are settled


def test_an_advance_is_settled_once(rivals: list[Document], monkeypatch) -> None:
    meeting(monkeypatch, submitting.checking, "findings_of")
    outcome = together(*[lambda claim=claim: build.submit(claim) for claim in rivals])
    assert names(outcome) in (["Document", "SettledTooMuch"], ["Document", "NotReady"])
    assert AdvanceDetail.objects.get().settled == Decimal(4000)
    assert any(isinstance(result, SettledTooMuch | NotReady) for result in outcome)
