"""What cannot be true puts its fields among those a person must confirm; what is true does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.drawing import chance, companies
from invoices.readers import checks
from invoices.readers.base import EXPECTED, KEYS, Item, Kind, Reading, Scalar, Source

DAY = date(2026, 5, 19)


def reading(kind: Kind = Kind.EINVOICE, source: Source = Source.TEXT, **changes: Scalar) -> Reading:
    """A good one but for the changes; an empty change leaves the field out."""
    result = Reading()
    result.name_kind(kind, source)
    old = not kind.is_digital
    good: dict[str, Scalar] = {
        "invoice_code": "011002600111" if old else "",
        "number": "51142414" if old else "26322000000000000018",
        "date": DAY,
        "seller_name": "示例机械（江苏）有限公司",
        "seller_tax_id": "91310000717880703C",
        "buyer_name": "示例科技（上海）有限公司",
        "buyer_tax_id": "91110302562134916R",
        "amount_excl_tax": Decimal("900.00"),
        "tax": Decimal("117.00"),
        "total": Decimal("1017.00"),
        "check_code_last6": "114698" if old else "",
    }
    for key, value in (good | changes).items():
        result.put(key, value, source)
    return result


def unsure(result: Reading, today: date = DAY) -> set[str]:
    return set(checks.check(result, today=today).unsure)


@pytest.mark.parametrize("kind", [Kind.EINVOICE, Kind.EINVOICE_SPECIAL, Kind.VAT, Kind.TOLL, Kind.VAT_SPECIAL])
def test_a_good_invoice_leaves_nothing_to_confirm(kind: Kind) -> None:
    assert unsure(reading(kind)) == set()


def test_sums_that_do_not_add_up_leave_all_three_to_confirm() -> None:
    assert unsure(reading(tax=Decimal("117.02"))) == {"amount_excl_tax", "tax", "total"}
    assert unsure(reading(tax=Decimal("117.01"))) == set()  # a cent of rounding


def test_an_air_tickets_fund_is_outside_the_tax_base() -> None:
    ticket = reading(Kind.AIR, total=Decimal("1067.00"))
    assert unsure(ticket) == {"amount_excl_tax", "tax", "total"}
    ticket = reading(Kind.AIR, total=Decimal("1067.00"))
    ticket.facts.development_fund = Decimal("50.00")
    assert unsure(ticket) == set()


def test_capitals_that_say_something_else_leave_the_total_to_confirm() -> None:
    result = reading()
    result.facts.total_in_words = "壹仟零壹拾柒圆整"
    assert unsure(result) == set()
    result.facts.total_in_words = "壹仟零柒拾壹圆整"
    assert unsure(result) == {"total"}


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (Kind.EINVOICE, {"number": "2632200000000000001"}),
        (Kind.EINVOICE, {"number": "2632200000000000001O"}),
        (Kind.VAT, {"number": "511424"}),
        (Kind.VAT, {"invoice_code": "01100260011"}),
        (Kind.FISCAL, {"number": "0010925600", "invoice_code": "0001012"}),
    ],
)
def test_a_number_of_another_pattern_is_to_be_confirmed(kind: Kind, changes: dict[str, Any]) -> None:
    assert "number" in unsure(reading(kind, **changes))


def test_the_years_digits_belong_to_the_year_of_issue() -> None:
    assert unsure(reading(number="25322000000000000018")) == {"number", "date"}
    assert unsure(reading(Kind.VAT, invoice_code="011002700111")) == {"invoice_code", "date"}
    assert unsure(reading(Kind.VAT, invoice_code="011002500111")) == set()  # a code may be older than the invoice


def test_a_date_to_come_is_to_be_confirmed() -> None:
    assert unsure(reading(), DAY - timedelta(days=1)) == set()  # the issuer's day may have begun earlier than ours
    assert unsure(reading(), DAY - timedelta(days=2)) == {"date"}


def test_a_tax_id_of_an_impossible_length_is_to_be_confirmed() -> None:
    assert unsure(reading(buyer_tax_id="9111030256213491")) == {"buyer_tax_id"}
    assert unsure(reading(buyer_tax_id="410305123456789")) == set()  # 15 digits, as before 2015


def test_a_wrong_check_character_is_a_note_and_a_doubt_only_when_letters_were_read_off_a_picture() -> None:
    printed = checks.check(reading(seller_tax_id="91310000717880703D"), today=DAY)
    assert printed.unsure == []
    assert [note.code for note in printed.notes] == ["tax_id_check"]
    assert unsure(reading(source=Source.OCR, seller_tax_id="91310000717880703D")) == {"seller_tax_id"}


@given(
    st.integers(min_value=0, max_value=10**6),
    st.integers(min_value=0, max_value=17),
    st.sampled_from(checks.ID_ALPHABET),
)
def test_one_misread_character_of_a_tax_id_is_seen(seed: int, place: int, char: str) -> None:
    good = companies.tax_id(Random(seed), "110105")
    assert checks.has_check_character(good)
    misread = good[:place] + char + good[place + 1 :]
    assert misread == good or not checks.has_check_character(misread)


def test_lines_that_do_not_make_the_amount_are_said() -> None:
    result = reading()
    result.facts.items = [Item("甲", Decimal("500.00")), Item("乙", Decimal("400.00"))]
    assert checks.check(result, today=DAY).notes == []
    result.facts.items.pop()
    assert [note.code for note in checks.check(result, today=DAY).notes] == ["lines_differ"]


def test_a_total_that_is_not_tagged_is_computed_and_confirmed_by_the_capitals() -> None:
    result = reading(total="")
    result.facts.total_in_words = "壹仟零壹拾柒圆整"
    assert unsure(result) == set()
    assert result.amount("total") == Decimal("1017.00")
    assert unsure(reading(total="")) == {"total"}


def test_a_negative_total_makes_it_a_red_invoice() -> None:
    red = reading(amount_excl_tax=Decimal("-900.00"), tax=Decimal("-117.00"), total=Decimal("-1017.00"))
    assert unsure(red) == set()
    assert red.text("kind") == "电子发票（普通发票）红字"


@pytest.mark.parametrize("kind", Kind)
def test_what_the_kind_has_and_was_not_found_is_to_be_filled_in(kind: Kind) -> None:
    result = Reading()
    result.name_kind(kind, Source.QR)
    assert unsure(result) == set(EXPECTED[kind]) - {"kind"}


def test_nothing_known_leaves_everything_to_fill_in() -> None:
    assert unsure(Reading()) == set(KEYS)


def test_what_is_blank_on_the_invoice_need_not_be_filled_in() -> None:
    result = reading(buyer_name="个人", buyer_tax_id="")
    result.blank.add("buyer_tax_id")
    assert unsure(result) == set()


def test_a_reading_survives_its_way_through_json(seed: int) -> None:
    import json

    from demo.drawing import pdf
    from invoices import reading as whole

    rng = Random(seed)
    for kind in chance.KINDS:
        content = pdf.draw(chance.random_invoice(rng, kind))
        (found,) = whole.read(content, name="a", today=date(2026, 11, 24), with_preview=False)
        found.reading.alternatives = {"number": [found.reading.values["number"]] * 2}
        stored = json.loads(json.dumps(found.reading.as_json()))
        assert Reading.from_json(stored) == found.reading


def test_a_merge_keeps_what_no_other_source_contradicts() -> None:
    from invoices.readers.merge import merge

    code = reading(source=Source.QR)
    face = reading(source=Source.TEXT, seller_name="示例机械（江苏）有限公 司")
    merged = merge([code, face])

    assert merged.unsure == []
    assert merged.values["number"].source is Source.TEXT
    face.values["total"] = replace(face.values["total"], value=Decimal("1.00"))
    merged = merge([code, face])
    assert merged.unsure == ["total"]
    assert [value.source for value in merged.alternatives["total"]] == [Source.TEXT, Source.QR]
