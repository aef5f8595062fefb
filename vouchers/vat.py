"""Input VAT (进项税额): which kind an invoice is, and how much of its tax may be deducted. Pure, no database.

deductible = the company is a general taxpayer, and the rule of the kind and day gives tax, and the use is allowed, and
the invoice is made out to the company. Sources: 增值税法 art. 16, 21, 22; 实施条例 art. 11-12, 19-25; 公告2026年第13号;
until 2025-12-31 公告2019年第39号 art. 6. Amounts are in yuan.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from common.money import ZERO, round_amount
from directory.models import ExpenseType
from vouchers.kinds import InvoiceKind, VatMethod, VatReason

Use = ExpenseType.Use
BLOCKED_USES = frozenset({Use.ENTERTAINMENT, Use.CATERING, Use.WELFARE})  # 增值税法 art. 22: whatever the invoice

HIGHEST_RATE = Decimal("0.13")

# A paper ticket names no buyer; the traveller on it (where the rule wants one) takes the buyer's place.
TICKETS = frozenset({InvoiceKind.RAIL, InvoiceKind.AIR, InvoiceKind.ROAD, InvoiceKind.BRIDGE_TOLL})


# --- What an invoice is -----------------------------------------------------------------------------------------------
# The order decides: 航空 and 铁路 both print 电子客票 and 电子发票; the toll invoice's name contains 公路; a taxi
# receipt may be called 发票 but never 增值税 or 普通发票.
_BY_HEADING: tuple[tuple[re.Pattern[str], InvoiceKind], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"航空|行程单", InvoiceKind.AIR),
        (r"铁路|火车", InvoiceKind.RAIL),
        (r"专用缴款书|海关.*缴款书", InvoiceKind.CUSTOMS),
        (r"机动车", InvoiceKind.VEHICLE),
        (r"专用发票", InvoiceKind.SPECIAL),
    )
)
_ELECTRONIC = re.compile(r"电子|数电|增值税|区块链")
_TRANSPORT = re.compile(r"运输服务\*|旅客运输|客运服务|网约车")
_TRAVEL_TICKET = re.compile(r"公路|水路|客票|汽车票|船票|客运")
_TAXI = re.compile(r"出租|定额|机打|手撕|过路|通用")
_FISCAL = re.compile(r"财政|票据|收据|缴款书")
_NO_TAXI = re.compile(r"增值税|普通发票")


def classify(heading: str, items: Iterable[str] = ()) -> InvoiceKind:
    """The kind of an invoice by its printed heading and the names of what it bills. Unknown ones need a person."""
    heading = heading.strip()
    billed = " ".join(items)
    for pattern, kind in _BY_HEADING:
        if pattern.search(heading):
            return kind
    if "通行费" in heading or "通行费" in billed:
        return _toll(heading, billed)
    if heading and not _NO_TAXI.search(heading) and not _ELECTRONIC.search(heading):
        return _paper_ticket(heading)
    if _FISCAL.search(heading):
        return InvoiceKind.FISCAL
    if "发票" in heading and _TRANSPORT.search(billed):
        return InvoiceKind.RIDE
    return InvoiceKind.ORDINARY if "发票" in heading else InvoiceKind.UNKNOWN


def _toll(heading: str, billed: str) -> InvoiceKind:
    """Paper receipts of a road give nothing; those of a bridge or gate include 5 %; e-invoices print their tax."""
    if _ELECTRONIC.search(heading):
        return InvoiceKind.TOLL
    return InvoiceKind.BRIDGE_TOLL if re.search("桥|闸", heading + billed) else InvoiceKind.TICKET


def _paper_ticket(heading: str) -> InvoiceKind:
    if _TAXI.search(heading):
        return InvoiceKind.TICKET
    if _TRAVEL_TICKET.search(heading):
        return InvoiceKind.ROAD
    return InvoiceKind.FISCAL if _FISCAL.search(heading) else InvoiceKind.UNKNOWN


def is_electronic(heading: str) -> bool:
    return "电子" in heading or "数电" in heading


# --- What is deducted -------------------------------------------------------------------------------------------------
class Buyer(Enum):
    OURS = "ours"
    OTHER = "other"
    NONE = "none"  # the invoice names no buyer


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the rule table as far as a decision needs it."""

    id: int
    kind: InvoiceKind
    method: VatMethod
    rate: Decimal | None
    needs_traveller: bool
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """An invoice as the VAT rules see it. `claimed` is how much of `total` the claim takes."""

    kind: InvoiceKind
    issued_on: date | None
    total: Decimal
    claimed: Decimal
    printed: Decimal | None = None  # tax printed on it
    fare: Decimal | None = None  # of an air itinerary, without fuel, funds and fees
    fuel_surcharge: Decimal | None = None
    fund: Decimal | None = None  # 民航发展基金
    other_fees: Decimal | None = None
    buyer: Buyer = Buyer.OURS
    traveller: bool = False  # whether it names the traveller
    electronic: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """`base` is the whole invoice's price without tax, `deductible` the tax of the claimed part."""

    reason: VatReason
    rule: Rule | None
    base: Decimal
    printed: Decimal | None
    computed: Decimal | None
    deductible: Decimal

    @property
    def blocks(self) -> bool:
        """Without a rule for a known kind nobody knows what the law says: the voucher must wait."""
        return self.reason == VatReason.NO_RULE


