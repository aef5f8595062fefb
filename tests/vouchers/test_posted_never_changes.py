"""The database itself refuses to change a posted voucher, and any voucher that does not balance."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from tests.stories.books import Books
from tests.vouchers.build import drafted, office
from vouchers.models import Voucher, VoucherLine


def run(statement: str, *params: object) -> None:
    """Raw SQL in a transaction of its own, constraints checked at its end as a commit would."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement, params)
        connection.check_constraints()


@pytest.fixture
def posted(books: Books) -> Voucher:
    return books.post(books.claim(office()))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE vouchers_voucher SET total = 1 WHERE id = %s",
        "UPDATE vouchers_voucher SET summary = 'x' WHERE id = %s",
        "UPDATE vouchers_voucher SET number = 99 WHERE id = %s",
        "UPDATE vouchers_voucher SET dated_on = '2026-01-01' WHERE id = %s",
        "UPDATE vouchers_voucher SET posted_by_id = NULL WHERE id = %s",
        "UPDATE vouchers_voucher SET status = 'draft', number = NULL, posted_at = NULL WHERE id = %s",
        "DELETE FROM vouchers_voucher WHERE id = %s",
        "UPDATE vouchers_voucherline SET debit = debit + 1 WHERE voucher_id = %s AND debit > 0",
        "UPDATE vouchers_voucherline SET summary = 'x' WHERE voucher_id = %s",
        "UPDATE vouchers_voucherline SET account_id = NULL WHERE voucher_id = %s",
        "DELETE FROM vouchers_voucherline WHERE voucher_id = %s",
        "UPDATE vouchers_vatdecision SET deductible = 0 WHERE voucher_id = %s",
        "DELETE FROM vouchers_vatdecision WHERE voucher_id = %s",
        "INSERT INTO vouchers_voucherline (voucher_id, position, summary, debit, credit) VALUES (%s, 9, 'x', 1, 0)",
    ],
)
def test_raw_sql_cannot_change_a_posted_voucher(posted, statement):
    before = list(posted.lines.values_list("summary", "debit", "credit", "account_id"))
    with pytest.raises(IntegrityError, match="reverse"):
        run(statement, posted.pk)
    posted.refresh_from_db()
    assert posted.status == "posted"
    assert list(posted.lines.values_list("summary", "debit", "credit", "account_id")) == before


def test_a_line_cannot_be_moved_onto_a_posted_voucher(books, posted):
    draft = drafted(books)
    with pytest.raises(IntegrityError, match="reverse"):
        run("UPDATE vouchers_voucherline SET voucher_id = %s, position = 20 WHERE voucher_id = %s", posted.pk, draft.pk)


def test_a_reversed_voucher_stays_as_it_was_too(books, posted):
    books.reverse(posted, reason="x")
    for statement in (
        "UPDATE vouchers_voucher SET status = 'posted' WHERE id = %s",
        "UPDATE vouchers_voucherline SET summary = 'x' WHERE voucher_id = %s",
    ):
        with pytest.raises(IntegrityError):
            run(statement, posted.pk)


def test_the_first_export_is_noted_and_never_moved(posted):
    run("UPDATE vouchers_voucher SET exported_at = now() WHERE id = %s", posted.pk)
    with pytest.raises(IntegrityError):
        run("UPDATE vouchers_voucher SET exported_at = NULL WHERE id = %s", posted.pk)


def test_without_the_triggers_the_books_could_be_rewritten(posted):
    """What the two triggers prevent: the same statements go through once they are switched off."""
    connection.check_constraints()  # a table with open checks cannot be altered
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE vouchers_voucherline DISABLE TRIGGER vouchers_keep_posted_rows")
        cursor.execute("UPDATE vouchers_voucherline SET summary = 'forged' WHERE voucher_id = %s", [posted.pk])
        connection.check_constraints()
        cursor.execute("ALTER TABLE vouchers_voucherline ENABLE TRIGGER vouchers_keep_posted_rows")
    assert posted.lines.filter(summary="forged").count() == 3


def test_a_draft_may_change_as_long_as_it_balances(books):
    draft = drafted(books)
    run("UPDATE vouchers_voucherline SET summary = 'x' WHERE voucher_id = %s", draft.pk)
    run("DELETE FROM vouchers_vatdecision WHERE voucher_id = %s", draft.pk)


# --- Balance ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE vouchers_voucherline SET debit = debit + 0.01 WHERE voucher_id = %s AND position = 1",
        "DELETE FROM vouchers_voucherline WHERE voucher_id = %s AND position = 3",
        "INSERT INTO vouchers_voucherline (voucher_id, position, summary, debit, credit) VALUES (%s, 9, 'x', 0.01, 0)",
        "UPDATE vouchers_voucher SET total = total + 0.01 WHERE id = %s",
    ],
)
def test_a_voucher_that_does_not_balance_is_refused_at_the_end_of_the_transaction(books, statement):
    draft = drafted(books)
    with pytest.raises(IntegrityError, match="does not balance"):
        run(statement, draft.pk)


def test_within_a_transaction_a_voucher_may_be_out_of_balance(books):
    """Lines are written one after the other; only what is committed has to balance."""
    draft = drafted(books)
    with transaction.atomic():
        lines = VoucherLine.objects.filter(voucher=draft)
        lines.filter(position=1).update(debit=Decimal("101.00"))
        lines.filter(position=2).update(debit=Decimal("12.00"))
        connection.check_constraints()


def test_a_voucher_is_not_posted_with_a_line_without_account(books):
    draft = drafted(books)
    VoucherLine.objects.filter(voucher=draft, position=1).update(account=None)
    with pytest.raises(IntegrityError, match="without an account"):
        run(
            "UPDATE vouchers_voucher SET status = 'posted', number = 1, posted_at = now() WHERE id = %s",
            draft.pk,
        )


@pytest.mark.parametrize(("debit", "credit"), [(0, 0), (1, 1)])
def test_a_line_has_exactly_one_side(books, debit, credit):
    draft = drafted(books)
    with pytest.raises(IntegrityError, match="debit_or_credit"):
        VoucherLine.objects.create(voucher=draft, position=9, summary="x", debit=debit, credit=credit)


def test_a_number_is_given_once_a_month_and_company(books):
    first = books.post(books.claim(office()))
    draft = drafted(books)
    with pytest.raises(IntegrityError, match="voucher_number"):
        run(
            "UPDATE vouchers_voucher SET status = 'posted', number = %s, posted_at = now() WHERE id = %s",
            first.number,
            draft.pk,
        )


def test_a_document_has_one_live_voucher(books):
    voucher = books.post(books.claim(office()))
    with pytest.raises(IntegrityError, match="one_voucher_a_document"):
        Voucher.objects.create(
            company=books.company, document=voucher.document, dated_on=voucher.dated_on, total=0, created_at=books.now
        )


def test_the_apps_role_is_bound_by_the_same_rules(posted):
    """The role the product runs as owns no table, so it cannot switch a trigger off either."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE reimburse_app")
    with pytest.raises(IntegrityError, match="reverse"):
        run("UPDATE vouchers_voucherline SET summary = 'x' WHERE voucher_id = %s", posted.pk)
    with pytest.raises(Exception, match="must be owner"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE vouchers_voucherline DISABLE TRIGGER vouchers_keep_posted_rows")
