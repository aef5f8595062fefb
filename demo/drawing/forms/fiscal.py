"""财政电子票据: receipts of public bodies, with a code, a number and a six-character check code."""

from __future__ import annotations

from demo.drawing import stamps
from demo.drawing.facts import InvoiceFacts
from demo.drawing.forms.parts import TableColumn, headings, qr_content
from demo.drawing.sheet import WINE, Sheet
from demo.drawing.style import Style

WIDTH, HEIGHT = 210.0, 148.0
_COLUMNS = (
    TableColumn("项目编码", 25.0, 12.5, False, "code"),
    TableColumn("项目名称", 65.0, 42.0, False, "name"),
    TableColumn("单位", 96.0, 95.0, False, "unit"),
    TableColumn("数量", 112.0, 114.0, True, "quantity"),
    TableColumn("标准", 130.0, 138.0, True, "price"),
    TableColumn("金额（元）", 155.0, 165.0, True, "amount"),
    TableColumn("备注", 185.0, 178.0, False, "note"),
)


def sheets(facts: InvoiceFacts, style: Style) -> list[Sheet]:
    sheet = Sheet(WIDTH, HEIGHT, style, WINE)
    sheet.picture(12.0, 5.0, 18.0, 18.0, stamps.qr(qr_content(facts)))
    sheet.form(WIDTH / 2, 16.0, facts.heading, size=5.6, anchor="middle")
    sheet.labelled(12.0, 30.0, "票据代码", facts.code)
    sheet.labelled(125.0, 30.0, "票据号码", facts.number)
    sheet.labelled(12.0, 36.0, "交款人统一社会信用代码", facts.buyer.tax_id)
    sheet.labelled(125.0, 36.0, "校验码", facts.check_code)
    sheet.labelled(12.0, 42.0, "交款人", facts.buyer.name)
    sheet.labelled(125.0, 42.0, "开票日期", f"{facts.issued_on}")
    sheet.frame(10.0, 45.0, 190.0, 80.0)
    for y in (51.5, 95.0, 102.0):
        sheet.line(10.0, y, 200.0, y)
    headings(sheet, _COLUMNS, 49.5)
    line = facts.lines[0]
    for x, value, right in (
        (12.5, "056990125020", False),
        (42.0, line.name, False),
        (95.0, line.unit, False),
        (114.0, line.quantity, True),
        (138.0, line.price, True),
        (165.0, f"{line.amount}", True),
    ):
        sheet.value(x, 56.0, value, anchor="right" if right else "left")
    left, right_bracket = style.brackets[0], style.brackets[1]
    sheet.form(14.0, 99.5, f"金额合计{left}大写{right_bracket}")
    sheet.value(44.0, 99.5, facts.in_capitals(yuan="元"))
    sheet.form(122.0, 99.5, f"{left}小写{right_bracket}")
    sheet.value(136.0, 99.5, f"{facts.total}")
    sheet.downwards(13.0, 106.5, "其他信息", step=5.0)
    sheet.value(18.0, 107.5, facts.remark)
    sheet.labelled(12.0, 131.0, f"收款单位{left}章{right_bracket}", facts.seller.name)
    sheet.labelled(110.0, 131.0, "复核人", facts.reviewer)
    sheet.labelled(150.0, 131.0, "收款人", facts.payee)
    return [sheet]
