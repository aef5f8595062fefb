"""Case 2: a business trip by train and by plane.

Source: finance.md 2.3 (rail 553.00 → 45.66 + 507.34; air fare 1000 + fuel 60 → 87.52) and 2.4 (民航发展基金 is outside
the base; what is shown on the ticket goes before what is recomputed).
"""

from __future__ import annotations

from tests.stories.books import ACTUAL, COMMITTED, RESERVED, Books, air, rail, spent


def test_a_rail_ticket_gives_the_tax_it_shows(books: Books):
    """¥553.00 = 507.34 + 9 % 45.66."""
    claim = books.claim(spent("travel", "553.00", rail("553.00", tax="45.66")))
    voucher = books.post(claim)

    books.check_voucher(
        voucher,
        [
            ("Alice报销差旅费", "6601.03 销售费用-差旅费", "市场部", "507.34", ""),
            ("Alice报销可抵扣进项税额", "2221.01.02 应交税费-应交增值税（进项税额）", "", "45.66", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "553.00"),
        ],
    )
    books.check_vat(voucher, [("rail", "507.34", "45.66", "553.00", "45.66", "deductible")])
    books.check_budget(
        [
            ("reserve", RESERVED, "553.00"),
            ("commit", RESERVED, "-553.00"),
            ("commit", COMMITTED, "553.00"),
            ("spend", COMMITTED, "-553.00"),
            ("spend", ACTUAL, "553.00"),
        ]
    )


def test_a_rail_ticket_that_shows_only_its_fare_is_taken_apart(books: Books):
    """553.00 ÷ 1.09 × 9 % = 45.66055… → 45.66; net is 553.00 − 45.66, never rounded by itself."""
    claim = books.claim(spent("travel", "553.00", rail("553.00", tax=None)))
    voucher = books.post(claim)

    books.check_voucher(
        voucher,
        [
            ("Alice报销差旅费", "6601.03 销售费用-差旅费", "市场部", "507.34", ""),
            ("Alice报销可抵扣进项税额", "2221.01.02 应交税费-应交增值税（进项税额）", "", "45.66", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "553.00"),
        ],
    )
    books.check_vat(voucher, [("rail", "507.34", "", "553.00", "45.66", "deductible")])


def test_an_air_itinerary_leaves_the_development_fund_out_of_the_base(books: Books):
    """Fare 1,000.00 + fuel 60.00 + fund 50.00 = 1,110.00; 1,060.00 ÷ 1.09 × 9 % = 87.5229… → 87.52."""
    claim = books.claim(spent("travel", "1110.00", air(fare="1000.00", fuel="60.00", fund="50.00", tax=None)))
    voucher = books.post(claim)

    books.check_voucher(
        voucher,
        [
            ("Alice报销差旅费", "6601.03 销售费用-差旅费", "市场部", "1022.48", ""),
            ("Alice报销可抵扣进项税额", "2221.01.02 应交税费-应交增值税（进项税额）", "", "87.52", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "1110.00"),
        ],
    )
    books.check_vat(voucher, [("air", "972.48", "", "1110.00", "87.52", "deductible")])


def test_train_and_plane_of_one_trip_make_one_cost_line_and_one_tax_line(books: Books):
    """507.34 + 1,022.48 = 1,529.82 cost; 45.66 + 87.52 = 133.18 tax; 1,663.00 in all."""
    claim = books.claim(
        spent("travel", "553.00", rail("553.00", tax="45.66")),
        spent("travel", "1110.00", air(fare="1000.00", fuel="60.00", fund="50.00", tax="87.52")),
    )
    voucher = books.post(claim)

    books.check_voucher(
        voucher,
        [
            ("Alice报销差旅费", "6601.03 销售费用-差旅费", "市场部", "1529.82", ""),
            ("Alice报销可抵扣进项税额", "2221.01.02 应交税费-应交增值税（进项税额）", "", "133.18", ""),
            ("应付Alice报销款", "2241 其他应付款", "Alice", "", "1663.00"),
        ],
    )
    books.check_vat(
        voucher,
        [
            ("rail", "507.34", "45.66", "553.00", "45.66", "deductible"),
            ("air", "972.48", "87.52", "1110.00", "87.52", "deductible"),
        ],
    )
    assert voucher.attachment_count == 3  # the claim itself and two tickets
