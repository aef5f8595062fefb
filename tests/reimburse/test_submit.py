"""Sending a document: all of it or nothing, once; for both kinds."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from approvals.models import ApprovalRequest
from approvals.services import NoRoute
from budgets.models import LedgerRow
from budgets.services import BudgetExceeded
from common import audit, outbox
from common.errors import NotReady, Stale, WrongState
from common.idempotency import KeyReused
from common.models import AuditEntry, IdempotentAnswer, NumberSeries, OutboxMessage
from directory.models import ExpenseType
from invoices.errors import InvoiceAlreadyUsed
from invoices.models import InvoiceUse
from reimburse import services
from reimburse.errors import DocumentNotFound
from reimburse.models import Document
from reimburse.services import submitting
from tests.budgets.builders import make_node
from tests.builders import NOON, TODAY, World, make_expense_type
from tests.reimburse import build

KINDS = pytest.mark.parametrize("make", [build.make_claim, build.make_advance])


def test_a_claim_from_one_invoice_goes_to_its_approver(routed: World) -> None:
    claim = build.submit(build.make_claim(routed, "106.00"))

    assert (claim.status, claim.number, claim.round) == ("waiting", "BX-2026-000001", 1)
    assert claim.total == Decimal("106.00")
    assert build.open_slot(claim).approver == routed.bob
    use = InvoiceUse.objects.get()
    assert (use.firm, use.document_label, use.amount) == (True, "BX-2026-000001", Decimal("106.00"))


def test_what_the_invoice_says_is_not_whom_one_entertained(routed: World) -> None:
    dinner = make_expense_type(routed.company, use=ExpenseType.Use.ENTERTAINMENT)
    items = [{"name": "*餐饮服务*餐费"}]
    claim = build.make_claim(routed, "106.00", expense_type=dinner, facts={"items": items})
    assert build.lines_of(claim)[0].purpose == "餐费"
    with pytest.raises(NotReady) as refused:
        build.submit(claim)
    assert [finding.code for finding in refused.value.findings] == ["line_no_purpose"]
    claim.refresh_from_db()
    assert claim.status == "draft"
    build.submit(build.type_in(claim, purpose="华岚连锁采购部，4 人"))
    again = build.make_claim(routed, "106.00", expense_type=dinner, facts={"items": items})  # its type is suggested
    assert build.lines_of(again)[0].purpose == ""


def test_an_advance_goes_the_same_way(routed: World) -> None:
    node = make_node(routed.department, "8000.00")
    advance = build.submit(build.make_advance(routed, "5000.00"))

    assert (advance.status, advance.number) == ("waiting", "JK-2026-000001")
    assert build.open_slot(advance).approver == routed.bob
    node.refresh_from_db()
    assert node.reserved == Decimal("5000.00")


def test_numbers_count_by_company_kind_and_year(routed: World) -> None:
    first, second = (build.submit(build.make_claim(routed)) for _ in range(2))
    advance = build.submit(build.make_advance(routed))
    assert [first.number, second.number, advance.number] == ["BX-2026-000001", "BX-2026-000002", "JK-2026-000001"]
    next_year = NOON.replace(year=2027, month=1, day=4)
    later = build.submit(build.make_claim(routed), at=next_year)
    assert later.number == "BX-2027-000001"


def test_the_year_of_a_number_is_the_local_one(routed: World) -> None:
    new_years_eve = NOON.replace(month=12, day=31, hour=23, minute=30)  # 15:30 UTC
    assert build.submit(build.make_claim(routed), at=new_years_eve).number == "BX-2026-000001"
    assert build.submit(build.make_claim(routed), at=new_years_eve + timedelta(hours=1)).number == "BX-2027-000001"


@KINDS
def test_sending_is_recorded_with_the_whole_document(routed: World, make) -> None:
    document = build.submit(make(routed))
    entry = AuditEntry.objects.get(subject_id=document.public_id, kind=f"{document.kind}.submitted")
    assert (entry.actor_id, entry.subject_label, entry.at) == (routed.alice.pk, document.number, NOON)
    assert entry.data["status"] == "waiting"
    assert entry.data["total"] == str(document.total)
    assert entry.data["applicant"]["name"] == "Alice"
    assert [line["amount"] for line in entry.data["lines"]] == [str(document.total)]


def test_the_recognised_invoice_is_in_the_record(routed: World) -> None:
    claim = build.submit(build.make_claim(routed, "106.00"))
    entry = AuditEntry.objects.get(kind="claim.submitted")
    invoice = claim.lines.get().line_invoices.get().invoice
    kept = entry.data["lines"][0]["invoices"][0]
    assert (kept["number"], kept["total"], kept["claimed"]) == (invoice.number, "106.00", "106.00")
    assert (kept["seller_name"], kept["date"], kept["unsure"]) == (invoice.seller_name, "2026-11-24", [])


def test_routes_may_depend_on_every_declared_fact(routed: World) -> None:
    claim = build.submit(build.make_claim(routed, "106.00"))
    assert build.request_of(claim).facts == {
        "amount": "106.00",
        "expense_types": ["office"],
        "department": routed.department.code,
        "departments": [routed.department.code, routed.department.parent.code],
        "cost_centre": routed.cost_centre.code,
        "project": "",
        "over_budget": False,
        "level": 1,
        "has_findings": False,
    }


# --- What stands in the way -------------------------------------------------------------------------------------------
def test_every_finding_is_named_at_once_and_the_draft_stays(routed: World) -> None:
    claim = build.type_in(build.make_claim(routed, "106.00"), expense_type=None, amount=Decimal("200.00"))
    with pytest.raises(NotReady) as refusal:
        build.submit(claim)
    assert [finding.code for finding in refusal.value.findings] == ["line_no_type", "line_over_invoices"]
    claim.refresh_from_db()
    assert (claim.status, claim.number, claim.total) == ("draft", "", Decimal("200.00"))


@KINDS
def test_without_a_route_nothing_is_left_behind(world: World, make) -> None:
    node = make_node(world.department, "9000.00")
    document = make(world)
    with pytest.raises(NoRoute):
        build.submit(document)
    _nothing_happened(document, node)


@KINDS
def test_over_a_budget_that_blocks_nothing_is_left_behind(routed: World, make) -> None:
    node = make_node(routed.department, "100.00")
    document = make(routed)
    with pytest.raises(BudgetExceeded, match=r"over|超"):
        build.submit(document)
    _nothing_happened(document, node)


@KINDS
def test_when_the_last_part_fails_everything_is_undone(routed: World, make, monkeypatch: pytest.MonkeyPatch) -> None:
    node = make_node(routed.department, "9000.00")
    document = make(routed)

    def fail(*args: Any, **kwargs: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(submitting.audit, "record", fail)
    with pytest.raises(OSError, match="disk"):
        build.submit(document, key="k1")
    monkeypatch.undo()
    _nothing_happened(document, node)
    assert build.submit(document, key="k1").status == "waiting"  # and it can be sent again


def _nothing_happened(document: Document, node: Any) -> None:
    document.refresh_from_db()
    assert (document.status, document.number, document.round, document.approval) == ("draft", "", 0, None)
    node.refresh_from_db()
    assert (node.reserved, LedgerRow.objects.count()) == (Decimal(0), 0)
    assert not InvoiceUse.objects.filter(firm=True).exists()
    assert not ApprovalRequest.objects.exists()
    assert not NumberSeries.objects.exists()
    assert not IdempotentAnswer.objects.exists()
    assert not AuditEntry.objects.filter(kind__endswith=".submitted").exists()


def test_an_invoice_somebody_was_faster_with(routed: World) -> None:
    claim = build.make_claim(routed, "106.00")
    other = services.create_claim(
        employee=routed.alice,
        invoice_ids=[claim.lines.get().line_invoices.get().invoice.public_id],
        at=NOON,
    )
    other = build.type_in(other, expense_type=routed.office)
    build.submit(claim)
    with pytest.raises(NotReady) as refusal:
        build.submit(other)
    assert [(f.code, f.params["document"]) for f in refusal.value.findings] == [("invoice_used", "BX-2026-000001")]


def test_the_database_refuses_a_second_use_even_if_nobody_looked(routed: World, monkeypatch) -> None:
    claim = build.make_claim(routed, "106.00")
    invoice = claim.lines.get().line_invoices.get().invoice
    other = services.create_claim(employee=routed.alice, invoice_ids=[invoice.public_id], at=NOON)
    other = build.type_in(other, expense_type=routed.office)
    build.submit(claim)
    monkeypatch.setattr(submitting.checking, "findings_of", lambda *_, **__: [])
    with pytest.raises(InvoiceAlreadyUsed):
        build.submit(other)
    other.refresh_from_db()
    assert other.status == "draft"


@KINDS
def test_nobody_sends_somebody_elses_document(routed: World, make) -> None:
    for stranger in (routed.bob, routed.carol, routed.dan):
        with pytest.raises(DocumentNotFound):
            build.submit(make(routed), employee=stranger)


# --- Once -------------------------------------------------------------------------------------------------------------
@KINDS
def test_the_same_key_sends_once_and_answers_every_time(routed: World, make) -> None:
    document = make(routed)
    first = build.submit(document, key="k1")
    second = build.submit(document, key="k1")
    assert (first.number, second.number, second.status) == (first.number, first.number, "waiting")
    assert ApprovalRequest.objects.count() == 1


@KINDS
def test_a_second_click_without_a_key_is_told(routed: World, make) -> None:
    document = make(routed)
    build.submit(document)
    with pytest.raises(WrongState):
        build.submit(document)
    assert ApprovalRequest.objects.count() == 1


@KINDS
def test_what_changed_in_another_window_is_not_sent_unseen(routed: World, make) -> None:
    document = make(routed)
    build.type_in(document, purpose="typed in another window")
    with pytest.raises(Stale):
        build.submit(document)


# --- What approvers are told ------------------------------------------------------------------------------------------
def test_over_a_budget_that_warns_it_goes_on_and_the_approver_is_told(routed: World) -> None:
    build.make_route(routed.company, routed.erin, over_budget="is true").steps.update(name="超预算")
    routed.company.routes.filter(name="测试路线").exclude(conditions__fact="over_budget").update(position=200)
    make_node(routed.department, "100.00", mode="warn")
    claim = build.submit(build.make_claim(routed, "106.00"))

    request = build.request_of(claim)
    assert (request.facts["over_budget"], request.facts["has_findings"]) == (True, True)
    assert [finding["code"] for finding in request.attention] == ["budget_over"]
    assert [finding["code"] for finding in claim.findings] == ["budget_over"]
    assert build.open_slot(claim).approver == routed.erin  # the route for what is over budget


def test_warnings_reach_the_approver_and_stay_on_the_document(routed: World) -> None:
    claim = build.make_claim(routed, "106.00")
    claim = build.type_in(claim, spent_on=TODAY - timedelta(days=100), amount=Decimal("100.00"))
    claim = build.submit(claim)
    assert [finding["code"] for finding in build.request_of(claim).attention] == ["line_late"]
    assert [finding["code"] for finding in claim.findings] == ["line_late", "line_below_invoices"]


# --- Rows that could not be true --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "values",
    [
        {"number": "BX-2026-000009"},
        {"round": 1},
        {"submitted_at": NOON},
        {"status": "waiting"},
        {"status": "approved"},
        {"decided_at": NOON},
        {"total": Decimal(-1)},
    ],
)
def test_the_database_refuses_a_draft_that_looks_sent(world: World, values: dict) -> None:
    claim = build.make_claim(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=claim.pk).update(**values)


def test_consumers_hear_of_it(routed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(outbox._consumers, "test", outbox.Consumer("test", ("claim.submitted",), print, True))
    claim = build.submit(build.make_claim(routed))
    message = OutboxMessage.objects.get(consumer="test")
    entry = AuditEntry.objects.get(kind="claim.submitted")
    assert message.payload == {"entry": entry.pk, "subject": str(claim.public_id)}
    assert audit.timeline(claim.public_id)[-1] == entry


def test_a_key_answers_for_one_document_only(routed: World) -> None:
    build.submit(build.make_claim(routed), key="k1")
    second = build.make_claim(routed)
    with pytest.raises(KeyReused):
        build.submit(second, key="k1")
    second.refresh_from_db()
    assert (second.status, second.number) == ("draft", "")