def rule_for(kind: InvoiceKind, day: date | None, rules: Sequence[Rule]) -> Rule | None:
    """The rule of a kind on the day of issue; of several, the one that began last."""
    fitting = [
        rule
        for rule in rules
        if rule.kind == kind
        and day is not None
        and rule.starts_on <= day
        and (rule.ends_on is None or day <= rule.ends_on)
    ]
    return max(fitting, key=lambda rule: rule.starts_on, default=None)


def decide(evidence: Evidence, *, use: str, general_taxpayer: bool, rules: Sequence[Rule]) -> Decision:
    """Whether the tax of one invoice may be deducted, and how much of it.

    Of a part of an invoice the same part of its tax is deducted: the rest is borne by the employee, and what a person
    consumes is never deductible. Rounded half up, once.
    """
    rule = rule_for(evidence.kind, evidence.issued_on, rules)
    computed = _included(evidence, rule)
    gross = _gross(evidence) or evidence.total
    contained = evidence.printed if evidence.printed is not None else computed or ZERO
    tax = _tax(evidence, rule, computed)
    reason = _reason(evidence, rule, tax, use=use, general_taxpayer=general_taxpayer)
    return Decision(
        reason=reason,
        rule=rule,
        base=gross - contained,
        printed=evidence.printed,
        computed=computed,
        deductible=share(tax, evidence) if reason == VatReason.DEDUCTIBLE else ZERO,
    )


def share(tax: Decimal, evidence: Evidence) -> Decimal:
    """The claimed part's share of the whole invoice's tax."""
    if evidence.total <= 0:
        return ZERO
    return round_amount(tax * min(evidence.claimed, evidence.total) / evidence.total)


def ceiling(evidence: Evidence) -> Decimal:
    """The most that a person may deduct by hand: the printed tax, else the highest rate there is, 13 %."""
    tax = evidence.printed
    if tax is None:
        tax = round_amount(evidence.total * HIGHEST_RATE / (1 + HIGHEST_RATE))
    return share(tax, evidence)


def _included(evidence: Evidence, rule: Rule | None) -> Decimal | None:
    """The tax inside the price, for rules that take it apart."""
    gross = _gross(evidence)
    if rule is None or rule.method != VatMethod.INCLUDED or gross is None:
        return None
    assert rule.rate is not None, "the database demands a rate of this method"
    return round_amount(gross / (1 + rule.rate) * rule.rate)


def _tax(evidence: Evidence, rule: Rule | None, computed: Decimal | None) -> Decimal:
    """What is printed goes before what is recomputed."""
    if rule is None or rule.method == VatMethod.NONE:
        return ZERO
    if evidence.printed is not None:
        return evidence.printed
    return computed or ZERO


def _reason(evidence: Evidence, rule: Rule | None, tax: Decimal, *, use: str, general_taxpayer: bool) -> VatReason:
    """The first thing that stands against it, the gravest first."""
    if not general_taxpayer:
        return VatReason.SMALL_TAXPAYER
    if use in BLOCKED_USES:
        return VatReason.USE
    if rule is None:
        return VatReason.UNKNOWN_KIND if evidence.kind == InvoiceKind.UNKNOWN else VatReason.NO_RULE
    if rule.method == VatMethod.NONE:
        return VatReason.KIND
    if stranger := _whose(evidence, rule):
        return stranger
    return VatReason.DEDUCTIBLE if tax > 0 else VatReason.NO_TAX


def _whose(evidence: Evidence, rule: Rule) -> VatReason | None:
    """What stands against the invoice being the company's own; None when nothing does."""
    if evidence.buyer is Buyer.OTHER:
        return VatReason.OTHER_BUYER
    if evidence.kind not in TICKETS or (evidence.electronic and evidence.kind != InvoiceKind.BRIDGE_TOLL):
        return VatReason.NO_BUYER if evidence.buyer is Buyer.NONE else None
    if rule.needs_traveller and not evidence.traveller and evidence.buyer is Buyer.NONE:
        return VatReason.NO_TRAVELLER
    return None


def _gross(evidence: Evidence) -> Decimal | None:
    """The price that contains the tax. Of an air itinerary that is fare and fuel surcharge: funds and fees are outside.

    The new itinerary prints fare and fuel without tax, the paper one with it, so what is outside is taken off the
    total. None: an itinerary that shows neither.
    """
    if evidence.kind != InvoiceKind.AIR:
        return evidence.total
    if evidence.fund is not None or evidence.other_fees is not None:
        return evidence.total - (evidence.fund or ZERO) - (evidence.other_fees or ZERO)
    if evidence.fare is not None and evidence.printed is None:
        return evidence.fare + (evidence.fuel_surcharge or ZERO)
    return None
