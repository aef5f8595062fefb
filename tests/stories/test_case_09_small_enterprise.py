"""Case 9: the same expenses under 小企业会计准则 use 5601 and 5602. Source: finance.md 2.1."""

from __future__ import annotations

from tests.stories.books import Books, rail, special, spent


def test_a_small_enterprise_books_to_5601_and_5602(small_books: Books):
    books = small_books
    voucher = books.post(
        books.claim(
            spent("travel", "553.00", rail("553.00", tax="45.66"), bearer="sales"),
            spent("office", "1130.00", special("1000.00", "130.00"), bearer="administration"),
            spent("office", "113.00", special("100.00", "13.00"), bearer="research"),
            spent("office", "56.50", special("50.00", "6.50"), bearer="production"),
            spent("meals", "212.00", special("200.00", "12.00"), bearer="administration"),
        )
    )

    books.check_voucher(
        voucher,
        [
            ("Alice报销差旅费", "5601.03 销售费用-差旅费", "市场部", "507.34", ""),
            ("Alice报销办公费", "5602.05 管理费用-办公费", "行政部", "1000.00", ""),
            ("Alice报销办公费", "4301.01.05 研发支出-费用化支出-办公费", "研发部 智能仓储", "100.00", ""),
            ("Alice报销办公费", "4101.05 制造费用-办公费", "生产部", "50.00", ""),
            ("Alice报销业务招待费", "5602.04 管理费用-业务招待费", "行政部", "212.00", ""),
            ("Alice报销可抵扣进项税额", "2221.01.02 应交税费-应交增值税（进项税额）", "", "195.16", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "2064.50"),
        ],
    )
