"""Case 5: staff welfare passes through 应付职工薪酬 and deducts nothing.

Source: finance.md 2.2 row 14; 2.4 (collective welfare is blocked).
"""

from __future__ import annotations

from tests.stories.books import Books, special, spent


def test_welfare_is_accrued_and_settled_in_the_same_voucher(books: Books):
    """Health checks for the team, ¥2,120.00 = 2,000.00 + 120.00 on a special invoice."""
    voucher = books.post(books.claim(spent("welfare", "2120.00", special("2000.00", "120.00"))))

    books.check_voucher(
        voucher,
        [
            ("Alice报销职工福利费", "6601.02 销售费用-福利费", "市场部", "2120.00", ""),
            ("计提职工福利费", "2211.02 应付职工薪酬-职工福利费", "", "", "2120.00"),
            ("支付职工福利费", "2211.02 应付职工薪酬-职工福利费", "", "2120.00", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "2120.00"),
        ],
    )
    books.check_vat(voucher, [("special", "2000.00", "120.00", "2120.00", "0.00", "use")])
    assert books.balance("2211.02") == 0
