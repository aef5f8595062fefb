"""Starting documents: a claim from invoices with everything filled in, an empty one, a cash advance."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from common.models import AuditEntry
from invoices.models import InvoiceUse
from reimburse import services
from reimburse.errors import InvoicesGone, NoCostCentre, NoPost
from reimburse.models import Document
from tests.builders import NOON, TODAY, World, make_employee, make_post
from tests.reimburse import build
from tests.reimburse.build import make_invoice


def create(world: World, *invoices, **changes) -> Document:
    values = {"employee": world.alice, "invoice_ids": [invoice.public_id for invoice in invoices], "at": NOON}
    return services.create_claim(**values | changes)


def test_a_claim_is_filled_from_its_invoice(world: World) -> None:
    ticket = make_invoice(
        world.alice,
        world.company,
        total="553.00",
        tax=Decimal("45.66"),
        kind="电子发票（铁路电子客票）",
        issued_on=TODAY,
        facts={
            "trips": [
                {
                    "departure": "杭州东",
                    "destination": "上海虹桥",
                    "travel_date": "2026-11-17",
                    "carrier_number": "G7316",
                }
            ]
        },
    )
    claim = create(world, ticket)

    line = claim.lines.get()
    assert line.expense_type == world.travel  # 铁路 is one of its words
    assert line.spent_on == date(2026, 11, 17)  # the day of the trip, not of the invoice
    assert line.purpose == "杭州东 → 上海虹桥 G7316"
    assert (line.amount, line.tax) == (Decimal("553.00"), Decimal("45.66"))
    assert line.cost_centre == world.cost_centre
    assert claim.total == Decimal("553.00")
    assert claim.title == "差旅费 11-17"
    assert (claim.department, claim.payee, claim.status) == (world.department, world.alice, Document.Status.DRAFT)


def test_one_line_an_invoice_the_earliest_first_and_softly_marked(world: World) -> None:
    late = make_invoice(world.alice, world.company, total="20.00", issued_on=TODAY)
    early = make_invoice(world.alice, world.company, total="10.00", issued_on=TODAY - timedelta(days=3))
    claim = create(world, late, early)

    assert [line.amount for line in build.lines_of(claim)] == [Decimal("10.00"), Decimal("20.00")]
    marks = InvoiceUse.objects.filter(document_id=claim.public_id)
    assert [(use.firm, use.released_at) for use in marks] == [(False, None)] * 2


def test_the_type_is_learned_from_my_last_claim_of_the_same_seller(world: World) -> None:
    build.make_claim(world, "10.00", expense_type=world.meals)
    claim = create(world, make_invoice(world.alice, world.company))
    assert claim.lines.get().expense_type == world.meals


def test_what_nothing_suggests_stays_open(world: World) -> None:
    assert create(world, make_invoice(world.alice, world.company)).lines.get().expense_type is None


def test_an_empty_claim_has_no_lines_and_no_number(world: World) -> None:
    claim = create(world)
    assert (claim.lines.count(), claim.number, claim.total) == (0, "", Decimal(0))


def test_somebody_elses_invoice_cannot_be_claimed(world: World) -> None:
    bobs = make_invoice(world.bob, world.company)
    with pytest.raises(InvoicesGone):
        create(world, bobs)
    assert not Document.objects.exists()


def test_an_invoice_that_does_not_exist_cannot_be_claimed(world: World) -> None:
    with pytest.raises(InvoicesGone):
        create(world, invoice_ids=[uuid4()])


def test_an_invoice_spent_elsewhere_cannot_be_claimed(routed: World) -> None:
    invoice = make_invoice(routed.alice, routed.company)
    build.submit(build.type_in(create(routed, invoice), expense_type=routed.office))
    with pytest.raises(InvoicesGone):
        create(routed, invoice)


def test_the_same_key_creates_once(world: World) -> None:
    invoice = make_invoice(world.alice, world.company)
    first, second = (create(world, invoice, key="k1") for _ in range(2))
    assert first.pk == second.pk
    assert Document.objects.count() == 1


def test_without_a_post_there_is_nobody_to_bear_the_cost(world: World) -> None:
    with pytest.raises(NoPost):
        create(world, employee=make_employee("frank"))


def test_without_a_cost_centre_too(world: World) -> None:
    grace = make_employee("grace")
    make_post(grace, world.department)
    with pytest.raises(NoCostCentre):
        create(world, employee=grace)


def test_the_claim_belongs_to_the_company_whose_wallet_the_invoice_lies_in(world: World) -> None:
    make_post(
        world.alice, world.dan.posts.get().department, cost_centre=world.dan.posts.get().cost_centre, primary=False
    )
    invoice = make_invoice(world.alice, world.other_company)
    assert create(world, invoice).company == world.other_company


def test_a_cash_advance_has_one_sum_and_a_due_day(world: World) -> None:
    advance = build.make_advance(world, "5000.00")
    assert (advance.kind, advance.total, advance.title) == ("advance", Decimal("5000.00"), "南京展会备用金")
    assert advance.advance.due_on == build.DUE
    assert advance.lines.get().purpose == "南京展会备用金"


@pytest.mark.parametrize("make", [build.make_claim, build.make_advance])
def test_starting_is_recorded(world: World, make) -> None:
    document = make(world)
    entry = AuditEntry.objects.get(subject_id=document.public_id)
    assert (entry.kind, entry.actor_id) == (f"{document.kind}.created", world.alice.pk)
