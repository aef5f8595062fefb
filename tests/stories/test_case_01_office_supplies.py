"""Case 1: office supplies with a special invoice, a small-scale taxpayer, an ordinary invoice.

Source: finance.md 2.2 rows 1, 2 and 3; 2.4 table of 2026 (专用发票: the printed VAT; 普通发票: none).
"""

from __future__ import annotations

from tests.stories.books import ACTUAL, COMMITTED, RESERVED, Books, ordinary, special, spent


def test_a_special_invoice_is_booked_net_and_its_tax_is_deducted(books: Books):
    """¥1,130.00 = 1,000.00 + 13 % 130.00, borne by the marketing department (sales: 6601)."""
    claim = books.claim(spent("office", "1130.00", special("1000.00", "130.00")))
    voucher = books.post(claim)

    books.check_voucher(
        voucher,
        [
            ("Alice报销办公费", "6601.05 销售费用-办公费", "市场部", "1000.00", ""),
            ("Alice报销可抵扣进项税额", "2221.01.02 应交税费-应交增值税（进项税额）", "", "130.00", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "1130.00"),
        ],
    )
    books.check_vat(voucher, [("special", "1000.00", "130.00", "1130.00", "130.00", "deductible")])
    # The budget bears what the company asked for, tax included: the same figure from submit to posting.
    books.check_budget(
        [
            ("reserve", RESERVED, "1130.00"),
            ("commit", RESERVED, "-1130.00"),
            ("commit", COMMITTED, "1130.00"),
            ("spend", COMMITTED, "-1130.00"),
            ("spend", ACTUAL, "1130.00"),
        ]
    )


def test_a_small_scale_taxpayer_deducts_nothing(books: Books):
    """The same invoice in a 小规模纳税人: the whole price is cost."""
    books.make_small_taxpayer()
    claim = books.claim(spent("office", "1130.00", special("1000.00", "130.00")))
    voucher = books.post(claim)

    books.check_voucher(
        voucher,
        [
            ("Alice报销办公费", "6601.05 销售费用-办公费", "市场部", "1130.00", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "1130.00"),
        ],
    )
    books.check_vat(voucher, [("special", "1000.00", "130.00", "1130.00", "0.00", "small_taxpayer")])


def test_an_ordinary_invoice_gives_no_input_tax_though_it_prints_some(books: Books):
    """¥226.00 = 200.00 + 26.00 on a 数电普票."""
    claim = books.claim(spent("office", "226.00", ordinary("200.00", "26.00")))
    voucher = books.post(claim)

    books.check_voucher(
        voucher,
        [
            ("Alice报销办公费", "6601.05 销售费用-办公费", "市场部", "226.00", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "226.00"),
        ],
    )
    books.check_vat(voucher, [("ordinary", "200.00", "26.00", "226.00", "0.00", "kind")])
    books.check_budget(
        [
            ("reserve", RESERVED, "226.00"),
            ("commit", RESERVED, "-226.00"),
            ("commit", COMMITTED, "226.00"),
            ("spend", COMMITTED, "-226.00"),
            ("spend", ACTUAL, "226.00"),
        ]
    )
