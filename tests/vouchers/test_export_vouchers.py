"""Exports: what is in the file, that each voucher leaves once, and that nothing is ever half written."""

from __future__ import annotations

import csv
import hashlib
import io
import tracemalloc
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.conf import settings
from django.db import connection

from common import files
from common.errors import NotAllowed
from common.models import AuditEntry, StoredFile
from directory.models import Period
from tests.stories.books import Books, rail, spent
from tests.vouchers.build import drafted, many, office
from vouchers import services
from vouchers.errors import AlreadyExported, NotExportable, NothingToExport, TooManyRows
from vouchers.exporters import FORMATS, base
from vouchers.models import Export, Voucher, VoucherLine
from vouchers.services import exporting

NOVEMBER = date(2026, 11, 1)


def export(books: Books, *vouchers: Voucher, **changes) -> Export:
    values = {
        "company": books.company,
        "actor": books.world.carol,
        "format": "csv",
        "at": books.now,
        "voucher_ids": [voucher.public_id for voucher in vouchers],
    }
    return services.export(**values | changes)


def rows_of(made: Export) -> list[dict[str, str]]:
    text = files.read(made.stored).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def nothing_was_made() -> None:
    assert not Export.objects.exists()
    assert not Voucher.objects.filter(exported_at__isnull=False).exists()


# --- What is in it ----------------------------------------------------------------------------------------------------
def test_a_csv_has_one_row_a_line_with_the_columns_an_erp_looks_for(books):
    books.alice.staff_number = "000123"
    books.alice.save()
    voucher = books.post(books.claim(spent("travel", "553.00", rail("553.00", tax="45.66"))))
    made = export(books, voucher)
    content = files.read(made.stored)
    assert content.startswith(b"\xef\xbb\xbf")  # so that Excel knows it is UTF-8
    first, tax, payable = rows_of(made)
    assert first == {
        "凭证日期": "2026-11-24",
        "会计年度": "2026",
        "会计期间": "11",
        "凭证字": "记",
        "凭证号": "1",
        "分录号": "1",
        "摘要": "Alice报销差旅费",
        "科目编码": "6601.03",
        "科目名称": "销售费用-差旅费",
        "借方金额": "507.34",
        "贷方金额": "",
        "币别": "CNY",
        "汇率": "1",
        "原币金额": "507.34",
        "部门编码": books.world.department.code,
        "部门": "市场部",
        "人员编码": "",
        "人员": "",
        "客户编码": "",
        "供应商编码": "",
        "供应商": "",
        "项目编码": "",
        "项目": "",
        "费用项目编码": "travel",
        "费用项目": "差旅费",
        "附件数": "2",
        "制单人": "Carol",
        "来源单号": voucher.document.number,
        "业务日期": "2026-11-24",
    }
    assert (tax["借方金额"], tax["科目编码"]) == ("45.66", "2221.01.02")
    assert (payable["贷方金额"], payable["人员编码"], payable["人员"]) == ("553.00", "000123", "Alice")


