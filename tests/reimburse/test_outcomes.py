"""What becomes of a sent document, for both kinds: budget, invoices and status follow what approvals decide."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from budgets import services as budgets
from common.errors import WrongState
from common.models import AuditEntry
from invoices.models import InvoiceUse
from reimburse import services
from reimburse.errors import DocumentNotFound
from reimburse.models import Document
from tests.budgets.builders import balances, make_node
from tests.builders import NOON, World
from tests.reimburse import build

KINDS = pytest.mark.parametrize("make", [build.make_claim, build.make_advance])


def sent(world: World, make: Any) -> tuple[Document, Any, str]:
    """A document in approval, the budget that pays for it, and its sum."""
    node = make_node(world.department, "9000.00")
    document = build.submit(make(world))
    return document, node, f"{document.total:.2f}"


def firm(document: Document) -> list[bool]:
    live = InvoiceUse.objects.filter(document_id=document.public_id, released_at=None)
    return list(live.values_list("firm", flat=True))


def kinds_of(document: Document) -> list[str]:
    entries = AuditEntry.objects.filter(subject_id=document.public_id).order_by("id")
    return [kind.partition(".")[2] for kind in entries.values_list("kind", flat=True)]


@KINDS
def test_approved_the_reservation_becomes_a_commitment(routed: World, make) -> None:
    document, node, total = sent(routed, make)
    assert balances(node) == (total, "0.00", "0.00")
    document = build.decide(document)
    assert (document.status, document.decided_at) == ("approved", NOON)
    assert balances(node) == ("0.00", total, "0.00")
    assert kinds_of(document) == ["created", "submitted", "decided", "approved"]


@KINDS
def test_rejected_budget_and_invoices_are_free_again(routed: World, make) -> None:
    document, node, _total = sent(routed, make)
    document = build.decide(document, "reject", comment="不符合制度")
    assert document.status == "rejected"
    assert balances(node) == ("0.00", "0.00", "0.00")
    assert firm(document) == []
    assert kinds_of(document) == ["created", "submitted", "decided", "rejected"]


@KINDS
def test_returned_the_budget_is_free_and_the_invoices_stay(routed: World, make) -> None:
    document, node, _total = sent(routed, make)
    document = build.decide(document, "return", comment="请补水单")
    assert (document.status, document.is_editable) == ("returned", True)
    assert balances(node) == ("0.00", "0.00", "0.00")
    assert all(firm(document))


@KINDS
def test_withdrawn_another_document_may_take_the_invoices(routed: World, make) -> None:
    document, node, _total = sent(routed, make)
    document = services.withdraw(document_id=document.public_id, employee=routed.alice, at=NOON)
    assert (document.status, document.is_editable) == ("withdrawn", True)
    assert balances(node) == ("0.00", "0.00", "0.00")
    assert not any(firm(document))
    assert kinds_of(document)[-1] == "withdrawn"


@KINDS
def test_only_the_applicant_withdraws(routed: World, make) -> None:
    document, _node, _total = sent(routed, make)
    for stranger in (routed.bob, routed.carol, routed.dan):
        with pytest.raises(DocumentNotFound):
            services.withdraw(document_id=document.public_id, employee=stranger, at=NOON)


@KINDS
def test_a_draft_cannot_be_withdrawn(routed: World, make) -> None:
    with pytest.raises(DocumentNotFound):
        services.withdraw(document_id=make(routed).public_id, employee=routed.alice, at=NOON)


@KINDS
@pytest.mark.parametrize("way_back", ["return", "withdraw"])
def test_mended_and_sent_again_it_is_the_same_request_in_the_next_round(routed: World, make, way_back: str) -> None:
    document, node, total = sent(routed, make)
    number, request = document.number, build.request_of(document)
    if way_back == "return":
        document = build.decide(document, "return", comment="金额改小")
    else:
        document = services.withdraw(document_id=document.public_id, employee=routed.alice, at=NOON)
    document = build.type_in(document, amount=Decimal("50.00"))
    document = build.submit(document)

    assert (document.status, document.number, document.round) == ("waiting", number, 2)
    assert build.request_of(document).pk == request.pk
    assert balances(node) == ("50.00", "0.00", "0.00")
    assert Decimal(total) != Decimal(50)
    document = build.decide(document)
    assert (document.status, balances(node)) == ("approved", ("0.00", "50.00", "0.00"))


def test_a_claim_sent_back_may_be_rid_of_an_invoice(routed: World) -> None:
    claim = build.submit(build.make_claim(routed, "10.00", "20.00"))
    claim = build.decide(claim, "return", comment="第一张不能报")
    line = build.lines_of(claim)[0]
    invoice = line.line_invoices.get().invoice
    claim = services.remove_line(
        document_id=claim.public_id, employee=routed.alice, version=claim.version, line_id=line.public_id, at=NOON
    )
    claim = build.submit(claim)
    assert claim.total == Decimal("20.00")
    assert not InvoiceUse.objects.filter(invoice=invoice, released_at=None).exists()


def test_a_failing_receiver_undoes_the_decision(routed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    document, node, total = sent(routed, build.make_claim)

    def fail(**kwargs: Any) -> None:
        raise RuntimeError("no commitment today")

    monkeypatch.setattr(budgets, "commit", fail)
    with pytest.raises(RuntimeError, match="no commitment"):
        build.decide(document)
    monkeypatch.undo()
    document.refresh_from_db()
    assert (document.status, build.request_of(document).status) == ("waiting", "waiting")
    assert balances(node) == (total, "0.00", "0.00")
    assert build.open_slot(document)


# --- Posting ----------------------------------------------------------------------------------------------------------
@KINDS
def test_posted_and_after_a_reversal_approved_again(routed: World, make) -> None:
    document = build.decide(sent(routed, make)[0])
    with transaction.atomic():
        posted = services.mark_posted(document_id=document.public_id, at=NOON, actor=routed.carol)
    assert posted.status == "posted"
    with transaction.atomic():
        again = services.mark_unposted(document_id=document.public_id, at=NOON, actor=routed.carol)
    assert (again.status, again.decided_at) == ("approved", NOON)


@KINDS
def test_nothing_is_posted_before_it_is_approved(routed: World, make) -> None:
    document, _node, _total = sent(routed, make)
    with pytest.raises(WrongState), transaction.atomic():
        services.mark_posted(document_id=document.public_id, at=NOON, actor=routed.carol)


@pytest.mark.parametrize("status", Document.Status.values)
@pytest.mark.parametrize("target", Document.Status.values)
def test_a_document_moves_only_along_its_states(status: str, target: str) -> None:
    allowed = {
        "draft": {"waiting"},
        "waiting": {"returned", "withdrawn", "approved", "rejected"},
        "returned": {"waiting"},
        "withdrawn": {"waiting"},
        "approved": {"posted"},
        "posted": {"approved"},
        "rejected": set(),
    }
    document = Document(status=status, kind="claim", version=3)
    if target in allowed[status]:
        document.move_to(target, at=NOON)
        assert (document.status, document.version) == (target, 4)
    else:
        with pytest.raises(WrongState):
            document.move_to(target, at=NOON)


def test_an_editor_left_open_is_told_when_the_document_was_returned(routed: World) -> None:
    document, _node, _total = sent(routed, build.make_claim)
    seen = document.version
    document = build.decide(document, "return", comment="请补水单")
    assert document.version > seen
