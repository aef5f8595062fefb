"""The e-invoices of the tax-control system: buyer above, seller below; many lines go on a list of their own."""

from __future__ import annotations

from collections.abc import Sequence

from demo.drawing import stamps
from demo.drawing.facts import DrawnLine, InvoiceFacts, Party
from demo.drawing.forms.parts import ROW, TableColumn, headings, money, qr_content, row_height, write_date, write_line
from demo.drawing.sheet import BROWN, Ring, Sheet
from demo.drawing.style import Style
from invoices.readers.base import Kind

WIDTH, HEIGHT = 210.0, 140.0
LEFT, RIGHT = 4.5, 205.5
TOP, PARTIES, TOTALS, SELLER, BOTTOM = 30.0, 52.0, 96.0, 104.0, 124.0
FIRST_ROW, LAST_ROW = 59.5, 88.0
NAME_WIDTH = 48.0

_COLUMNS = (
    TableColumn("货物或应税劳务、服务名称", 30.5, 5.5, False, "name"),
    TableColumn("规格型号", 69.5, 57.5, False, "specification"),
    TableColumn("单位", 88.5, 85.5, False, "unit"),
    TableColumn("数  量", 104.5, 113.0, True, "quantity"),
    TableColumn("单  价", 124.5, 133.5, True, "price"),
    TableColumn("金    额", 149.5, 163.5, True, "amount"),
    TableColumn("税率", 170.0, 174.5, True, "rate"),
    TableColumn("税    额", 190.5, 204.5, True, "tax"),
)
_TOLL_COLUMNS = (
    TableColumn("项目名称", 30.5, 5.5, False, "name"),
    TableColumn("车牌号", 67.0, 59.0, False, "plate"),
    TableColumn("类型", 88.5, 85.5, False, "vehicle"),
    TableColumn("通行日期起", 106.0, 99.0, False, "from"),
    TableColumn("通行日期止", 126.0, 119.0, False, "until"),
    *_COLUMNS[5:],
)
_LIST_COLUMNS = (
    TableColumn("序号", 14.5, 13.5, False, "index"),
    TableColumn("货物(劳务)名称", 47.0, 19.5, False, "name"),
    TableColumn("规格型号", 85.5, 75.5, False, "specification"),
    TableColumn("单位", 101.0, 98.0, False, "unit"),
    TableColumn("数  量", 116.5, 127.0, True, "quantity"),
    TableColumn("单  价", 138.0, 148.0, True, "price"),
    TableColumn("金    额", 161.0, 173.0, True, "amount"),
    TableColumn("税率", 177.5, 181.5, True, "rate"),
    TableColumn("税    额", 194.0, 206.0, True, "tax"),
)


def sheets(facts: InvoiceFacts, style: Style) -> list[Sheet]:
    needed = sum(row_height(line, NAME_WIDTH) for line in facts.lines)
    if FIRST_ROW + needed <= LAST_ROW:
        return [_front(facts, style, facts.lines)]
    listed = DrawnLine("(详见销货清单)", facts.amount, _common_rate(facts.lines))
    return [_front(facts, style, [listed]), _list(facts, style)]


def _common_rate(lines: Sequence[DrawnLine]) -> str:
    rates = {line.rate for line in lines}
    return rates.pop() if len(rates) == 1 else ""


def _front(facts: InvoiceFacts, style: Style, lines: Sequence[DrawnLine]) -> Sheet:
    sheet = Sheet(WIDTH, HEIGHT, style, BROWN)
    _head(sheet, facts)
    _grid(sheet, toll=facts.kind is Kind.TOLL)
    _party(sheet, facts.buyer, "购买方", TOP, "Buyer")
    _party(sheet, facts.seller, "销售方", SELLER, "Seller")
    sheet.downwards(122.0, TOP + 6.0, "密码区", step=6.5)
    sheet.downwards(122.0, SELLER + 6.5, "备注", step=10.0)
    for index, row in enumerate(facts.cipher):
        sheet.value(127.5, TOP + 5.0 + index * 4.5, row, size=4.2, mono=True)
    _lines(sheet, facts, lines)
    _totals(sheet, facts)
    sheet.value(127.0, SELLER + 5.5, facts.remark, tag="Note", size=2.8)
    for x, label, name in (
        (10.0, "收款人", facts.payee),
        (68.0, "复核", facts.reviewer),
        (110.0, "开票人", facts.drawer),
    ):
        sheet.labelled(x, 128.0, label, name)
    sheet.form(152.0, 128.0, f"销售方{style.colon}{style.brackets[0]}章{style.brackets[1]}")
    return sheet


def _heading(facts: InvoiceFacts) -> str:
    name = Kind.VAT.value if facts.kind is Kind.TOLL else facts.kind.value
    return facts.bureau.removesuffix("市").removesuffix("省") + name


