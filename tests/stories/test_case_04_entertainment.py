"""Case 4: business entertainment is booked gross whatever the invoice.

Source: finance.md 2.2 row 13, 2.4 "Blocked whatever the voucher" (增值税法 art. 22, 实施条例 art. 20).
"""

from __future__ import annotations

from tests.stories.books import ACTUAL, COMMITTED, RESERVED, Books, special, spent


def test_a_dinner_with_clients_deducts_nothing_even_with_a_special_invoice(books: Books):
    """¥1,060.00 = 1,000.00 + 6 % 60.00."""
    voucher = books.post(books.claim(spent("meals", "1060.00", special("1000.00", "60.00"))))

    books.check_voucher(
        voucher,
        [
            ("Alice报销业务招待费", "6601.04 销售费用-业务招待费", "市场部", "1060.00", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "1060.00"),
        ],
    )
    books.check_vat(voucher, [("special", "1000.00", "60.00", "1060.00", "0.00", "use")])
    books.check_budget(
        [
            ("reserve", RESERVED, "1060.00"),
            ("commit", RESERVED, "-1060.00"),
            ("commit", COMMITTED, "1060.00"),
            ("spend", COMMITTED, "-1060.00"),
            ("spend", ACTUAL, "1060.00"),
        ]
    )
