"""Sending a claim: all of it or nothing, once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from invoices.models import InvoiceUse
from reimburse.models import Document
from tests.builders import World
from tests.reimburse import build


@pytest.fixture
def routed(world: World) -> World:
    build.make_route(world.company, world.bob)
    build.make_route(world.company, world.bob, kind="advance")
    return world


def test_a_claim_from_one_invoice_goes_to_its_approver(routed: World):
    claim = build.submit(build.make_claim(routed, "106.00"))

    assert claim.status == Document.Status.WAITING
    assert claim.number == "BX-2026-000001"
    assert claim.total == Decimal("106.00")
    assert build.open_slot(claim).approver == routed.bob
    use = InvoiceUse.objects.get()
    assert (use.firm, use.document_label, use.amount) == (True, "BX-2026-000001", Decimal("106.00"))
