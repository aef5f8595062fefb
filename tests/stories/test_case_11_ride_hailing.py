"""Case 11: ride-hailing e-invoices were deductible until the end of 2025; from 2026 on a switch decides.

Source: finance.md 2.4 "Open point", 公告2019年第39号 art. 6.
"""

from __future__ import annotations

from datetime import date

from tests.stories.books import Books, ride, spent


def test_a_ride_of_december_2025_gives_the_printed_tax(books: Books):
    """¥51.50 = 50.00 + 3 % 1.50, issued on 2025-12-31."""
    voucher = books.post(books.claim(spent("local", "51.50", ride("50.00", "1.50", on=date(2025, 12, 31)))))

    books.check_voucher(
        voucher,
        [
            ("Alice报销市内交通费", "6601.06 销售费用-交通费", "市场部", "50.00", ""),
            ("Alice报销可抵扣进项税额", "2221.01.02 应交税费-应交增值税（进项税额）", "", "1.50", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "51.50"),
        ],
    )
    books.check_vat(voucher, [("ride", "50.00", "1.50", "51.50", "1.50", "deductible")])


def test_a_ride_of_2026_gives_nothing_until_the_tax_office_has_confirmed_it(books: Books):
    claim = books.claim(spent("local", "51.50", ride("50.00", "1.50", on=date(2026, 1, 1))))
    voucher = books.post(claim)

    books.check_voucher(
        voucher,
        [
            ("Alice报销市内交通费", "6601.06 销售费用-交通费", "市场部", "51.50", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "51.50"),
        ],
    )
    books.check_vat(voucher, [("ride", "50.00", "1.50", "51.50", "0.00", "kind")])


def test_the_switch_makes_rides_of_2026_deductible(books: Books):
    books.switch_on_ride_hailing()
    voucher = books.post(books.claim(spent("local", "51.50", ride("50.00", "1.50", on=date(2026, 1, 1)))))

    books.check_voucher(
        voucher,
        [
            ("Alice报销市内交通费", "6601.06 销售费用-交通费", "市场部", "50.00", ""),
            ("Alice报销可抵扣进项税额", "2221.01.02 应交税费-应交增值税（进项税额）", "", "1.50", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "51.50"),
        ],
    )
