"""Invoices in wallets, for tests. Everything a test is not about is filled in and true."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.test import Client

from directory.models import Company, Employee
from invoices import fields
from invoices.models import Holding, Invoice
from invoices.services import Use
from tests.builders import NOON, TODAY

_numbers = count(26_332_000_000_000_000_001)

SELLER = "上海云栖湾酒店管理有限公司"
SELLER_TAX_ID = "91310106MA1FY8QX2C"


def make_invoice(holder: Employee, company: Company, **changes: Any) -> Invoice:
    """A sure, free invoice of 106.00 yuan, made out to the company, in the holder's wallet."""
    total = Decimal(changes.pop("total", "106.00"))
    untaxed = (total / Decimal("1.06")).quantize(Decimal("0.01"))
    values: dict[str, Any] = {
        "number": str(next(_numbers)),
        "kind": "电子发票（普通发票）",
        "issued_on": TODAY,
        "seller_name": SELLER,
        "seller_tax_id": SELLER_TAX_ID,
        "buyer_name": company.name,
        "buyer_tax_id": company.tax_id,
        "amount_excl_tax": untaxed,
        "tax": total - untaxed,
        "total": total,
        "first_seen_at": NOON,
    }
    values |= changes
    read = {key: values[column] for key, column in fields.COLUMNS.items() if values.get(column) not in ("", None)}
    values.setdefault(
        "fields", {key: {"value": str(said), "source": "text", "confidence": 0.9} for key, said in read.items()}
    )
    invoice = Invoice.objects.create(**values)
    Holding.objects.create(invoice=invoice, company=company, holder=holder, added_at=NOON)
    return invoice


def signed_in(person: Employee, *, language: str = "en", accept: str = "text/html") -> Client:
    """A browser in which somebody has signed in."""
    client = Client(headers={"accept": accept})
    client.force_login(person)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


def use_of(invoice: Invoice, *, line_id: UUID | None = None, amount: str | None = None) -> Use:
    """The whole invoice (or an amount of it) on a line."""
    claimed = Decimal(amount) if amount else invoice.total
    assert claimed is not None
    return Use(invoice.pk, line_id or uuid4(), claimed)
