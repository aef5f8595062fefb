"""The voucher of an approved document is drafted once, and never half."""

from __future__ import annotations

import pytest
from django.db import transaction

from common import outbox
from common.models import AuditEntry, OutboxMessage
from reimburse.models import Document
from tests.stories.books import Books, special, spent, work
from tests.vouchers.build import draft_of, drafted, office
from vouchers import charts, services
from vouchers.errors import NothingToDraft, VoucherProblems
from vouchers.models import ExpenseAccount, FixedAccount, VatRule, Voucher


def problem_codes(voucher):
    voucher.refresh_from_db()
    return [problem["code"] for problem in voucher.problems]


def post(books, voucher):
    return services.post(voucher_id=voucher.public_id, actor=books.world.carol, version=voucher.version, at=books.now)


@pytest.mark.parametrize("kind", ["claim", "advance"])
def test_the_worker_drafts_the_voucher_of_either_kind(committed_books: Books, kind):
    books = committed_books
    document = books.claim(office()) if kind == "claim" else books.advance("500.00")
    assert not Voucher.objects.exists()
    outbox.drain()
    voucher = Voucher.objects.get()
    assert (voucher.document, voucher.status, voucher.number) == (document, "draft", None)
    assert not OutboxMessage.objects.filter(consumer="vouchers.draft").exclude(state="done").exists()


def test_hearing_of_the_approval_twice_drafts_once(books):
    voucher = drafted(books)
    OutboxMessage.objects.filter(consumer="vouchers.draft").update(state=OutboxMessage.State.PENDING)
    work()
    with transaction.atomic():
        assert services.draft(document_id=voucher.document.public_id, at=books.now) == voucher
    assert Voucher.objects.count() == 1
    assert AuditEntry.objects.filter(kind="voucher.drafted").count() == 1


def test_the_draft_is_news_of_its_document(books):
    voucher = drafted(books)
    entry = AuditEntry.objects.get(kind="voucher.drafted")
    assert (entry.subject_id, entry.subject_label) == (voucher.document.public_id, voucher.document.number)
    assert entry.data["voucher_id"] == str(voucher.public_id)
    assert entry.data["status"] == "approved"


def test_a_document_that_is_not_approved_gets_no_voucher(books):
    document = books.claim(office())
    Document.objects.filter(pk=document.pk).update(status="rejected")
    work()
    assert not Voucher.objects.exists()
    with pytest.raises(NothingToDraft):
        services.draft_again(document_id=document.public_id, actor=books.world.carol, at=books.now)


def test_a_missing_expense_account_leaves_a_whole_draft_that_cannot_be_posted(books):
    ExpenseAccount.objects.filter(expense_type=books.types["office"]).delete()
    voucher = drafted(books, office("113.00"), spent("travel", "106.00", special("100.00", "6.00")))
    assert problem_codes(voucher) == ["voucher_no_expense_account"]
    books.check_voucher(
        voucher,
        [
            ("Alice报销办公费", "None", "市场部 Alice", "100.00", ""),
            ("Alice报销差旅费", "6601.03 销售费用-差旅费", "市场部", "100.00", ""),
            ("Alice报销可抵扣进项税额", "2221.01.02 应交税费-应交增值税（进项税额）", "", "19.00", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "219.00"),
        ],
    )
    with pytest.raises(VoucherProblems) as refused:
        post(books, voucher)
    assert "Alice" in str(refused.value)
    assert books.status(voucher) == "draft"
    assert books.status(voucher.document) == "approved"


def test_after_the_account_was_added_trying_again_completes_the_draft(books):
    ExpenseAccount.objects.filter(expense_type=books.types["office"]).delete()
    voucher = drafted(books)
    charts.install(books.company)
    again = services.redraft(
        voucher_id=voucher.public_id, actor=books.world.carol, version=voucher.version, at=books.now
    )
    assert again.pk == voucher.pk
    assert problem_codes(again) == []
    assert post(books, again).full_number == "记-0001"


@pytest.mark.parametrize("purpose", FixedAccount.Purpose.values)
def test_each_missing_fixed_account_is_named(books, purpose):
    FixedAccount.objects.filter(purpose=purpose).delete()
    advance = books.advance("100.00")
    books.claim(office("113.00"), spent("welfare", "50.00", special("47.17", "2.83")), settles=[(advance, "100.00")])
    work()
    named = {problem["params"].get("purpose") for voucher in Voucher.objects.all() for problem in voucher.problems}
    assert named == {purpose}


def test_a_kind_without_a_vat_rule_waits_instead_of_guessing(books):
    VatRule.objects.filter(kind="special").delete()
    voucher = drafted(books)
    assert problem_codes(voucher) == ["voucher_no_vat_rule"]
    with pytest.raises(VoucherProblems):
        post(books, voucher)
    charts.install(books.company)
    again = services.redraft(voucher_id=voucher.public_id, actor=books.world.carol, version=1, at=books.now)
    assert problem_codes(again) == []


def test_research_without_a_project_is_completed_on_the_draft(books):
    books.project, project = None, books.project
    document = books.claim(office(bearer="research"))
    voucher = draft_of(document)
    assert problem_codes(voucher) == ["voucher_no_project"]
    lines = [
        services.LineChange(
            position=line.position,
            summary=line.summary,
            account_id=line.account_id,
            department_id=line.department_id,
            employee_id=line.employee_id,
            project_id=project.pk,
        )
        for line in voucher.lines.all()
    ]
    edited = services.edit(
        voucher_id=voucher.public_id,
        actor=books.world.carol,
        version=voucher.version,
        lines=lines,
        dated_on=voucher.dated_on,
        attachment_count=voucher.attachment_count,
        at=books.now,
    )
    assert problem_codes(edited) == []
    assert post(books, edited).status == "posted"


def test_an_account_closed_after_the_draft_keeps_it_from_being_posted(books):
    voucher = drafted(books)
    voucher.lines.get(position=1).account.__class__.objects.filter(code="6601.05").update(active=False)
    with pytest.raises(VoucherProblems) as refused:
        post(books, voucher)
    assert [finding.code for finding in refused.value.findings] == ["voucher_account_closed"]
