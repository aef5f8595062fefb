"""电子发票（铁路电子客票）: a blue sheet with one ride.

The face prints neither seller nor tax; the data file has the tax.
"""

from __future__ import annotations

from demo.drawing import stamps
from demo.drawing.facts import InvoiceFacts
from demo.drawing.forms.parts import qr_content
from demo.drawing.sheet import BLACK, Fill, Sheet, Stroke, Text
from demo.drawing.style import Style

WIDTH, HEIGHT = 210.0, 140.0
PALE, DEEP = (219, 240, 246), (163, 221, 232)


def sheets(facts: InvoiceFacts, style: Style) -> list[Sheet]:
    sheet = Sheet(WIDTH, HEIGHT, style, BLACK)
    sheet.marks += [Fill(0, 0, WIDTH, 105.0, PALE), Fill(0, 105.0, WIDTH, HEIGHT - 105.0, DEEP)]
    sheet.form(WIDTH / 2, 10.5, facts.kind.value, size=7.0, anchor="middle")
    sheet.picture(90.0, 2.5, stamps.SEAL_WIDTH, stamps.SEAL_HEIGHT, stamps.seal(facts.bureau), over=True)
    sheet.labelled(9.0, 20.0, "发票号码", facts.number, size=4.0)
    sheet.form(156.0, 20.0, f"开票日期{style.colon}", size=4.0)
    sheet.value(176.5, 20.0, f"{facts.issued_on:%Y年%m月%d日}", size=4.0)
    _ride(sheet, facts)
    sheet.form(9.0, 62.5, f"票价{style.colon}", size=4.0)
    sheet.value(20.0, 62.5, f"{style.yen}{facts.total}", size=5.6)
    sheet.value(9.0, 76.0, facts.identity, size=4.0)
    sheet.value(75.0, 76.0, facts.passenger, size=4.0)
    sheet.picture(165.0, 56.0, 26.0, 26.0, stamps.qr(qr_content(facts)))
    sheet.labelled(9.0, 102.5, "电子客票号", facts.ticket_number, size=4.0)
    size = min(4.0, 112.0 / (len(facts.buyer.name) + 6))  # a long name is printed smaller
    sheet.labelled(9.0, 110.8, "购买方名称", facts.buyer.name, size=size)
    sheet.labelled(125.0, 110.8, "统一社会信用代码", facts.buyer.tax_id, size=4.0)
    for y, slogan in ((126.0, "买票请到12306 发货请到95306"), (130.5, "中国铁路祝您旅途愉快")):
        sheet.form(WIDTH / 2, y, slogan, size=3.8, anchor="middle")
    for y in (120.0, 134.0):
        sheet.marks.append(Stroke(((10.0, y), (200.0, y)), 0.2, BLACK))
    sheet.value(9.0, 94.0, facts.remark, size=3.4)
    return [sheet]


def _ride(sheet: Sheet, facts: InvoiceFacts) -> None:
    ride = facts.rides[0]
    for x, name, latin in (
        (48.0, ride.departure, ride.departure_latin),
        (157.0, ride.destination, ride.destination_latin),
    ):
        width = Text(0, 0, name, 6.4).width()
        sheet.value(x - width / 2, 35.0, name, size=6.4)
        sheet.form(x + width / 2 + 0.6, 35.0, "站", size=4.0)
        sheet.value(x, 41.5, latin, size=3.8, anchor="middle")
    sheet.value(WIDTH / 2 - 5.0, 34.5, ride.carrier_number, size=4.4, anchor="middle")
    sheet.marks.append(Stroke(((92.0, 36.8), (110.0, 36.8), (106.0, 35.3)), 0.5, BLACK))
    sheet.value(9.0, 51.0, f"{ride.travel_date:%Y年%m月%d日}", size=4.0)
    sheet.value(44.0, 51.0, f"{ride.time}开", size=4.0)
    sheet.value(75.0, 51.0, f"{ride.seat}号", size=4.0)
    sheet.value(105.0, 51.0, ride.seat_class, size=4.0)
