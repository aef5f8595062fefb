"""Case 8: one claim borne by sales, administration, research and production; the tax stands once.

Source: finance.md 2.1 "Account choice = f(expense type, cost-centre nature)" and 2.2 row 20.
"""

from __future__ import annotations

from tests.stories.books import ACTUAL, COMMITTED, RESERVED, Books, special, spent


def test_every_nature_has_its_own_account_and_the_tax_one_line(books: Books):
    """Four purchases of paper; the tax of all four together is 13.00 + 26.00 + 39.00 + 6.50 = 84.50."""
    voucher = books.post(
        books.claim(
            spent("office", "113.00", special("100.00", "13.00"), bearer="sales"),
            spent("office", "226.00", special("200.00", "26.00"), bearer="administration"),
            spent("office", "339.00", special("300.00", "39.00"), bearer="research"),
            spent("office", "56.50", special("50.00", "6.50"), bearer="production"),
        )
    )

    books.check_voucher(
        voucher,
        [
            ("Alice报销办公费", "6601.05 销售费用-办公费", "市场部", "100.00", ""),
            ("Alice报销办公费", "6602.05 管理费用-办公费", "行政部", "200.00", ""),
            ("Alice报销办公费", "5301.01.05 研发支出-费用化支出-办公费", "研发部 智能仓储", "300.00", ""),
            ("Alice报销办公费", "5101.05 制造费用-办公费", "生产部", "50.00", ""),
            ("Alice报销可抵扣进项税额", "2221.01.02 应交税费-应交增值税（进项税额）", "", "84.50", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "734.50"),
        ],
    )
    # Each department's budget bears its own part.
    for department, amount in [("市场部", "113.00"), ("行政部", "226.00"), ("研发部", "339.00"), ("生产部", "56.50")]:
        books.check_budget(
            [
                ("reserve", RESERVED, amount),
                ("commit", RESERVED, f"-{amount}"),
                ("commit", COMMITTED, amount),
                ("spend", COMMITTED, f"-{amount}"),
                ("spend", ACTUAL, amount),
            ],
            department=department,
        )


def test_lines_of_the_same_account_and_bearer_become_one(books: Books):
    voucher = books.post(
        books.claim(
            spent("office", "113.00", special("100.00", "13.00")),
            spent("office", "22.60", special("20.00", "2.60")),
            spent("office", "5.65", special("5.00", "0.65")),
        )
    )

    books.check_voucher(
        voucher,
        [
            ("Alice报销办公费", "6601.05 销售费用-办公费", "市场部", "125.00", ""),
            ("Alice报销可抵扣进项税额", "2221.01.02 应交税费-应交增值税（进项税额）", "", "16.25", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "141.25"),
        ],
    )
    assert voucher.attachment_count == 4
