"""电子发票（航空运输电子客票行程单）: flights over a row of amounts, each under its heading."""

from __future__ import annotations

from demo.drawing import stamps
from demo.drawing.facts import InvoiceFacts
from demo.drawing.forms.parts import qr_content
from demo.drawing.sheet import WINE, Sheet
from demo.drawing.style import Style

WIDTH, HEIGHT = 210.0, 148.0
LEFT, RIGHT = 7.0, 203.0
SIZE = 2.82
_FLIGHT = (
    ("承运人", 48.0),
    ("航班号", 66.0),
    ("座位等级", 82.5),
    ("日期", 99.5),
    ("时间", 116.0),
    ("客票级别/客票类别", 137.0),
    ("客票生效日期", 160.0),
    ("有效截止日期", 180.5),
    ("免费行李", 197.0),
)
_MONEY = (
    ("票价", 40.0),
    ("燃油附加费", 63.0),
    ("增值税税率", 86.0),
    ("增值税税额", 102.0),
    ("民航发展基金", 125.0),
    ("其他税费", 148.0),
    ("合计", 171.0),
)


def sheets(facts: InvoiceFacts, style: Style) -> list[Sheet]:
    sheet = Sheet(WIDTH, HEIGHT, style, WINE)
    sheet.form(WIDTH / 2, 13.0, facts.kind.value, size=5.6, anchor="middle")
    sheet.picture(90.0, 5.0, stamps.SEAL_WIDTH, stamps.SEAL_HEIGHT, stamps.seal(facts.bureau), over=True)
    sheet.picture(131.0, 14.5, 16.0, 16.0, stamps.qr(qr_content(facts)))
    for y, label, value in ((17.5, "开具状态", "正常"), (29.5, "发票号码", facts.number)):
        sheet.labelled(150.0, y, label, value, size=SIZE)
    sheet.labelled(LEFT, 25.5, "国内国际标识", "国内", size=SIZE)
    _grid(sheet)
    for x, label, value in (
        (LEFT, "旅客姓名", facts.passenger),
        (46.0, "有效身份证件号码", facts.identity),
        (123.0, "签注", "不得签转 演示"),
    ):
        sheet.form(x + 0.5, 35.0, label, size=SIZE)
        sheet.value(x + 2.0, 42.0, value, size=SIZE)
    _flights(sheet, facts)
    _amounts(sheet, facts)
    sheet.labelled(LEFT + 0.5, 122.0, "电子客票号码", facts.ticket_number, size=SIZE)
    sheet.labelled(71.0, 122.0, "验证码", facts.check_code, size=SIZE)
    sheet.labelled(103.0, 122.0, "提示信息", "演示", size=SIZE)
    sheet.labelled(171.5, 122.0, "保险费", "0.00", size=SIZE)
    sheet.labelled(LEFT + 0.5, 129.5, "销售网点代号", "CAN001/08682256", size=SIZE)
    sheet.labelled(71.0, 129.5, "填开单位", facts.seller.name, size=SIZE)
    sheet.labelled(168.0, 129.5, "填开日期", f"{facts.issued_on}", size=SIZE)
    sheet.labelled(LEFT + 0.5, 137.5, "购买方名称", facts.buyer.name, size=SIZE)
    sheet.labelled(105.0, 137.5, "统一社会信用代码/纳税人识别号", facts.buyer.tax_id, size=SIZE)
    return [sheet]


def _grid(sheet: Sheet) -> None:
    sheet.frame(LEFT, 31.5, RIGHT - LEFT, 110.0)
    for y in (46.5, 52.0, 107.5, 118.5, 126.0, 133.5):
        sheet.line(LEFT, y, RIGHT, y)
    for x in (46.0, 123.0):
        sheet.line(x, 31.5, x, 46.5)
    for x in (40.0, 56.0, 75.0, 90.0, 109.0, 123.0, 151.0, 170.0, 190.0):
        sheet.line(x, 46.5, x, 107.5)
    for _heading, x in _MONEY:
        sheet.line(x, 107.5, x, 118.5)


def _flights(sheet: Sheet, facts: InvoiceFacts) -> None:
    for heading, x in _FLIGHT:
        sheet.form(x, 50.2, heading, size=SIZE, anchor="middle")
    for index, ride in enumerate(facts.rides):
        y = 56.0 + index * 10.6
        for offset, sign, place in ((0.0, "自", ride.departure), (5.0, "至", ride.destination)):
            sheet.form(LEFT + 1.5, y + offset, f"{sign}:", size=SIZE)
            sheet.value(LEFT + 7.0, y + offset, place, size=SIZE)
        values = (
            ride.carrier,
            ride.carrier_number,
            ride.seat_class,
            f"{ride.travel_date}",
            ride.time,
            "Y50",
            "",
            "",
            "20K",
        )
        for (_heading, x), value in zip(_FLIGHT, values, strict=True):
            sheet.value(x, y + 2.5, value, size=SIZE, anchor="middle")


def _amounts(sheet: Sheet, facts: InvoiceFacts) -> None:
    fares = facts.fares
    assert fares is not None
    values = (fares.fare, fares.fuel_surcharge, None, fares.tax, fares.fund, fares.other_taxes, fares.total)
    ends = [x for _heading, x in _MONEY[1:]] + [RIGHT]
    for (heading, x), value, end in zip(_MONEY, values, ends, strict=True):
        sheet.form(x + 0.5, 111.2, heading, size=SIZE)
        sheet.value(end - 0.5, 116.6, "9%" if value is None else f"CNY {value}", size=SIZE, anchor="right")