def _spaced(sheet: Sheet, label: str, width: int) -> str:
    """校 验 码, 名    称: short labels are spread to the width of the longest."""
    if not sheet.style.spaced_labels or len(label) >= width:
        return label
    return (" " * (2 * (width - len(label)) // (len(label) - 1))).join(label)


def _head(sheet: Sheet, facts: InvoiceFacts) -> None:
    style = sheet.style
    sheet.picture(8.5, 4.0, 20.0, 20.0, stamps.qr(qr_content(facts)))
    sheet.form(WIDTH / 2, 13.0, _heading(facts), size=6.6, anchor="middle")
    for y in (18.0, 19.0):
        sheet.line(68.5, y, 141.5, y)
    code = facts.check_code
    check = " ".join(code[i : i + 5] for i in range(0, 20, 5)) if style.grouped_check_code else code
    sheet.labelled(148.5, 9.8, "发票代码", facts.code, tag="InvoiceCode")
    sheet.labelled(148.5, 15.4, "发票号码", facts.number, tag="InvoiceNo")
    sheet.form(148.5, 21.0, f"开票日期{style.colon}")
    write_date(sheet, 165.0, 21.0, facts.issued_on, tag="IssueDate")
    sheet.labelled(148.5, 26.6, _spaced(sheet, "校验码", 4), check, tag="InvoiceCheckCode")
    sheet.labelled(6.0, 27.6, "机器编号", facts.machine, tag="MachineNo")
    sheet.picture(90.0, 8.0, stamps.SEAL_WIDTH, stamps.SEAL_HEIGHT, stamps.seal(facts.bureau), over=True)


def _grid(sheet: Sheet, *, toll: bool) -> None:
    sheet.frame(LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP)
    for y in (PARTIES, TOTALS, SELLER):
        sheet.line(LEFT, y, RIGHT, y)
    for top, bottom in ((TOP, PARTIES), (SELLER, BOTTOM)):
        for x in (12.5, 119.5, 124.5):
            sheet.line(x, top, x, bottom)
    for x in (56.5, 82.5, 94.5, 114.5, 134.5, 164.5, 175.5):
        if not toll or x > 130.0:
            sheet.line(x, PARTIES, x, TOTALS)
    sheet.line(56.5, TOTALS, 56.5, SELLER)


def _party(sheet: Sheet, party: Party, title: str, top: float, prefix: str) -> None:
    sheet.downwards(8.5, top + 5.8, title, step=6.0)
    entries = (
        (_spaced(sheet, "名称", 6), party.name, f"{prefix}Name"),
        ("纳税人识别号", party.tax_id, f"{prefix}TaxID"),
        ("地 址、电 话", f"{party.address}{party.phone}", f"{prefix}AddrTel"),
        ("开户行及账号", f"{party.bank}{party.account}", f"{prefix}FinancialAccount"),
    )
    for index, (label, value, tag) in enumerate(entries):
        sheet.labelled(13.5, top + 4.3 + index * 4.9, label, value, tag=tag, mono=tag.endswith("TaxID"))


def _lines(sheet: Sheet, facts: InvoiceFacts, lines: Sequence[DrawnLine]) -> None:
    toll = facts.kind is Kind.TOLL
    columns = _TOLL_COLUMNS if toll else _COLUMNS
    headings(sheet, columns, 55.8)
    y = FIRST_ROW
    for line in lines:
        if line.name.startswith("(详见"):
            _pointer(sheet, facts, line, y)
            return
        if toll:
            day = f"{facts.issued_on:%Y%m%d}"
            for x, value in ((59.0, facts.plate), (85.5, facts.vehicle), (99.0, day), (119.0, day)):
                sheet.value(x, y, value)
        y = write_line(sheet, columns, line, y, NAME_WIDTH)


def _pointer(sheet: Sheet, facts: InvoiceFacts, line: DrawnLine, y: float) -> None:
    """The one line that points to the list, with its sums."""
    sheet.value(5.5, y, line.name)
    sheet.value(163.5, y, f"{facts.amount}", anchor="right")
    if line.rate:
        sheet.value(174.5, y, line.rate, anchor="right")
    sheet.value(204.5, y, facts.tax_text, anchor="right")


def _totals(sheet: Sheet, facts: InvoiceFacts) -> None:
    style = sheet.style
    sheet.spread(23.0, 94.0, "合计", step=12.0)
    money(sheet, 163.5, 94.0, f"{facts.amount}", tag="TaxExclusiveTotalAmount")
    money(sheet, 204.5, 94.0, facts.tax_text, tag="TaxTotalAmount")
    sheet.form(20.0, TOTALS + 5.2, f"价税合计{style.brackets[0]}大写{style.brackets[1]}")
    sheet.marks.append(Ring(60.0, TOTALS + 4.0, 2.0))
    sheet.value(63.5, TOTALS + 5.2, facts.in_capitals(yuan=style.yuan))
    sheet.form(158.0, TOTALS + 5.2, f"{style.brackets[0]}小写{style.brackets[1]}")
    money(sheet, 172.0 + 2.0 * len(f"{facts.total}"), TOTALS + 5.2, f"{facts.total}", tag="TaxInclusiveTotalAmount")


def _list(facts: InvoiceFacts, style: Style) -> Sheet:
    """销售货物或者提供应税劳务、服务清单: its lines, 小计 and 总计."""
    sheet = Sheet(217.0, 278.0, style, BROWN)
    sheet.form(108.0, 20.0, "销售货物或者提供应税劳务、服务清单", size=5.6, anchor="middle")
    sheet.labelled(12.0, 34.0, "购买方名称", facts.buyer.name)
    sheet.labelled(12.0, 42.5, "销售方名称", facts.seller.name)
    sheet.labelled(12.0, 51.0, "所属增值税电子普通发票代码", facts.code)
    sheet.labelled(94.0, 51.0, "号码", facts.number)
    sheet.form(165.0, 51.0, "共 1 页")
    sheet.form(186.0, 51.0, "第 1 页")
    headings(sheet, _LIST_COLUMNS, 62.0)
    y = 68.0
    for index, line in enumerate(facts.lines, start=1):
        sheet.value(13.5, y, f"{index}")
        y = write_line(sheet, _LIST_COLUMNS, line, y, NAME_WIDTH)
    for label, at in (("小计", max(y, 218.0)), ("总计", max(y, 218.0) + ROW)):
        sheet.form(11.5, at, label)
        money(sheet, 173.0, at, f"{facts.amount}")
        money(sheet, 206.0, at, facts.tax_text)
    sheet.frame(10.0, 57.5, 197.0, max(y, 218.0) - 48.0)
    return sheet
