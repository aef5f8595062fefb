"""QR codes: only an issuer's patterns count, and the amount means what it means on that kind."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.drawing import chance
from demo.drawing.forms.parts import qr_content
from invoices.readers import qr
from invoices.readers.base import Kind
from tests.invoices.readers.truth import said

NUMBER = "24112000000052340515"
CHECK = "65431824771847114698"


def read(content: str) -> dict[str, str]:
    reading = qr.parse(content)
    assert reading is not None
    return {key: value for key, value in said(reading).items() if value is not None}


def test_a_digital_invoice_gives_its_total_with_tax() -> None:
    assert read(f"01,32,,{NUMBER},42.35,20240602,,B146") == {
        "kind": Kind.EINVOICE.value,
        "number": NUMBER,
        "date": "2024-06-02",
        "total": "42.35",
    }


def test_an_older_invoice_gives_its_amount_without_tax() -> None:
    assert read(f"01,10,012001900111,51142414,6.2,20190720,{CHECK},8BDD,") == {
        "kind": Kind.VAT.value,
        "invoice_code": "012001900111",
        "number": "51142414",
        "date": "2019-07-20",
        "amount_excl_tax": "6.20",
        "check_code_last6": "114698",
    }


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (f"01,31,,{NUMBER},1017.00,20260519,,0A1B", Kind.EINVOICE_SPECIAL),
        (f"01,51,,{NUMBER},56.00,20260423,,219a", Kind.RAIL),
        (f"01,61,,{NUMBER},100.00,20230303,,89f5", Kind.AIR),
        (f"01,10,042001700112,07007198,286.23,20180323,{CHECK},1992,", Kind.TOLL),
        ("01,01,1100094140,87654321,5999.00,20101118,,AB12,", Kind.PAPER_SPECIAL),
        (f"01,04,4403162130,87654321,5999.00,20161118,{CHECK},AB12,", Kind.PAPER),
        (f"01,04,011001900104,87654321,5999.00,20191118,{CHECK},AB12,", Kind.PAPER),
        ("CZ-EI-00,1.1.0,00010126,0010925600,b05e2a,20260609,90.00", Kind.FISCAL),
    ],
)
def test_the_kind_follows_from_the_code(content: str, kind: Kind) -> None:
    reading = qr.parse(content)
    assert reading is not None
    assert reading.kind is kind


def test_a_ride_hailers_date_has_hyphens_and_a_red_total_a_sign() -> None:
    assert read(f"01,32,,{NUMBER},54.30,2024-03-09,,")["date"] == "2024-03-09"
    assert read(f"01,32,,{NUMBER},-2650.00,20240918,,0A1B")["total"] == "-2650.00"


def test_an_unknown_second_field_leaves_the_kind_to_a_person() -> None:
    assert "kind" not in read(f"01,59,,{NUMBER},18.00,20240602,,B146")


def test_a_blockchain_invoice_names_its_seller_before_the_amount() -> None:
    found = read(f"01,10,144031909110,01234567,91440300MA5EXWHW6F,100.00,20200102,{'a' * 64}")
    assert (found["kind"], found["seller_tax_id"], found["amount_excl_tax"]) == (
        Kind.BLOCKCHAIN.value,
        "91440300MA5EXWHW6F",
        "100.00",
    )


def test_a_link_to_the_blockchain_register_gives_number_and_total() -> None:
    link = "https://bcfp.shenzhen.chinatax.gov.cn/verify/scan?hash=0a1b&bill_num=01234567&total_amount=12345"
    assert read(link) == {"kind": Kind.BLOCKCHAIN.value, "number": "01234567", "total": "123.45"}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "https://github.com/example/project",
        "https://evil.example/?x=bcfp.shenzhen.chinatax.gov.cn",
        "01,32",
        "01,32,,123,42.35,20240602,,B146",
        f"01,32,,{NUMBER},42.35,20241302,,B146",
        f"01,32,,{NUMBER},viel,20240602,,B146",
        "01,10,0120019001,5114241,47.26,20190720,,8BDD",
        "CZ-EI-00,1.1.0,0001,0010925600,b05e2a,20260609,90.00",
        "6901234567892",
    ],
)
def test_any_other_code_is_none(content: str) -> None:
    assert qr.parse(content) is None


@given(st.text() | st.lists(st.text(alphabet="0123456789,.CZ-EI"), max_size=9).map(",".join))
def test_no_content_breaks_it(content: str) -> None:
    qr.parse(content)


def test_what_is_drawn_is_what_is_read(seed: int) -> None:
    rng = Random(seed)
    for kind in chance.KINDS:
        facts = chance.random_invoice(rng, kind)
        reading = qr.parse(qr_content(facts))
        assert reading is not None
        truth = facts.truth()
        assert all(reading.text(key) == truth[key] for key in reading.values if key != "kind")
        assert reading.amount("total" if kind.is_digital or kind is Kind.FISCAL else "amount_excl_tax") in (
            facts.total,
            facts.amount,
        )
        assert reading.issued_on == facts.issued_on


def test_equal_codes_count_once() -> None:
    content = f"01,32,,{NUMBER},42.35,20240602,,B146"
    (reading,) = qr.readings([content, content, "https://example.org"])
    assert (reading.issued_on, reading.amount("total")) == (date(2024, 6, 2), Decimal("42.35"))
