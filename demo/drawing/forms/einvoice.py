"""电子发票（普通发票 / 增值税专用发票): 210 mm wide, buyer left, seller right; long ones go on over several pages."""

from __future__ import annotations

from collections.abc import Sequence

from demo.drawing import stamps
from demo.drawing.facts import DrawnLine, InvoiceFacts
from demo.drawing.forms.parts import ROW, TableColumn, headings, money, qr_content, row_height, write_date, write_line
from demo.drawing.sheet import NINE_POINT, WINE, Ring, Sheet, wrapped
from demo.drawing.style import Style

WIDTH, HEIGHT = 210.0, 140.0
LEFT, RIGHT = 4.5, 205.5
TOP, PARTIES, TOTALS, REMARK, BOTTOM = 30.0, 52.0, 96.0, 104.0, 124.0
FIRST_ROW = 60.0
NAME_WIDTH = 36.5
PARTY_NAME_WIDTH = 78.0

_COLUMNS = (
    TableColumn("项目名称", 22.5, 4.8, False, "name"),
    TableColumn("规格型号", 49.0, 42.0, False, "specification"),
    TableColumn("单  位", 71.5, 70.0, False, "unit"),
    TableColumn("数  量", 96.5, 101.5, True, "quantity"),
    TableColumn("单  价", 122.5, 127.5, True, "price"),
    TableColumn("金  额", 148.0, 153.0, True, "amount"),
    TableColumn("税率/征收率", 166.5, 169.0, True, "rate"),
    TableColumn("税  额", 199.0, 205.0, True, "tax"),
)
_JOURNEY_COLUMNS = (
    TableColumn("项目名称", 22.5, 4.8, False, "name"),
    TableColumn("单  价", 66.0, 71.0, True, "price"),
    TableColumn("数  量", 96.5, 101.5, True, "quantity"),
    TableColumn("金  额", 128.0, 133.0, True, "amount"),
    TableColumn("税率/征收率", 160.5, 163.0, True, "rate"),
    TableColumn("税  额", 199.0, 205.0, True, "tax"),
)
_TRAVELLER = (
    ("出行人", 16.0),
    ("有效身份证件号", 48.0),
    ("出行日期", 84.0),
    ("出发地", 112.0),
    ("到达地", 140.0),
    ("等级", 165.0),
    ("交通工具类型", 190.0),
)


def sheets(facts: InvoiceFacts, style: Style) -> list[Sheet]:
    pages = _paged(facts.lines)
    found = []
    for number, lines in enumerate(pages, start=1):
        sheet = Sheet(WIDTH, HEIGHT, style, WINE)
        _head(sheet, facts, number, len(pages))
        _parties(sheet, facts)
        _table(sheet, facts, lines)
        _foot(sheet, facts, lines, last=number == len(pages), several=len(pages) > 1)
        found.append(sheet)
    return found


def _paged(lines: Sequence[DrawnLine]) -> list[list[DrawnLine]]:
    """Lines by page: as many as there is room for above the sums."""
    pages: list[list[DrawnLine]] = [[]]
    y = FIRST_ROW
    for line in lines:
        height = row_height(line, NAME_WIDTH)
        if pages[-1] and y + height > TOTALS - 2.4 * ROW:
            pages.append([])
            y = FIRST_ROW
        pages[-1].append(line)
        y += height
    return pages


def _head(sheet: Sheet, facts: InvoiceFacts, page: int, pages: int) -> None:
    sheet.picture(6.5, 6.0, 20.0, 20.0, stamps.qr(qr_content(facts)))
    heading = facts.kind.value.replace("（", sheet.style.brackets[0]).replace("）", sheet.style.brackets[1])
    sheet.form(WIDTH / 2, 14.5, heading, size=6.7, anchor="middle")
    for y in (18.0, 19.0):
        sheet.line(65.5, y, 138.5, y)
    if facts.special:
        sheet.form(31.0, 12.0, facts.special, size=4.2)
    sheet.labelled(154.5, 14.0, "发票号码", facts.number, tag="InvoiceNo")
    sheet.form(154.5, 20.0, f"开票日期{sheet.style.colon}")
    write_date(sheet, 171.0, 20.0, facts.issued_on, tag="IssueDate")
    if pages > 1:
        sheet.form(185.0, 27.5, f"共{pages}页 第{page}页", size=2.8)
    sheet.picture(90.0, 8.0, stamps.SEAL_WIDTH, stamps.SEAL_HEIGHT, stamps.seal(facts.bureau), over=True)


