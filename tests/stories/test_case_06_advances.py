"""Case 6: a cash advance is paid, and a claim of the same, a smaller or a larger sum settles it.

Source: finance.md 2.2 rows 4 to 7. Balances: a debit balance is positive, a credit balance negative.
"""

from __future__ import annotations

from tests.stories.books import ACTUAL, COMMITTED, RESERVED, Books, rail, special, spent

ADVANCE_BUDGET = [
    ("reserve", RESERVED, "5000.00"),
    ("commit", RESERVED, "-5000.00"),
    ("commit", COMMITTED, "5000.00"),
]


def test_an_advance_is_owed_by_the_employee_until_it_is_settled(books: Books):
    advance = books.advance("5000.00")
    voucher = books.post(advance)

    books.check_voucher(
        voucher,
        [
            ("Alice借款", "1221 其他应收款", "Alice", "5000.00", ""),
            ("支付Alice借款", "1002 银行存款", "", "", "5000.00"),
        ],
    )
    books.check_vat(voucher, [])
    # Nothing is spent yet: the commitment stays until claims settle the advance.
    books.check_budget(ADVANCE_BUDGET)
    assert books.balance("1221") == 5000


def test_a_claim_of_the_same_sum_settles_the_advance(books: Books):
    """Claim 5,000.00 = advance 5,000.00: nothing is payable (row 5)."""
    advance = books.advance("5000.00")
    books.post(advance)
    claim = books.claim(spent("office", "5000.00", special("4424.78", "575.22")), settles=[(advance, "5000.00")])
    voucher = books.post(claim)

    books.check_voucher(
        voucher,
        [
            ("Alice报销办公费", "6601.05 销售费用-办公费", "市场部", "4424.78", ""),
            ("Alice报销可抵扣进项税额", "2221.01.02 应交税费-应交增值税（进项税额）", "", "575.22", ""),
            (f"核销 {advance.number}", "1221 其他应收款", "Alice", "", "5000.00"),
        ],
    )
    books.check_budget(
        [
            *ADVANCE_BUDGET,
            # The claim's own reservation takes the place of the advance's commitment: never counted twice.
            ("liquidate", COMMITTED, "-5000.00"),
            ("reserve", RESERVED, "5000.00"),
            ("commit", RESERVED, "-5000.00"),
            ("commit", COMMITTED, "5000.00"),
            ("spend", COMMITTED, "-5000.00"),
            ("spend", ACTUAL, "5000.00"),
        ]
    )
    assert books.balance("1221") == 0
    assert books.balance("2241") == 0


def test_a_smaller_claim_leaves_the_rest_with_the_employee(books: Books):
    """Claim 3,390.00 < advance 5,000.00: 1,610.00 stay on 1221 until they are paid back (row 6)."""
    advance = books.advance("5000.00")
    books.post(advance)
    claim = books.claim(spent("office", "3390.00", special("3000.00", "390.00")), settles=[(advance, "3390.00")])
    voucher = books.post(claim)

    books.check_voucher(
        voucher,
        [
            ("Alice报销办公费", "6601.05 销售费用-办公费", "市场部", "3000.00", ""),
            ("Alice报销可抵扣进项税额", "2221.01.02 应交税费-应交增值税（进项税额）", "", "390.00", ""),
            (f"核销 {advance.number}", "1221 其他应收款", "Alice", "", "3390.00"),
        ],
    )
    books.check_budget(
        [
            *ADVANCE_BUDGET,
            ("liquidate", COMMITTED, "-3390.00"),
            ("reserve", RESERVED, "3390.00"),
            ("commit", RESERVED, "-3390.00"),
            ("commit", COMMITTED, "3390.00"),
            ("spend", COMMITTED, "-3390.00"),
            ("spend", ACTUAL, "3390.00"),
        ]
    )
    assert books.balance("1221") == 1610
    assert books.balance("2241") == 0


def test_a_larger_claim_settles_the_advance_and_the_rest_is_payable(books: Books):
    """Claim 5,650.00 + 553.00 > advance 5,000.00: 1,203.00 are payable to the employee (row 7)."""
    advance = books.advance("5000.00")
    books.post(advance)
    claim = books.claim(
        spent("office", "5650.00", special("5000.00", "650.00")),
        spent("travel", "553.00", rail("553.00", tax="45.66")),
        settles=[(advance, "5000.00")],
    )
    voucher = books.post(claim)

    books.check_voucher(
        voucher,
        [
            ("Alice报销办公费", "6601.05 销售费用-办公费", "市场部", "5000.00", ""),
            ("Alice报销差旅费", "6601.03 销售费用-差旅费", "市场部", "507.34", ""),
            ("Alice报销可抵扣进项税额", "2221.01.02 应交税费-应交增值税（进项税额）", "", "695.66", ""),
            (f"核销 {advance.number}", "1221 其他应收款", "Alice", "", "5000.00"),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "1203.00"),
        ],
    )
    books.check_budget(
        [
            *ADVANCE_BUDGET,
            ("liquidate", COMMITTED, "-5000.00"),
            ("reserve", RESERVED, "5650.00"),
            ("reserve", RESERVED, "553.00"),
            ("commit", RESERVED, "-5650.00"),
            ("commit", RESERVED, "-553.00"),
            ("commit", COMMITTED, "5650.00"),
            ("commit", COMMITTED, "553.00"),
            ("spend", COMMITTED, "-5650.00"),
            ("spend", COMMITTED, "-553.00"),
            ("spend", ACTUAL, "5650.00"),
            ("spend", ACTUAL, "553.00"),
        ]
    )
    assert books.balance("1221") == 0
    assert books.balance("2241") == -1203
