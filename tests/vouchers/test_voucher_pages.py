"""The pages of vouchers: who sees them, what they cost, and every way through them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from common import files
from directory import rights
from invoices.models import InvoiceFile
from tests.builders import NOON, grant
from tests.stories.books import Books, special, spent
from tests.vouchers.build import draft_of, drafted, many, office
from vouchers import charts
from vouchers.models import ExpenseAccount, Export, Voucher

HTMX_DESK = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "desk"}


def page(voucher: Voucher, name: str = "voucher") -> str:
    return reverse(f"vouchers:{name}", args=[voucher.public_id])


def text(response) -> str:
    return response.content.decode()


# --- Who sees them ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["alice", "dan", "group_stranger"])
def test_who_manages_no_vouchers_of_the_company_meets_404_on_every_address(books, client, who):
    voucher = drafted(books)
    posted = books.post(books.claim(office()))
    client.force_login(books.world.carol, backend="django.contrib.auth.backends.ModelBackend")
    client.post(reverse("vouchers:export"), {"format": "csv", "voucher": f"{posted.public_id}:2"})
    made = Export.objects.get()
    if who == "group_stranger":  # finance of another company of the group
        grant(books.world.dan, rights.MANAGE_VOUCHERS, company=books.world.other_company)
        charts.install(books.world.other_company)
    person = books.world.dan if who != "alice" else books.alice
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")

    for address in (page(voucher), page(voucher, "edit"), reverse("vouchers:export_file", args=[made.public_id])):
        assert client.get(address).status_code == 404, address
    invoice = voucher.vat_decisions.get().invoice
    for address in (
        page(voucher, "post"),
        page(voucher, "redraft"),
        page(posted, "reverse"),
        reverse("vouchers:decide_vat", args=[voucher.public_id, invoice.public_id]),
        reverse("vouchers:draft_again", args=[voucher.document.public_id]),
    ):
        answer = client.post(address, {"version": 1, "reason": "x", "deductible": "1", "because": "x"})
        assert answer.status_code == 404, address
    company = {"company": books.company.public_id, "format": "csv", "month_export": "2026-11"}
    assert client.post(reverse("vouchers:export"), company).status_code == 404
    client.post(reverse("vouchers:post_several"), {"voucher": f"{voucher.public_id}:1"})
    assert books.status(voucher) == "draft"
    assert books.status(posted) == "posted"
    if who != "group_stranger":
        assert client.get(reverse("vouchers:list")).status_code == 404
        assert client.get(reverse("vouchers:exports")).status_code == 404
    else:
        own = client.get(reverse("vouchers:list"))
        assert own.status_code == 200
        assert voucher.summary not in text(own)
        assert client.get(reverse("vouchers:list"), {"company": books.company.public_id}).status_code == 404


def test_the_page_of_a_document_leads_finance_to_its_voucher_and_nobody_else(books, carol, client):
    posted = books.post(books.claim(office()))
    document = reverse("reimburse:document", args=[posted.document.public_id])
    way = reverse("vouchers:of_document", args=[posted.document.public_id])
    assert way in text(carol.get(document))
    assert carol.get(way).url == page(posted)
    books.reverse(posted, reason="x")
    assert carol.get(way).url == page(posted)  # not the red copy
    client.force_login(books.alice, backend="django.contrib.auth.backends.ModelBackend")
    assert way not in text(client.get(document))
    assert client.get(way).status_code == 404


def test_on_the_way_to_a_voucher_that_is_not_drafted_yet_it_says_so(books, carol, client):
    claim = books.claim(office())
    way = reverse("vouchers:of_document", args=[claim.public_id])
    answer = carol.get(way)
    assert (answer.status_code, claim.number in text(answer)) == (409, True)
    client.force_login(books.world.dan, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(way).status_code == 404


def test_the_papers_behind_a_voucher_can_be_opened_with_a_picture_or_without(books, carol):
    voucher = drafted(books)
    invoice = voucher.vat_decisions.get().invoice
    stored = files.store(b"<EInvoice/>", media_type="application/xml")
    file = InvoiceFile.objects.create(
        invoice=invoice,
        stored=stored,
        name="a.xml",
        source_kind="xml",
        received_at=NOON,
        received_from=books.alice,
    )
    ids = [voucher.document.public_id, invoice.public_id]
    picture, whole = (reverse(f"reimburse:invoice_{name}", args=ids) for name in ("preview", "file"))
    body = text(carol.get(page(voucher)))
    assert (picture in body, whole in body, carol.get(whole).status_code) == (False, True, 200)
    InvoiceFile.objects.filter(pk=file.pk).update(preview=stored)
    body = text(carol.get(page(voucher)))
    assert (picture in body, whole in body) == (True, False)


@pytest.mark.parametrize("month", ["99999999999999999999-01", "9999-12", "0001-01", "2026-13", "２０２６-11", "x"])
def test_a_month_that_no_calendar_has_is_this_one(books, carol, month):
    assert carol.get(reverse("vouchers:list"), {"month": month}).status_code == 200


# --- What they cost ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 50])
def test_the_list_takes_at_most_9_statements(books, carol, count, django_assert_max_num_queries):
    many(books, count)
    carol.get(reverse("vouchers:list"))
    with django_assert_max_num_queries(9):
        answer = carol.get(reverse("vouchers:list"), {"month": "2026-11"})
    assert text(answer).count("data-voucher") == count


@pytest.mark.parametrize("count", [1, 50])
def test_the_page_of_a_voucher_takes_at_most_18_statements(books, carol, count, django_assert_max_num_queries):
    voucher = drafted(books, *[office(f"{100 + n}.00") for n in range(count)])
    with django_assert_max_num_queries(18):
        answer = carol.get(page(voucher))
    assert voucher.summary in text(answer)


@pytest.mark.parametrize("count", [1, 50])
def test_posting_takes_at_most_24_statements(books, carol, count, django_assert_max_num_queries):
    voucher = drafted(books, *[office(f"{100 + n}.00") for n in range(count)])
    with django_assert_max_num_queries(24):
        carol.post(page(voucher, "post"), {"version": voucher.version})
    assert books.status(voucher) == "posted"


# --- Ways through them ------------------------------------------------------------------------------------------------
def test_posting_leads_on_to_the_next_draft(books, carol):
    first, second = drafted(books), drafted(books)
    answer = carol.post(page(second, "post"), {"version": second.version, "back": "show=review&month=2026-11"})
    assert answer.url == f"{page(first)}?show=review&month=2026-11"
    answer = carol.post(page(first, "post"), {"version": first.version})
    assert answer.url == page(first)
    assert "记-0002" in text(carol.get(answer.url))


def test_the_desk_alone_is_sent_when_only_it_was_asked_for(books, carol):
    voucher = drafted(books)
    whole, part = carol.get(page(voucher)), carol.get(page(voucher), **HTMX_DESK)
    assert "<html" in text(whole)
    assert "<html" not in text(part)
    assert "记账凭证" in text(part)
    assert "113.00" in text(part)


def test_the_chips_filter_by_month_and_by_state(books, carol):
    draft = drafted(books, office("100.00"))
    posted = books.post(books.claim(office("200.00")))
    for params, shown, hidden in (
        ({"show": "review"}, draft, posted),
        ({"show": "export"}, posted, draft),
    ):
        body = text(carol.get(reverse("vouchers:list"), params))
        assert str(shown.public_id) in body
        assert str(hidden.public_id) not in body
    assert str(draft.public_id) not in text(carol.get(reverse("vouchers:list"), {"month": "2026-10"}))


def test_a_long_list_is_paged_without_losing_or_repeating_a_row(books, carol):
    vouchers = many(books, 150)
    seen: list[str] = []
    address: str | None = reverse("vouchers:list") + "?month=2026-11"
    while address:
        answer = carol.get(address)
        seen += [str(row.public_id) for row in answer.context["rows"]]
        following = answer.context["next"]
        address = f"{reverse('vouchers:list')}?month=2026-11&after={following}" if following else None
    assert sorted(seen) == sorted(str(voucher.public_id) for voucher in vouchers)


def test_several_are_posted_each_by_itself_and_what_fails_is_said(books, carol):
    good, other = drafted(books), drafted(books)
    ExpenseAccount.objects.filter(expense_type=books.types["travel"]).delete()
    bad = drafted(books, spent("travel", "113.00", special("100.00", "13.00")))
    ticked = [f"{voucher.public_id}:{voucher.version}" for voucher in (bad, other, good)]
    answer = carol.post(reverse("vouchers:post_several"), {"voucher": ticked}, follow=True)
    assert [books.status(voucher) for voucher in (good, other, bad)] == ["posted", "posted", "draft"]
    assert "记-0001 … 记-0002" in text(answer)
    assert bad.summary in text(answer)


def test_an_incomplete_draft_names_what_is_missing_and_is_mended_by_trying_again(books, carol):
    ExpenseAccount.objects.filter(expense_type=books.types["office"], nature="sales").delete()
    voucher = drafted(books)
    body = text(carol.get(page(voucher)))
    assert "“办公费”由销售承担时没有对应科目" in body
    assert "科目待定" in body
    assert "vouchers_expenseaccount" not in body  # the way there is for administrators

    charts.install(books.company)
    carol.post(page(voucher, "redraft"), {"version": voucher.version})
    voucher.refresh_from_db()
    assert voucher.problems == []
    assert "科目待定" not in text(carol.get(page(voucher)))


def test_administrators_are_led_to_the_row_that_is_missing(books, carol):
    books.world.carol.is_staff = True
    books.world.carol.save()
    ExpenseAccount.objects.filter(expense_type=books.types["office"], nature="sales").delete()
    body = text(carol.get(page(drafted(books))))
    address = reverse("admin:vouchers_expenseaccount_add")
    type_id = books.types["office"].pk
    assert f"{address}?company={books.company.pk}&amp;nature=sales&amp;expense_type={type_id}" in body


def test_a_draft_is_edited_on_its_page(books, carol):
    voucher = drafted(books)
    form = carol.get(page(voucher, "edit"))
    assert "6602.05 管理费用-办公费" in text(form)
    typed = {
        "version": voucher.version,
        "dated_on": "2026-11-20",
        "attachment_count": 3,
        "line-1-summary": "Alice报销墨盒",
        "line-1-account": "6602.05 管理费用-办公费",
        "line-1-department": books.world.department.code,
        "line-2-summary": "进项税额",
        "line-2-account": "2221.04",
        "line-3-summary": "应付Alice",
        "line-3-account": "2241 其他应付款",
        "line-3-employee": str(books.alice.public_id),
    }
    assert carol.post(page(voucher, "edit"), typed).status_code == 302
    books.check_voucher(
        voucher,
        [
            ("Alice报销墨盒", "6602.05 管理费用-办公费", "市场部", "100.00", ""),
            ("进项税额", "2221.04 应交税费-待认证进项税额", "", "13.00", ""),
            ("应付Alice", "2241 其他应付款", "Alice", "", "113.00"),
        ],
    )
    voucher.refresh_from_db()
    assert (str(voucher.dated_on), voucher.attachment_count, voucher.prepared_by) == (
        "2026-11-20",
        3,
        books.world.carol,
    )
    body = text(carol.get(page(voucher)))
    assert "6601.05 销售费用-办公费" in body  # what it was before stands in what happened


def test_an_account_that_does_not_exist_is_said_at_its_line_and_nothing_is_lost(books, carol):
    voucher = drafted(books)
    typed = {"version": voucher.version, "dated_on": "2026-11-24", "attachment_count": 2}
    for position in (1, 2, 3):
        typed |= {f"line-{position}-summary": f"摘要 {position}", f"line-{position}-account": "9999"}
    answer = carol.post(page(voucher, "edit"), typed)
    assert answer.status_code == 200
    assert text(answer).count("没有可记账的科目“9999”") == 3
    assert "摘要 2" in text(answer)
    assert voucher.lines.filter(summary="摘要 2").count() == 0


def test_tax_is_decided_by_hand_with_a_reason(books, carol):
    voucher = drafted(books)
    invoice = voucher.vat_decisions.get().invoice
    address = reverse("vouchers:decide_vat", args=[voucher.public_id, invoice.public_id])
    carol.post(address, {"version": 1, "deductible": "0", "because": "用于免税项目"})
    body = text(carol.get(page(voucher)))
    assert "用于免税项目" in body
    assert voucher.lines.filter(account__code="2221.01.02").count() == 0


def test_a_reversal_is_asked_for_with_a_reason_and_can_be_drafted_anew(books, carol):
    voucher = books.post(books.claim(office()))
    refused = carol.post(page(voucher, "reverse"), {"reason": " "}, HTTP_ACCEPT="application/json")
    assert refused.json()["code"] == "reason_missing"
    answer = carol.post(page(voucher, "reverse"), {"reason": "成本中心有误"}, follow=True)
    body = text(answer)
    assert "冲销 记-0001" in body
    assert "成本中心有误" in body
    assert "负壹佰壹拾叁元整" in body
    again = reverse("vouchers:draft_again", args=[voucher.document.public_id])
    assert again in body
    carol.post(again)
    assert draft_of(voucher.document).is_draft


def test_an_export_is_made_fetched_and_found_again(books, carol):
    voucher = books.post(books.claim(office()))
    ticked = {"format": "csv", "company": books.company.public_id, "voucher": f"{voucher.public_id}:{voucher.version}"}
    answer = carol.post(reverse("vouchers:export"), ticked)
    made = Export.objects.get()
    assert answer.url.endswith(f"exported={made.public_id}")
    listed = text(carol.get(answer.url))
    address = reverse("vouchers:export_file", args=[made.public_id])
    assert f'data-fetch="{address}"' in listed
    file = carol.get(address)
    assert file["Content-Disposition"].startswith("attachment")
    assert b"".join(file.streaming_content).decode("utf-8-sig").startswith("凭证日期,")
    assert made.number in text(carol.get(reverse("vouchers:exports")))


def test_the_month_is_exported_as_a_whole(books, carol):
    many(books, 3)
    many(books, 2, dated_on=books.now.date().replace(month=10))
    carol.post(
        reverse("vouchers:export"),
        {"format": "xlsx", "company": books.company.public_id, "month_export": "2026-11"},
    )
    assert Export.objects.get().voucher_count == 3


def test_the_pages_speak_english_but_the_paper_does_not(books, carol):
    voucher = drafted(books)
    carol.cookies["django_language"] = "en"
    body = text(carol.get(page(voucher), HTTP_ACCEPT_LANGUAGE="en"))
    assert "记账凭证" in body
    assert "Alice报销办公费" in body


def test_two_companies_of_one_accountant_are_kept_apart(books: Books, carol: Client):
    other = books.world.other_company
    charts.install(other)
    grant(books.world.carol, rights.MANAGE_VOUCHERS, company=other, code="finance_other")
    mine, theirs = many(books, 2), many(books, 3, company=other)
    body = text(carol.get(reverse("vouchers:list"), {"company": other.public_id, "month": "2026-11"}))
    assert all(str(voucher.public_id) in body for voucher in theirs)
    assert not any(str(voucher.public_id) in body for voucher in mine)
