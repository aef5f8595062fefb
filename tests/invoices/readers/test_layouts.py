"""Faces set in ways our own forms are not: each as a few marks on a sheet, drawn as PDF and as read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest

from demo.drawing import chance, forms, pdf
from demo.drawing.facts import InvoiceFacts
from demo.drawing.sheet import BLACK, Mark, Sheet, Text
from demo.drawing.style import PLAIN
from invoices import reading
from invoices.readers.base import KEYS, Kind, Reading
from tests.invoices.readers.truth import differences, said


def read(sheets: list[Sheet], today: date) -> Reading:
    (found,) = reading.read(pdf.of_sheets(sheets), name="a.pdf", today=today, with_preview=False)
    return found.reading


def company_invoice(seed: int) -> InvoiceFacts:
    return replace(chance.random_invoice(Random(seed), Kind.EINVOICE_SPECIAL, red=False), remark="演示")


def page_without(facts: InvoiceFacts, unwanted: str) -> Sheet:
    (page, *_rest) = forms.sheets(facts)
    page.marks = [mark for mark in page.marks if not (isinstance(mark, Text) and mark.text == unwanted)]
    return page


def test_a_name_in_two_lines_around_its_labels_height_is_one(today: date) -> None:
    name = "中国石油化工集团有限公司华东高新技术产业开发区（自贸试验区）第三销售分公司"
    facts = company_invoice(1)
    (page, *_rest) = forms.sheets(facts)
    page.marks = [mark for mark in page.marks if not (isinstance(mark, Text) and mark.text == facts.buyer.name)]
    page.value(22.0, 34.6, name[:20])
    page.value(22.0, 38.6, name[20:])

    assert read([page], today).text("buyer_name") == name


def test_without_downward_labels_the_left_block_buys_and_the_upper_one_does(today: date) -> None:
    for kind, titles in ((Kind.EINVOICE_SPECIAL, "购买方信息销售方信息"), (Kind.VAT, "购买方销售方密码区备注")):
        facts = chance.random_invoice(Random(4), kind)
        sheets = forms.sheets(facts)
        for page in sheets:
            page.marks = [m for m in page.marks if not (isinstance(m, Text) and m.form and m.text in titles)]
        found = said(read(sheets, today))

        assert found["seller_tax_id"] == facts.seller.tax_id
        assert found["buyer_tax_id"] == (facts.buyer.tax_id or None)
        assert found["seller_name"] == facts.seller.name


def test_bank_details_and_labels_in_the_remark_do_not_reach_a_field(today: date) -> None:
    facts = replace(
        company_invoice(2),
        remark="购方开户银行:中国银行;银行账号:62270000;名称:别的公司;纳税人识别号:911101087000000000;发票号码:12345678",
    )
    assert differences(read(forms.sheets(facts), today), facts.truth()) == {}


def test_small_print_and_turned_text_at_the_edge_are_not_values(today: date) -> None:
    facts = company_invoice(3)
    sheets = forms.sheets(facts)
    sheets[0].marks += [Text(10.0, 137.0, "发票由国家税务总局全国增值税发票查验平台查验 总计 999.99", 2.0, BLACK)]
    assert differences(read(sheets, today), facts.truth()) == {}


def test_a_date_with_single_digits_and_no_leading_noughts_is_read(today: date) -> None:
    facts = replace(company_invoice(5), issued_on=date(2026, 3, 8), number="26112000000048542163")
    page = page_without(facts, "2026年03月08日")
    page.value(171.0, 20.0, "2026年3月8日")
    assert read([page], today).text("date") == "2026-03-08"


def test_an_invoice_without_a_heading_takes_its_kind_from_the_code(today: date) -> None:
    facts = company_invoice(6)
    page = page_without(facts, facts.kind.value)
    assert read([page], today).kind is Kind.EINVOICE_SPECIAL


def test_a_paper_that_is_no_invoice_has_no_kind_and_everything_to_fill_in(today: date) -> None:
    page = Sheet(210.0, 140.0, PLAIN)
    for index, line in enumerate(
        ("滴滴出行-行程单", "申请日期：2026-05-01 行程起止日期：2026-04-01 至 2026-04-30", "合计 128.40元")
    ):
        page.value(20.0, 20.0 + index * 10, line)
    result = read([page], today)

    assert result.kind is None
    assert result.unsure == list(KEYS)
    assert said(result) == dict.fromkeys(KEYS)


@pytest.mark.parametrize("marks", [[], [Text(100.0, 60.0, "演示", 5.0, BLACK)]], ids=["plain", "with a watermark"])
def test_a_rail_refund_shows_its_fee_and_tax_and_asks_a_person(marks: list[Mark], today: date) -> None:
    """退票费: the face prints amount and tax, at 6 %, and names the ticket's first invoice."""
    page = Sheet(210.0, 140.0, PLAIN, BLACK)
    page.form(70.0, 10.0, "电子发票（铁路电子客票）", size=6.0)
    lines = (
        ((9.0, "发票号码:26119230671000000011"), (150.0, "开票日期:2026-03-17")),
        ((40.0, "南京 站"), (95.0, "D1021"), (140.0, "上海虹桥 站")),
        ((9.0, "2026年01月20日"), (44.0, "06:23开"), (75.0, "03车01F号"), (105.0, "一等座")),
        ((9.0, "退票费:￥48.00"),),
        ((9.0, "金    额:￥45.28"), (75.0, "税率:6%"), (105.0, "税额:￥2.72")),
        ((9.0, "1427241988****1627"), (75.0, "梁某某")),
        ((9.0, "电子客票号:306712A086012090014312022"), (125.0, "原发票号码:26119230671000000010")),
        ((9.0, "购买方名称:示例科技有限公司"), (125.0, "统一社会信用代码:91310000717880703C")),
    )
    for index, line in enumerate(lines):
        for x, words in line:
            page.value(x, 20.0 + index * 12.0, words)
    page.marks += marks
    result = read([page], today)

    assert said(result) == {
        "kind": Kind.RAIL.value,
        "invoice_code": None,
        "number": "26119230671000000011",
        "date": "2026-03-17",
        "seller_name": None,
        "seller_tax_id": None,
        "buyer_name": "示例科技有限公司",
        "buyer_tax_id": "91310000717880703C",
        "amount_excl_tax": "45.28",
        "tax": "2.72",
        "total": "48.00",
        "check_code_last6": None,
    }
    assert result.facts.original_number == "26119230671000000010"
    assert [note.code for note in result.notes] == ["rail_not_a_sale"]
    (trip,) = result.facts.trips
    assert (trip.departure, trip.destination, trip.carrier_number) == ("南京", "上海虹桥", "D1021")


