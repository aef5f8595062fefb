"""财政电子票据: receipts of public bodies. They have a code, a number and a short check code, and no tax."""

from __future__ import annotations

import re
from collections.abc import Sequence

from invoices.readers import text
from invoices.readers.base import Kind, Reading, Source
from invoices.readers.faces.parts import goes_on, has_label, labelled, leading_digits, party_name
from invoices.readers.layout import Page, label

LABELS = {
    "code": label("票据代码"),
    "number": label("票据号码"),
    "buyer_tax_id": label("交款人统一社会信用代码"),
    "buyer_name": re.compile(r"交\s*款\s*人\s*(?=[:：])"),
    "check_code": label("校验码"),
    "date": label("开票日期"),
    "words": label("金额合计（大写）"),
    "total": label("（小写）"),
    "seller_name": label("收款单位（章）"),
    "reviewer": label("复核人"),
    "payee": label("收款人"),
    "remark": label("其他信息"),
}
_CHECK_CODE = re.compile(r"[0-9A-Za-z]{6}(?![0-9A-Za-z])")


def read(pages: Sequence[Page], heading: str) -> Reading:
    reading = Reading()
    reading.name_kind(Kind.FISCAL, Source.TEXT, printed=heading)
    reading.put("invoice_code", leading_digits(labelled(pages, "code", LABELS), 8), Source.TEXT)
    reading.put("number", leading_digits(labelled(pages, "number", LABELS), 10), Source.TEXT)
    reading.put("date", text.day(labelled(pages, "date", LABELS)), Source.TEXT)
    check = _CHECK_CODE.search(text.ascii_form(labelled(pages, "check_code", LABELS)))
    reading.put("check_code_last6", check.group() if check else "", Source.TEXT)
    for key in ("buyer_name", "seller_name"):
        reading.put(key, party_name(labelled(pages, key, LABELS)), Source.TEXT)
        if goes_on(pages, key, LABELS):
            reading.doubt(key)
    reading.put("buyer_tax_id", text.tax_id(labelled(pages, "buyer_tax_id", LABELS)), Source.TEXT)
    reading.put("total", text.amount(labelled(pages, "total", LABELS)), Source.TEXT)
    reading.facts.total_in_words = "".join(labelled(pages, "words", LABELS).split())
    if "buyer_tax_id" not in reading.values and has_label(pages, "buyer_name", LABELS):
        reading.blank.add("buyer_tax_id")
    return reading
