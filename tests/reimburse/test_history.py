"""The history of a document, in words, with what was changed between one round and the next."""

from __future__ import annotations

from decimal import Decimal

import pytest

from common import audit
from reimburse import history, services
from reimburse.history import Change
from reimburse.models import Document
from tests.builders import NOON, World, make_cost_centre
from tests.reimburse import build
from tests.reimburse.test_edit_draft import PNG, asked, save

pytestmark = pytest.mark.usefixtures("english")


def events(document: Document) -> list[history.Event]:
    return history.of(audit.timeline(document.public_id))


@pytest.mark.parametrize("make", [build.make_claim, build.make_advance])
def test_everything_that_happened_in_words(routed: World, make) -> None:
    document = build.decide(build.submit(make(routed)), "return", comment="缺水单")
    document = build.decide(build.submit(document))
    told = [(event.who, event.what, event.comment) for event in events(document)]
    assert told == [
        ("Alice", "started the draft", ""),
        ("Alice", "sent it", ""),
        ("Bob", "returned", "缺水单"),
        ("Alice", "sent it", ""),
        ("Bob", "approved", "同意"),
        ("Bob", "approval is complete", "同意"),
    ]


def test_what_was_changed_between_two_rounds(routed: World) -> None:
    claim = build.make_claim(routed, "106.00", "50.00")
    claim = build.decide(build.submit(claim), "return", comment="请改")
    first, second = build.lines_of(claim)
    other = make_cost_centre(routed.department, name="活动")
    claim = save(
        claim,
        head={"title": "上海出差"},
        lines={first.public_id: {"amount": Decimal("80.00"), "purpose": "打印纸", "cost_centre": other}},
    )
    number = second.line_invoices.get().invoice.number
    claim = services.remove_line(**asked(claim), line_id=second.public_id)
    claim = services.attach(**asked(claim), name="水单.png", content=PNG)
    claim = build.submit(claim)

    sent_again = [event for event in events(claim) if event.what == "sent it"][-1]
    changes = set(sent_again.changes)
    assert Change("", "Total", "156.00", "80.00") in changes
    assert any(change.what == "Title" and change.after == "上海出差" for change in changes)
    assert Change("line 1", "Amount", "106.00", "80.00") in changes
    assert Change("line 1", "Cost centre", "市场部", "活动") in changes
    assert Change("", "attachments", "", "水单.png") in changes
    assert any(change.where == "line 2" and change.after == "" for change in changes)
    assert number not in {change.after for change in changes}


def test_an_invoice_put_on_a_line_is_told(routed: World) -> None:
    claim = build.decide(build.submit(build.make_claim(routed, "10.00")), "return", comment="请补")
    more = build.make_invoice(routed.alice, routed.company, total="5.00")
    line = claim.lines.get()
    claim = services.add_invoices(**asked(claim), invoice_ids=[more.public_id], line_id=line.public_id)
    claim = build.submit(claim)
    changes = events(claim)[-1].changes
    assert Change("line 1", "invoices", "", more.number) in changes
    assert Change("line 1", "Amount", "10.00", "15.00") in changes


def test_the_first_time_nothing_was_changed(routed: World) -> None:
    claim = build.submit(build.make_claim(routed))
    assert [event.changes for event in events(claim)] == [(), ()]


def test_sending_it_again_as_it_was_changes_nothing(routed: World) -> None:
    claim = build.submit(build.make_claim(routed))
    claim = services.withdraw(document_id=claim.public_id, employee=routed.alice, at=NOON)
    claim = build.submit(claim)
    assert list(events(claim)[-1].changes) == []