def test_a_workbook_keeps_codes_as_text_and_amounts_as_numbers(books):
    books.alice.staff_number = "000123"
    books.alice.save()
    voucher = books.post(books.claim(spent("travel", "553.00", rail("553.00", tax="45.66"))))
    made = export(books, voucher, format="xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(files.read(made.stored))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert list(rows[0]) == base.HEADINGS
    line = dict(zip(rows[0], rows[3], strict=True))
    assert line["人员编码"] == "000123"
    assert line["贷方金额"] == 553
    assert line["科目编码"] == "2241"
    assert line["凭证日期"].date() == date(2026, 11, 24)
    assert sum(row[9] or 0 for row in rows[1:]) == sum(row[10] or 0 for row in rows[1:]) == 553
    assert sheet["J2"].number_format == "#,##0.00"


def test_a_red_voucher_has_negative_amounts_on_the_same_sides(books):
    red = books.reverse(books.post(books.claim(office())), reason="x")
    made = export(books, red)
    assert [(row["借方金额"], row["贷方金额"]) for row in rows_of(made)] == [
        ("-100.00", ""),
        ("-13.00", ""),
        ("", "-113.00"),
    ]
    assert made.debit_total == Decimal("-113.00")


@pytest.mark.parametrize("start", base.FORMULA_STARTS)
@pytest.mark.parametrize("format_", FORMATS)
def test_no_cell_is_ever_a_formula(books, start, format_):
    voucher = many(books, 1, posted=False)[0]
    evil = f"{start}cmd|' /C calc'!A0"
    VoucherLine.objects.filter(voucher=voucher).update(summary=evil)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE vouchers_voucher SET status = 'posted', number = 1, posted_at = now() WHERE id = %s", [voucher.pk]
        )
    made = export(books, voucher, format=format_)
    if format_ == "csv":
        cells = [row["摘要"] for row in rows_of(made)]
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(files.read(made.stored))).active
        cells = [sheet.cell(row, 7).value for row in (2, 3, 4)]
        assert all(sheet.cell(row, 7).data_type == "s" for row in (2, 3, 4))
    assert not any(cell.startswith(base.FORMULA_STARTS) for cell in cells)
    assert all("cmd|' /C calc'!A0" in cell for cell in cells)


def test_the_lines_of_a_voucher_stand_together_in_the_order_of_the_numbers(books):
    many(books, 30, lines=5)
    rows = rows_of(export(books, month=NOVEMBER))
    places = [(int(row["凭证号"]), int(row["分录号"])) for row in rows]
    assert places == [(number, position) for number in range(1, 31) for position in range(1, 6)]


# --- The record of it -------------------------------------------------------------------------------------------------
def test_the_export_keeps_its_number_sums_and_fingerprint(books):
    vouchers = many(books, 3)
    made = export(books, *vouchers)
    assert (made.number, made.voucher_count, made.row_count, made.debit_total) == (
        "PZ-2026-000001",
        3,
        9,
        Decimal("6.00"),
    )
    assert made.stored.sha256 == hashlib.sha256(files.read(made.stored)).hexdigest()
    entry = AuditEntry.objects.get(kind="export.created")
    assert (entry.subject_id, entry.data["vouchers"], entry.data["sha256"]) == (made.public_id, 3, made.stored.sha256)
    assert {voucher.exported_at for voucher in Voucher.objects.all()} == {books.now}


def test_exports_are_numbered_without_gaps(books):
    vouchers = many(books, 2)
    with pytest.raises(NotExportable):
        export(books, drafted(books))
    assert [export(books, voucher).number for voucher in vouchers] == ["PZ-2026-000001", "PZ-2026-000002"]


# --- Each once --------------------------------------------------------------------------------------------------------
def test_a_voucher_is_exported_once_unless_a_reason_is_given(books):
    first, second = many(books, 2)
    export(books, first)
    with pytest.raises(AlreadyExported, match=r"记-0001.*PZ-2026-000001"):
        export(books, first, second)
    assert second.exports.count() == 0
    again = export(books, first, second, again_because="ERP 中误删")
    assert again.again_because == "ERP 中误删"
    links = {link.voucher_id: link.again for link in again.vouchers.through.objects.filter(export=again)}
    assert links == {first.pk: True, second.pk: False}


def test_of_a_month_only_what_was_not_exported_is_taken(books):
    vouchers = many(books, 3)
    export(books, vouchers[0])
    assert export(books, month=NOVEMBER).voucher_count == 2
    with pytest.raises(NothingToExport):
        export(books, month=NOVEMBER)
    assert export(books, month=NOVEMBER, again_because="换账套").voucher_count == 3


def test_a_month_leaves_drafts_and_other_months_alone(books):
    many(books, 2)
    many(books, 3, dated_on=date(2026, 10, 31))
    many(books, 4, posted=False)
    assert export(books, month=NOVEMBER).voucher_count == 2
    assert export(books, month=date(2026, 10, 1)).voucher_count == 3


# --- Checked before the first byte ------------------------------------------------------------------------------------
def test_a_draft_among_them_is_named_and_nothing_is_made(books):
    posted, draft = many(books, 1)[0], drafted(books)
    with pytest.raises(NotExportable, match="Alice"):
        export(books, posted, draft)
    nothing_was_made()