def with_a_party_block(*lines: tuple[float, float, str]) -> Sheet:
    """An invoice whose buyer's block holds these texts and no others."""
    (page, *_rest) = forms.sheets(company_invoice(7))
    page.marks = [
        mark for mark in page.marks if not (isinstance(mark, Text) and 10.5 < mark.x < 105.0 and 33.0 < mark.y < 50.0)
    ]
    for x, y, words in lines:
        page.value(x, y, words)
    return page


LONG_NAME = (
    "内蒙古自治区呼伦贝尔经济技术开发区中科创新",
    "智能制造与信息技术服务产业发展股份有限公司",
    "海拉尔区第一分公司",
)


@pytest.mark.parametrize("indent", [12.0, 21.5], ids=["under the label", "under the name"])
def test_a_name_of_three_lines_is_read_whole(indent: float, today: date) -> None:
    page = with_a_party_block(
        (12.0, 34.5, f"名称：{LONG_NAME[0]}"),
        (indent, 38.0, LONG_NAME[1]),
        (indent, 41.5, LONG_NAME[2]),
        (12.0, 47.2, "统一社会信用代码/纳税人识别号：91310000717880703C"),
    )
    result = read([page], today)
    assert (result.text("buyer_name"), result.text("buyer_tax_id")) == ("".join(LONG_NAME), "91310000717880703C")
    assert result.unsure == []


def test_a_tax_id_below_its_label_is_read_from_its_first_character(today: date) -> None:
    page = with_a_party_block(
        (12.0, 36.6, "名称：示例科技有限公司"),
        (12.0, 44.0, "统一社会信用代码/纳税人识别号："),
        (12.0, 48.0, "91310000717880703C"),
    )
    assert read([page], today).text("buyer_tax_id") == "91310000717880703C"


def test_a_name_that_runs_out_of_its_block_is_to_be_confirmed(today: date) -> None:
    facts = chance.random_invoice(Random(4), Kind.VAT)
    name = "".join(LONG_NAME)
    result = read(forms.sheets(replace(facts, buyer=replace(facts.buyer, name=name))), today)
    assert result.text("buyer_name") == name or "buyer_name" in result.unsure


@pytest.mark.parametrize("kind", [Kind.AIR, Kind.RAIL, Kind.FISCAL], ids=lambda kind: kind.name)
def test_a_name_that_goes_on_below_is_to_be_confirmed(kind: Kind, today: date) -> None:
    facts = chance.random_invoice(Random(12), kind)
    (page, *_rest) = forms.sheets(facts)
    (name,) = (mark for mark in page.marks if isinstance(mark, Text) and mark.text == facts.buyer.name)
    assert "buyer_name" not in read([page], today).unsure

    page.marks.append(Text(name.x, name.y + 1.25 * name.size, "华东分公司", name.size, BLACK))
    assert "buyer_name" in read([page], today).unsure


@pytest.mark.parametrize("kind", [Kind.AIR, Kind.RAIL], ids=lambda kind: kind.name)
def test_an_id_whose_label_is_not_found_is_not_blank(kind: Kind, today: date) -> None:
    facts = chance.random_invoice(Random(12), kind)
    (page, *_rest) = forms.sheets(facts)
    page.marks = [mark for mark in page.marks if not (isinstance(mark, Text) and "信用代码" in mark.text)]
    assert "buyer_tax_id" in read([page], today).unsure
