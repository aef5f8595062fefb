"""Case 12: a claim takes only part of an invoice; its tax is deducted in the same part.

The hotel cost more than the rule allows, the rest is borne by the employee: personal consumption, whose tax nobody may
deduct (增值税法 art. 22). Rounded half up; net = what is claimed − tax.
"""

from __future__ import annotations

from tests.stories.books import Books, special, spent


def test_five_sixths_of_an_invoice_deduct_five_sixths_of_its_tax(books: Books):
    """Invoice 636.00 = 600.00 + 36.00; claimed 530.00: 36.00 × 530 ÷ 636 = 30.00."""
    voucher = books.post(books.claim(spent("hotel", "530.00", special("600.00", "36.00"))))

    books.check_voucher(
        voucher,
        [
            ("Alice报销住宿", "6601.03 销售费用-差旅费", "市场部", "500.00", ""),
            ("Alice报销可抵扣进项税额", "2221.01.02 应交税费-应交增值税（进项税额）", "", "30.00", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "530.00"),
        ],
    )
    books.check_vat(voucher, [("special", "600.00", "36.00", "530.00", "30.00", "deductible")])


def test_a_part_that_does_not_come_out_even_is_rounded_once(books: Books):
    """Invoice 100.00 = 94.34 + 5.66; claimed 33.33: 5.66 × 0.3333 = 1.886478 → 1.89; net 33.33 − 1.89 = 31.44."""
    voucher = books.post(books.claim(spent("hotel", "33.33", special("94.34", "5.66"))))

    books.check_voucher(
        voucher,
        [
            ("Alice报销住宿", "6601.03 销售费用-差旅费", "市场部", "31.44", ""),
            ("Alice报销可抵扣进项税额", "2221.01.02 应交税费-应交增值税（进项税额）", "", "1.89", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "33.33"),
        ],
    )
