"""Case 3: coach tickets with and without the traveller's name, road tolls, a taxi.

Source: finance.md 2.3 (road ¥103 → 3.00, bridge toll ¥100 → 4.76) and 2.4.
"""

from __future__ import annotations

from tests.stories.books import Books, bridge_toll, road, spent, taxi, toll


def test_a_coach_ticket_with_the_travellers_name_includes_3_percent(books: Books):
    """103.00 ÷ 1.03 × 3 % = 3.00."""
    voucher = books.post(books.claim(spent("travel", "103.00", road("103.00", traveller="Alice"))))

    books.check_voucher(
        voucher,
        [
            ("Alice报销差旅费", "6601.03 销售费用-差旅费", "市场部", "100.00", ""),
            ("Alice报销可抵扣进项税额", "2221.01.02 应交税费-应交增值税（进项税额）", "", "3.00", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "103.00"),
        ],
    )
    books.check_vat(voucher, [("road", "100.00", "", "103.00", "3.00", "deductible")])


def test_a_coach_ticket_without_a_name_gives_nothing(books: Books):
    voucher = books.post(books.claim(spent("travel", "103.00", road("103.00", traveller=""))))

    books.check_voucher(
        voucher,
        [
            ("Alice报销差旅费", "6601.03 销售费用-差旅费", "市场部", "103.00", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "103.00"),
        ],
    )
    books.check_vat(voucher, [("road", "100.00", "", "103.00", "0.00", "no_traveller")])


def test_a_toll_invoice_gives_the_tax_printed_on_it(books: Books):
    """¥100.00 = 97.09 + 3 % 2.91."""
    voucher = books.post(books.claim(spent("local", "100.00", toll("97.09", "2.91"))))

    books.check_voucher(
        voucher,
        [
            ("Alice报销市内交通费", "6601.06 销售费用-交通费", "市场部", "97.09", ""),
            ("Alice报销可抵扣进项税额", "2221.01.02 应交税费-应交增值税（进项税额）", "", "2.91", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "100.00"),
        ],
    )
    books.check_vat(voucher, [("toll", "97.09", "2.91", "100.00", "2.91", "deductible")])


def test_a_bridge_toll_includes_5_percent_and_a_taxi_nothing(books: Books):
    """100.00 ÷ 1.05 × 5 % = 4.7619… → 4.76; the taxi's ¥38.00 is cost as a whole: do not back out 3 %."""
    voucher = books.post(
        books.claim(spent("local", "100.00", bridge_toll("100.00")), spent("local", "38.00", taxi("38.00")))
    )

    books.check_voucher(
        voucher,
        [
            ("Alice报销市内交通费", "6601.06 销售费用-交通费", "市场部", "133.24", ""),
            ("Alice报销可抵扣进项税额", "2221.01.02 应交税费-应交增值税（进项税额）", "", "4.76", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "138.00"),
        ],
    )
    books.check_vat(
        voucher,
        [
            ("bridge_toll", "95.24", "", "100.00", "4.76", "deductible"),
            ("ticket", "38.00", "", "38.00", "0.00", "kind"),
        ],
    )
