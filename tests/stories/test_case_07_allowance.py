"""Case 7: a travel allowance needs no invoice and is travel cost. Source: finance.md 2.2 row 12."""

from __future__ import annotations

from tests.stories.books import ACTUAL, COMMITTED, RESERVED, Books, rail, spent


def test_an_allowance_is_travel_cost_without_an_invoice(books: Books):
    """Three days at ¥100.00 beside the ticket: the same account, two lines, because they are two expense types."""
    voucher = books.post(
        books.claim(spent("allowance", "300.00"), spent("travel", "553.00", rail("553.00", tax="45.66")))
    )

    books.check_voucher(
        voucher,
        [
            ("Alice报销出差补贴", "6601.03 销售费用-差旅费", "市场部", "300.00", ""),
            ("Alice报销差旅费", "6601.03 销售费用-差旅费", "市场部", "507.34", ""),
            ("Alice报销可抵扣进项税额", "2221.01.02 应交税费-应交增值税（进项税额）", "", "45.66", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "853.00"),
        ],
    )
    assert voucher.attachment_count == 2  # the claim and the ticket
    books.check_budget(
        [
            ("reserve", RESERVED, "300.00"),
            ("reserve", RESERVED, "553.00"),
            ("commit", RESERVED, "-300.00"),
            ("commit", RESERVED, "-553.00"),
            ("commit", COMMITTED, "300.00"),
            ("commit", COMMITTED, "553.00"),
            ("spend", COMMITTED, "-300.00"),
            ("spend", COMMITTED, "-553.00"),
            ("spend", ACTUAL, "300.00"),
            ("spend", ACTUAL, "553.00"),
        ]
    )