def _parties(sheet: Sheet, facts: InvoiceFacts) -> None:
    sheet.frame(LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP)
    for y in (PARTIES, TOTALS, REMARK):
        sheet.line(LEFT, y, RIGHT, y)
    for x in (10.5, 105.0, 111.0):
        sheet.line(x, TOP, x, PARTIES)
    for x, title, party, prefix in (
        (7.5, "购买方信息", facts.buyer, "Buyer"),
        (108.0, "销售方信息", facts.seller, "Seller"),
    ):
        sheet.downwards(x, 34.5, title, step=3.5)
        left = x + 4.0
        pieces = wrapped(party.name, PARTY_NAME_WIDTH)
        sheet.labelled(left, 36.6, "名称", pieces[0], tag=f"{prefix}Name")
        for index, piece in enumerate(pieces[1:], start=1):
            sheet.value(left + 8.5, 36.6 + index * 4.0, piece, tag=f"{prefix}Name")
        sheet.labelled(
            left, 47.2, "统一社会信用代码/纳税人识别号", party.tax_id, tag=f"{prefix}TaxID", size=NINE_POINT, mono=True
        )


def _table(sheet: Sheet, facts: InvoiceFacts, lines: Sequence[DrawnLine]) -> None:
    columns = _JOURNEY_COLUMNS if facts.special else _COLUMNS
    headings(sheet, columns, 55.5)
    y = FIRST_ROW
    for line in lines:
        y = write_line(sheet, columns, line, y, NAME_WIDTH)
    for ride in facts.rides:
        sheet.line(LEFT, 76.0, RIGHT, 76.0)
        values = (
            facts.passenger,
            facts.identity,
            f"{ride.travel_date}",
            ride.departure,
            ride.destination,
            ride.seat_class,
            ride.carrier,
        )
        for (heading, x), value in zip(_TRAVELLER, values, strict=True):
            sheet.form(x, 80.0, heading, anchor="middle")
            sheet.value(x, 85.0, value, anchor="middle")


def _foot(sheet: Sheet, facts: InvoiceFacts, lines: Sequence[DrawnLine], *, last: bool, several: bool) -> None:
    style = sheet.style
    if several:
        sheet.spread(20.5, 89.5, "小计", step=16.0)
        money(sheet, 153.0, 89.5, f"{sum(line.amount for line in lines)}")
        money(sheet, 205.0, 89.5, f"{sum(line.tax for line in lines)}")
    sheet.form(30.4, TOTALS + 5.2, f"价税合计{style.brackets[0]}大写{style.brackets[1]}", anchor="middle")
    sheet.form(154.0, TOTALS + 5.2, f"{style.brackets[0]}小写{style.brackets[1]}", anchor="right")
    sheet.line(56.3, TOTALS, 56.3, REMARK)
    sheet.line(10.5, REMARK, 10.5, BOTTOM)
    sheet.downwards(7.5, REMARK + 7.0, "备注", step=7.0)
    sheet.form(20.0, 132.5, f"开票人{style.colon}")
    if not last:
        return
    sheet.spread(20.5, 94.3, "合计", step=16.0)
    money(sheet, 153.0, 94.3, f"{facts.amount}", tag="TaxExclusiveTotalAmount")
    money(sheet, 205.0, 94.3, f"{facts.tax}", tag="TaxTotalAmount")
    sheet.marks.append(Ring(60.4, TOTALS + 4.0, 2.0))
    sheet.value(63.5, TOTALS + 5.2, facts.in_capitals(yuan=style.yuan), tag="TaxInclusiveTotalAmountInWords")
    money(
        sheet,
        156.0 + 2.0 * len(f"{facts.total}"),
        TOTALS + 5.2,
        f"{facts.total}",
        tag="TaxInclusiveTotalAmount",
        size=3.88,
    )
    for index, piece in enumerate(wrapped(facts.remark, 190.0)):
        sheet.value(12.0, REMARK + 5.0 + index * 4.0, piece, tag="Note")
    sheet.value(34.0, 132.5, facts.drawer, tag="InvoiceClerk")
