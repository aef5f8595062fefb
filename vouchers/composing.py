"""From an approved document to the lines of its voucher: reads the rows, asks the pure rules, gives back what to write.

Reads a fixed number of statements however many lines the document has. Call inside a transaction that holds the
document's lock, so that what is read stays so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.conf import settings
from django.utils import translation

from common.errors import Finding
from common.money import HOME_CURRENCY, ZERO, total
from directory.models import Company
from invoices import policy as invoice_policy
from invoices.models import Invoice
from reimburse import contents as reading
from reimburse.contents import Contents
from reimburse.models import Document, Line
from vouchers import accounts, posting, rules, vat
from vouchers.kinds import InvoiceKind
from vouchers.models import VatDecision
from vouchers.posting import Composition, Entry


@dataclass(frozen=True, slots=True)
class Taxed:
    """An invoice of the document, what the VAT rules saw of it, and what was decided."""

    invoice: Invoice
    evidence: vat.Evidence
    decision: vat.Decision
    deductible: Decimal  # a person's figure where there is one, else the rules'


@dataclass(frozen=True, slots=True)
class Composed:
    composition: Composition
    taxed: Sequence[Taxed]
    attachment_count: int

    @property
    def entries(self) -> Sequence[Entry]:
        return self.composition.entries

    @property
    def total(self) -> Decimal:
        return self.composition.total

    @property
    def problems(self) -> Sequence[Finding]:
        return [*self.composition.problems, *_rule_problems(self.taxed)]


def compose(document: Document, *, by_hand: Mapping[int, VatDecision] | None = None) -> Composed:
    """The voucher of a document. `by_hand`: what people decided about single invoices, by the invoice's key."""
    contents = reading.read(document)
    chart = accounts.chart_of(document.company_id)
    taxed = _tax(document.company, contents, by_hand or {})
    with translation.override(settings.LANGUAGE_CODE):  # the books have one language, whoever looks at them
        if document.is_claim:
            composition = posting.compose_claim(chart, _party(document), _spends(contents, taxed), _offsets(contents))
        else:
            composition = posting.compose_advance(chart, _party(document), document.total)
    papers = 1 + len(taxed) + len(contents.attachments)  # the printed form itself is the first of them
    return Composed(composition, list(taxed.values()), papers)


def _party(document: Document) -> posting.Party:
    return posting.Party(
        claimant=document.applicant.name,
        payee_id=document.payee_id,
        payee=document.payee.name,
        department_id=document.department_id,
    )


def _spends(contents: Contents, taxed: Mapping[int, Taxed]) -> list[posting.Spend]:
    return [
        posting.Spend(
            expense_type_id=line.expense_type.pk,
            type_name=line.expense_type.name,
            use=line.expense_type.use,
            nature=line.cost_centre.nature,
            cost_centre_id=line.cost_centre_id,
            department_id=line.cost_centre.department_id,
            project_id=line.project_id,
            amount=line.amount or ZERO,
            vat=total(taxed[used.invoice_id].deductible for used in reading.invoices_of(line)),
        )
        for line in contents.lines
        if line.expense_type is not None  # none is without, once submitted
    ]


def _offsets(contents: Contents) -> list[posting.Offset]:
    return [
        posting.Offset(row.advance.number, row.advance.payee_id, row.amount) for row in contents.settlements if row.firm
    ]


# --- Input VAT --------------------------------------------------------------------------------------------------------
def _tax(company: Company, contents: Contents, by_hand: Mapping[int, VatDecision]) -> dict[int, Taxed]:
    """A decision for each invoice of the document, in the order of its lines."""
    table = rules.current()
    general = company.taxpayer_kind == Company.TaxpayerKind.GENERAL
    found: dict[int, Taxed] = {}
    for line in contents.lines:
        used = reading.invoices_of(line)
        parts = posting.claimed_parts(line.amount or ZERO, [row.amount for row in used])
        for row, claimed in zip(used, parts, strict=True):
            evidence = evidence_of(row.invoice, company, claimed)
            decision = vat.decide(evidence, use=_use(line), general_taxpayer=general, rules=table)
            person = by_hand.get(row.invoice_id)
            deductible = decision.deductible if person is None else min(person.deductible, vat.ceiling(evidence))
            found[row.invoice_id] = Taxed(row.invoice, evidence, decision, deductible)
    return found


def _use(line: Line) -> str:
    return line.expense_type.use if line.expense_type else ""


def evidence_of(invoice: Invoice, company: Company, claimed: Decimal) -> vat.Evidence:
    items = [str(item.get("name", "")) for item in invoice.facts.get("items", [])]
    home = invoice.currency == HOME_CURRENCY
    return vat.Evidence(
        kind=vat.classify(invoice.kind, items) if home else InvoiceKind.UNKNOWN,
        issued_on=invoice.issued_on,
        total=invoice.total or ZERO,
        claimed=claimed,
        printed=invoice.tax,
        fare=_fact(invoice, "fare"),
        fuel_surcharge=_fact(invoice, "fuel_surcharge"),
        fund=_fact(invoice, "development_fund"),
        other_fees=_fact(invoice, "other_taxes"),
        buyer=_buyer(invoice, company),
        traveller=bool(invoice.facts.get("passenger")),
        electronic=vat.is_electronic(invoice.kind),
    )


def _buyer(invoice: Invoice, company: Company) -> vat.Buyer:
    """Name and tax id must be the company's. A name alone will do: no special invoice is issued without the id."""
    if not invoice.buyer_name and not invoice.buyer_tax_id:
        return vat.Buyer.NONE
    if invoice.buyer_tax_id and invoice.buyer_tax_id.upper() != company.tax_id.upper():
        return vat.Buyer.OTHER
    if invoice.buyer_name and invoice_policy.title_form(invoice.buyer_name) != invoice_policy.title_form(company.name):
        return vat.Buyer.OTHER
    return vat.Buyer.OURS


def _fact(invoice: Invoice, key: str) -> Decimal | None:
    raw = invoice.facts.get(key)
    try:
        return Decimal(str(raw)) if raw not in (None, "") else None
    except InvalidOperation:
        return None


def _rule_problems(taxed: Sequence[Taxed]) -> list[Finding]:
    """A known kind without a rule on its day: nobody knows what the law says, so the voucher waits. Each once."""
    missing = {
        (str(item.evidence.kind), item.evidence.issued_on.isoformat())
        for item in taxed
        if item.decision.blocks and item.evidence.issued_on is not None
    }
    return [Finding(posting.NO_VAT_RULE, params={"kind": kind, "day": day}) for kind, day in sorted(missing)]
