"""The input VAT rules a new installation starts with, as data. Administrators keep them up from then on.

Sources: 2019-04-01 to 2025-12-31 财政部 税务总局 海关总署公告2019年第39号 art. 6; from 2026-01-01 增值税法
art. 16, 21, 22, 实施条例 art. 11-12, 19-25 and 财政部 税务总局公告2026年第13号. A company's head of finance signs
them off.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from vouchers import vat
from vouchers.kinds import InvoiceKind, VatMethod
from vouchers.models import VatRule

REFORM, LAST_BEFORE_LAW, LAW = date(2019, 4, 1), date(2025, 12, 31), date(2026, 1, 1)
OLD, NEW = "公告2019年第39号 art. 6", "增值税法, 公告2026年第13号"
TO_CONFIRM = "公告2026年第13号 does not name ride-hailing: set to “the tax printed on it” once your tax office confirms"


@dataclass(frozen=True, slots=True)
class Default:
    kind: InvoiceKind
    method: VatMethod
    rate: str = ""
    needs_traveller: bool = False
    old: str = OLD
    new: str = NEW
    new_method: VatMethod | None = None  # where the law of 2026 changed it


DEFAULTS: tuple[Default, ...] = (
    Default(InvoiceKind.SPECIAL, VatMethod.PRINTED, old="增值税暂行条例 art. 8"),
    Default(InvoiceKind.VEHICLE, VatMethod.PRINTED, old="财税〔2016〕36号 annex 1 art. 25"),
    Default(InvoiceKind.CUSTOMS, VatMethod.PRINTED, old="增值税暂行条例 art. 8"),
    Default(InvoiceKind.RAIL, VatMethod.INCLUDED, "0.09", needs_traveller=True),
    Default(InvoiceKind.AIR, VatMethod.INCLUDED, "0.09", needs_traveller=True),
    Default(InvoiceKind.ROAD, VatMethod.INCLUDED, "0.03", needs_traveller=True),
    Default(InvoiceKind.RIDE, VatMethod.PRINTED, new=TO_CONFIRM, new_method=VatMethod.NONE),
    Default(InvoiceKind.TOLL, VatMethod.PRINTED, old="财税〔2017〕90号 art. 7"),
    Default(InvoiceKind.BRIDGE_TOLL, VatMethod.INCLUDED, "0.05", old="财税〔2017〕90号 art. 7"),
    Default(InvoiceKind.ORDINARY, VatMethod.NONE, old="增值税暂行条例 art. 9"),
    Default(InvoiceKind.TICKET, VatMethod.NONE, old="增值税暂行条例 art. 9"),
    Default(InvoiceKind.FISCAL, VatMethod.NONE, old="增值税暂行条例 art. 9"),
)


def install() -> int:
    """Add the default rules that are missing; those an administrator has changed stay. Returns how many were added."""
    known = set(VatRule.objects.values_list("kind", "starts_on"))
    missing = [rule for rule in _rows() if (rule.kind, rule.starts_on) not in known]
    VatRule.objects.bulk_create(missing)
    return len(missing)


def _rows() -> list[VatRule]:
    return [
        VatRule(
            kind=default.kind,
            method=method,
            rate=Decimal(default.rate) if default.rate and method == VatMethod.INCLUDED else None,
            needs_traveller=default.needs_traveller,
            starts_on=starts_on,
            ends_on=ends_on,
            source=source,
        )
        for default in DEFAULTS
        for method, starts_on, ends_on, source in (
            (default.method, REFORM, LAST_BEFORE_LAW, default.old),
            (default.new_method or default.method, LAW, None, default.new),
        )
    ]


def current() -> list[vat.Rule]:
    """Every rule, as the decisions want them. There are a few dozen at most."""
    return [
        vat.Rule(
            id=row.pk,
            kind=InvoiceKind(row.kind),
            method=VatMethod(row.method),
            rate=row.rate,
            needs_traveller=row.needs_traveller,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
        )
        for row in VatRule.objects.all()
    ]