def forge(statement: str, *params: object) -> None:
    """Change what the triggers protect, as somebody with the keys to the database could."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, params)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE vouchers_voucherline SET debit = debit + 1 WHERE voucher_id = %s AND position = 1", "differ"),
        ("UPDATE vouchers_voucherline SET account_id = NULL WHERE voucher_id = %s AND position = 1", "no account"),
        ("DELETE FROM vouchers_voucherline WHERE voucher_id = %s", "differ"),
        ("UPDATE vouchers_voucherline SET department_id = NULL WHERE voucher_id = %s", "department"),
        ("UPDATE vouchers_voucherline SET employee_id = NULL WHERE voucher_id = %s", "employee"),
    ],
)
def test_each_fault_is_named_with_its_voucher_and_no_file_is_made(books, statement, problem):
    good, bad = many(books, 2)
    forge(statement, bad.pk)
    stored = StoredFile.objects.count()
    from django.utils import translation

    with translation.override("en"), pytest.raises(NotExportable, match=f"记-0002.*{problem}"):
        export(books, good, bad)
    nothing_was_made()
    assert StoredFile.objects.count() == stored
    assert not list(settings.FILES_ROOT.glob("export-*"))


def test_a_closed_month_is_exported_only_with_a_reason(books):
    many(books, 2)
    Period.objects.create(company=books.company, year=2026, month=11, closed=True)
    with pytest.raises(NotExportable):
        export(books, month=NOVEMBER)
    nothing_was_made()
    assert export(books, month=NOVEMBER, again_because="结账后补导").voucher_count == 2


def test_more_rows_than_a_sheet_holds_are_refused_for_excel_only(books, monkeypatch):
    many(books, 3)
    monkeypatch.setattr(FORMATS["xlsx"], "row_limit", 8)
    with pytest.raises(TooManyRows):
        export(books, month=NOVEMBER, format="xlsx")
    nothing_was_made()
    assert export(books, month=NOVEMBER, format="csv").row_count == 9


def test_a_writer_that_breaks_leaves_nothing_behind(books, monkeypatch):
    vouchers = many(books, 3)

    def broken(rows, target):
        target.write_text("half")
        raise OSError("disk full")

    monkeypatch.setattr(FORMATS["csv"], "write", broken)
    with pytest.raises(OSError, match="disk full"):
        export(books, *vouchers)
    nothing_was_made()
    assert not list(settings.FILES_ROOT.glob("export-*"))


def test_vouchers_of_another_company_cannot_be_slipped_in(books):
    from vouchers import charts

    charts.install(books.world.other_company)
    theirs = many(books, 2, company=books.world.other_company)
    with pytest.raises(NothingToExport):
        export(books, *theirs)
    with pytest.raises(NotAllowed):
        export(books, *theirs, company=books.world.other_company)


# --- Large ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("format_", FORMATS)
def test_memory_stays_flat_as_rows_grow(committed_books, format_):
    """Thousands of rows pass through in pieces: ten times the rows do not take ten times the memory."""
    books = committed_books
    many(books, 100, lines=5)
    many(books, 1000, dated_on=date(2026, 10, 31), lines=5)
    peaks = []
    for month in (NOVEMBER, date(2026, 10, 1)):
        tracemalloc.start()
        made = export(books, month=month, format=format_)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert made.row_count == 5000
    assert peaks[1] < peaks[0] * 2.5 + 3_000_000, peaks


def test_the_number_of_statements_does_not_grow_with_the_vouchers(books, django_assert_max_num_queries):
    many(books, 1)
    many(books, 500, dated_on=date(2026, 10, 31))
    for month in (NOVEMBER, date(2026, 10, 1)):
        with django_assert_max_num_queries(26):
            export(books, month=month)


def test_rows_are_fetched_in_pieces(books, monkeypatch):
    many(books, 5)
    monkeypatch.setattr(exporting, "CHUNK", 2)
    assert export(books, month=NOVEMBER).row_count == 15
