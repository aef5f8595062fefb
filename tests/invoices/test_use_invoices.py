"""Invoices on documents: marked by drafts, spent by a submit, given back."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from directory.models import Employee
from invoices import errors, services
from invoices.models import InvoiceUse
from tests.builders import NOON, World
from tests.invoices.build import make_invoice, use_of

pytestmark = pytest.mark.usefixtures("english")

CLAIM, OTHER_CLAIM = uuid4(), uuid4()


def mark(world: World, uses: Sequence[services.Use], *, document: UUID = CLAIM, label: str = "上海客户拜访") -> None:
    services.mark(
        document_id=document, label=label, company_id=world.company.pk, employee=world.alice, uses=uses, at=NOON
    )


def use(
    world: World,
    uses: Sequence[services.Use],
    *,
    document: UUID = CLAIM,
    label: str = "BX-2026-000001",
    employee: Employee | None = None,
) -> None:
    services.use(
        document_id=document,
        label=label,
        company_id=world.company.pk,
        employee=employee or world.alice,
        uses=uses,
        at=NOON,
    )


def live() -> list[tuple[int, UUID, bool]]:
    return sorted(InvoiceUse.objects.live().values_list("invoice_id", "document_id", "firm"))


def test_a_draft_marks_and_a_submit_turns_the_mark_firm(world: World) -> None:
    invoice = make_invoice(world.alice, world.company)
    wish = use_of(invoice)
    mark(world, [wish])
    assert live() == [(invoice.pk, CLAIM, False)]
    use(world, [wish])
    row = InvoiceUse.objects.get()
    assert (row.firm, row.document_label, row.amount) == (True, "BX-2026-000001", Decimal("106.00"))


def test_using_twice_for_the_same_document_changes_nothing(world: World) -> None:
    wishes = [use_of(make_invoice(world.alice, world.company)) for _ in range(3)]
    use(world, wishes)
    before = list(InvoiceUse.objects.order_by("pk").values())
    use(world, wishes)
    assert list(InvoiceUse.objects.order_by("pk").values()) == before


def test_two_drafts_may_mark_one_invoice_and_the_first_submitted_wins(world: World) -> None:
    invoice = make_invoice(world.alice, world.company)
    first, second = use_of(invoice), use_of(invoice)
    mark(world, [first])
    mark(world, [second], document=OTHER_CLAIM, label="杭州")
    use(world, [second], document=OTHER_CLAIM, label="BX-2026-000002")
    with pytest.raises(errors.InvoiceAlreadyUsed, match="BX-2026-000002"):
        use(world, [first])
    mark(world, [first])  # the draft can still be saved as it is


def test_marking_anew_replaces_the_marks_of_the_draft(world: World) -> None:
    gone, kept = make_invoice(world.alice, world.company), make_invoice(world.alice, world.company)
    wish = use_of(kept)
    mark(world, [use_of(gone), wish])
    mark(world, [wish], label="改名了")
    assert live() == [(kept.pk, CLAIM, False)]
    assert InvoiceUse.objects.get().document_label == "改名了"
    mark(world, [services.Use(kept.pk, wish.line_id, Decimal("50.00"))])
    assert InvoiceUse.objects.get().amount == Decimal("50.00")


def test_a_document_sent_back_keeps_its_invoices_until_it_lets_go(world: World) -> None:
    held, dropped = make_invoice(world.alice, world.company), make_invoice(world.alice, world.company)
    wish = use_of(held)
    use(world, [wish, use_of(dropped)])
    mark(world, [wish])  # she edits the returned document and takes one invoice off
    assert live() == [(held.pk, CLAIM, True)]
    released = InvoiceUse.objects.get(invoice=dropped)
    assert (released.firm, released.released_at) == (True, NOON)
    with pytest.raises(errors.InvoiceAlreadyUsed):
        use(world, [use_of(held)], document=OTHER_CLAIM)
    use(world, [use_of(dropped)], document=OTHER_CLAIM)


def test_an_amount_changed_after_a_return_is_a_new_row_and_still_firm(world: World) -> None:
    invoice = make_invoice(world.alice, world.company)
    wish = use_of(invoice)
    use(world, [wish])
    mark(world, [services.Use(invoice.pk, wish.line_id, Decimal("80.00"))])
    old, new = InvoiceUse.objects.order_by("pk")
    assert (old.amount, old.released_at) == (Decimal("106.00"), NOON)
    assert (new.amount, new.released_at, new.firm) == (Decimal("80.00"), None, True)


def test_a_withdrawn_document_only_marks_and_another_may_be_faster(world: World) -> None:
    invoice = make_invoice(world.alice, world.company)
    wish = use_of(invoice)
    use(world, [wish])
    services.soften(document_id=CLAIM, at=NOON)
    assert live() == [(invoice.pk, CLAIM, False)]
    assert InvoiceUse.objects.filter(firm=True, released_at=NOON).count() == 1
    use(world, [use_of(invoice)], document=OTHER_CLAIM, label="BX-2026-000002")
    with pytest.raises(errors.InvoiceAlreadyUsed):
        use(world, [wish])


def test_releasing_gives_every_invoice_back_and_keeps_the_history_of_uses(world: World) -> None:
    used, marked = make_invoice(world.alice, world.company), make_invoice(world.alice, world.company)
    use(world, [use_of(used)])
    mark(world, [use_of(marked)], document=OTHER_CLAIM)
    services.release(document_id=CLAIM, at=NOON)
    services.release(document_id=OTHER_CLAIM, at=NOON)
    assert live() == []
    assert [row.invoice_id for row in InvoiceUse.objects.all()] == [used.pk]


def test_the_first_document_is_named_only_to_who_may_know_it(world: World) -> None:
    invoice = make_invoice(world.alice, world.company)
    use(world, [use_of(invoice)], label="BX-2026-000007")
    InvoiceUse.objects.update(used_by=world.bob)  # handed in by somebody else, and lying in Alice's wallet now
    with pytest.raises(errors.InvoiceAlreadyUsed) as refused:
        use(world, [use_of(invoice)], document=OTHER_CLAIM)
    assert "BX-2026-000007" not in str(refused.value)
    assert "somebody else" in str(refused.value)


@pytest.mark.parametrize("stranger", ["bob", "dan", "carol"])
def test_somebody_elses_invoice_cannot_be_spent(world: World, stranger: str) -> None:
    invoice = make_invoice(world.alice, world.company)
    for service in (services.mark, services.use):
        with pytest.raises(errors.NotYourInvoice):
            service(
                document_id=CLAIM,
                label="x",
                company_id=world.company.pk,
                employee=getattr(world, stranger),
                uses=[use_of(invoice)],
                at=NOON,
            )


def test_an_invoice_of_the_same_person_in_another_company_cannot_be_spent_here(world: World) -> None:
    invoice = make_invoice(world.alice, world.other_company)
    with pytest.raises(errors.NotYourInvoice):
        use(world, [use_of(invoice)])


def test_an_invoice_put_out_of_the_wallet_cannot_be_spent(world: World) -> None:
    invoice = make_invoice(world.alice, world.company)
    invoice.holdings.update(removed_at=NOON)
    with pytest.raises(errors.NotYourInvoice):
        use(world, [use_of(invoice)])


def test_one_invoice_on_two_lines_is_refused_by_name(world: World) -> None:
    invoice = make_invoice(world.alice, world.company)
    with pytest.raises(errors.InvoiceTwice, match=invoice.number):
        mark(world, [use_of(invoice), use_of(invoice)])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"unsure": ["total", "date"]}, "invoice date, total with tax"),
        ({"number": ""}, "invoice number"),
        ({"issued_on": None}, "invoice date"),
    ],
)
def test_an_unsure_invoice_names_what_to_confirm(world: World, changes: dict[str, object], words: str) -> None:
    invoice = make_invoice(world.alice, world.company, **changes)
    with pytest.raises(errors.InvoiceUnsure, match=words):
        use(world, [use_of(invoice)])
    assert live() == []


def test_a_red_letter_invoice_cannot_be_spent(world: World) -> None:
    invoice = make_invoice(world.alice, world.company, total="-106.00")
    with pytest.raises(errors.InvoiceNegative, match=r"-106\.00"):
        use(world, [use_of(invoice, amount="1.00")])


def test_more_than_the_invoice_cannot_be_claimed_of_it(world: World) -> None:
    invoice = make_invoice(world.alice, world.company)
    with pytest.raises(errors.UseAboveInvoice, match=r"106\.01"):
        use(world, [use_of(invoice, amount="106.01")])


def test_a_second_live_use_is_refused_by_the_database_itself(world: World) -> None:
    invoice = make_invoice(world.alice, world.company)
    use(world, [use_of(invoice)])
    row = InvoiceUse.objects.get()
    row.pk, row.document_id, row.line_id = None, OTHER_CLAIM, uuid4()
    row._state.adding = True
    with pytest.raises(IntegrityError, match="one_live_use"), transaction.atomic():
        row.save()


def test_marking_and_spending_take_as_many_statements_for_fifty_invoices_as_for_one(
    world: World, django_assert_max_num_queries: object
) -> None:
    for wanted in (1, 50):
        document = uuid4()
        wishes = [use_of(make_invoice(world.alice, world.company)) for _ in range(wanted)]
        with django_assert_max_num_queries(4):  # type: ignore[operator]
            mark(world, wishes, document=document)
        with django_assert_max_num_queries(4):  # type: ignore[operator]
            use(world, wishes, document=document)
