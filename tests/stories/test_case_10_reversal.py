"""Case 10: a posted voucher is reversed in red, its budget is committed again, and the claim can be posted anew.

Source: finance.md 2.2 row 22: never delete; red copy with the same dimensions, summary `冲销 记-0001`, both linked.
"""

from __future__ import annotations

from tests.stories.books import ACTUAL, COMMITTED, RESERVED, Books, special, spent

POSTED = [
    ("reserve", RESERVED, "1130.00"),
    ("commit", RESERVED, "-1130.00"),
    ("commit", COMMITTED, "1130.00"),
    ("spend", COMMITTED, "-1130.00"),
    ("spend", ACTUAL, "1130.00"),
]
TAKEN_BACK = [("unspend", ACTUAL, "-1130.00"), ("unspend", COMMITTED, "1130.00")]


def test_a_reversal_is_a_red_copy_that_names_its_original(books: Books):
    claim = books.claim(spent("office", "1130.00", special("1000.00", "130.00")))
    original = books.post(claim)
    red = books.reverse(original, reason="Wrong cost centre")

    books.check_voucher(
        red,
        [
            ("冲销 记-0001 Alice报销办公费", "6601.05 销售费用-办公费", "市场部", "-1000.00", ""),
            (
                "冲销 记-0001 Alice报销可抵扣进项税额",
                "2221.01.02 应交税费-应交增值税（进项税额）",
                "",
                "-130.00",
                "",
            ),
            ("冲销 记-0001 应付Alice报销款", "2241 其他应付款", "Alice", "", "-1130.00"),
        ],
    )
    assert (original.full_number, red.full_number) == ("记-0001", "记-0002")
    assert red.reverses == original
    assert original.reversed_by == red
    assert books.status(original) == "reversed"
    assert books.status(claim) == "approved"
    books.check_budget([*POSTED, *TAKEN_BACK])
    for account in ("6601.05", "2221.01.02", "2241"):
        assert books.balance(account) == 0


def test_after_a_reversal_the_claim_is_posted_once_more(books: Books):
    claim = books.claim(spent("office", "1130.00", special("1000.00", "130.00")))
    books.reverse(books.post(claim), reason="Wrong cost centre")
    again = books.post_again(claim)

    books.check_voucher(
        again,
        [
            ("Alice报销办公费", "6601.05 销售费用-办公费", "市场部", "1000.00", ""),
            ("Alice报销可抵扣进项税额", "2221.01.02 应交税费-应交增值税（进项税额）", "", "130.00", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "1130.00"),
        ],
    )
    assert again.full_number == "记-0003"
    books.check_budget(
        [*POSTED, *TAKEN_BACK, ("spend", COMMITTED, "-1130.00"), ("spend", ACTUAL, "1130.00")],
    )
    assert books.balance("6601.05") == 1000
    assert books.balance("2241") == -1130
