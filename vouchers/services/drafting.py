"""Drafting the voucher of an approved document, and drafting it again when what was missing has been added."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from approvals import services as approvals
from common import locks
from directory import rights
from directory.models import Employee
from reimburse.errors import DocumentNotFound
from reimburse.models import Document
from reimburse.services import locking
from vouchers import composing
from vouchers.composing import Composed, Taxed
from vouchers.errors import NothingToDraft
from vouchers.kinds import VatReason
from vouchers.models import VatDecision, Voucher, VoucherLine
from vouchers.posting import Entry
from vouchers.services.taking import record, taken_draft


def draft(*, document_id: UUID, at: datetime) -> Voucher | None:
    """Draft the voucher of a document that was just approved. A building block: call inside a transaction.

    Repeats change nothing: the voucher that is there already is given back. None: the document is not approved (any
    more). Whatever is missing stands in `problems` and blocks posting; the draft always balances.
    """
    document = _locked(document_id)
    live = Voucher.objects.filter(document=document, reverses=None).exclude(status=Voucher.Status.REVERSED).first()
    if live is not None or document.status != Document.Status.APPROVED:
        return live
    composed = composing.compose(document)
    voucher = Voucher.objects.create(
        company=document.company,
        document=document,
        dated_on=timezone.localdate(at),
        summary=_summary(document),
        total=composed.total,
        attachment_count=composed.attachment_count,
        problems=[problem.as_json() for problem in composed.problems],
        created_at=at,
    )
    write_lines(voucher, composed)
    codes = [problem.code for problem in composed.problems]
    record("voucher.drafted", voucher, actor=None, at=at, data={"problems": codes})
    return voucher


def draft_again(*, document_id: UUID, actor: Employee, at: datetime) -> Voucher:
    """Draft a new voucher for a document whose voucher was reversed. Raises DocumentNotFound, NothingToDraft."""
    with locks.busy_if_blocked(), transaction.atomic(durable=True):
        document = Document.objects.filter(public_id=document_id).first()
        if document is None or not rights.can(actor, rights.MANAGE_VOUCHERS, document.company_id):
            raise DocumentNotFound
        voucher = draft(document_id=document_id, at=at)
        if voucher is None:
            raise NothingToDraft(document=document.audit_label, state=document.get_status_display())
        return voucher


def redraft(*, voucher_id: UUID, actor: Employee, version: int, at: datetime) -> Voucher:
    """Make a draft's lines anew from its document, now that something missing was added. Changes by hand are lost,
    decisions about input VAT are kept. Raises VoucherNotFound, AlreadyPosted, Stale."""
    with locks.busy_if_blocked(), transaction.atomic(durable=True):
        voucher = taken_draft(voucher_id, actor, version)
        assert voucher.document is not None, "a draft has a document"
        composed = composing.compose(voucher.document, by_hand=decisions_by_hand(voucher))
        rewrite(voucher, composed, by_hand=decisions_by_hand(voucher))
        codes = [problem["code"] for problem in voucher.problems]
        record("voucher.drafted", voucher, actor=actor, at=at, data={"problems": codes, "again": True})
        return voucher


# --- Writing ----------------------------------------------------------------------------------------------------------
def decisions_by_hand(voucher: Voucher) -> dict[int, VatDecision]:
    rows = VatDecision.objects.filter(voucher=voucher, decided_by__isnull=False).select_related("decided_by")
    return {row.invoice_id: row for row in rows}


def rewrite(voucher: Voucher, composed: Composed, *, by_hand: Mapping[int, VatDecision]) -> None:
    """Replace a locked draft's lines and decisions, and count its version on."""
    VoucherLine.objects.filter(voucher=voucher).delete()
    VatDecision.objects.filter(voucher=voucher).delete()
    voucher.total = composed.total
    voucher.problems = [problem.as_json() for problem in composed.problems]
    voucher.version += 1
    voucher.save(update_fields=["total", "problems", "version"])
    write_lines(voucher, composed, by_hand=by_hand)


def write_lines(voucher: Voucher, composed: Composed, *, by_hand: Mapping[int, VatDecision] | None = None) -> None:
    VoucherLine.objects.bulk_create(
        line_of(voucher, position, entry) for position, entry in enumerate(composed.entries, start=1)
    )
    people = by_hand or {}
    VatDecision.objects.bulk_create(
        decision_of(voucher, taxed, people.get(taxed.invoice.pk)) for taxed in composed.taxed
    )


def line_of(voucher: Voucher, position: int, entry: Entry) -> VoucherLine:
    return VoucherLine(
        voucher=voucher,
        position=position,
        summary=entry.summary[:200],
        account_id=entry.account.id if entry.account else None,
        debit=entry.debit,
        credit=entry.credit,
        department_id=entry.department_id,
        employee_id=entry.employee_id,
        project_id=entry.project_id,
        cost_centre_id=entry.cost_centre_id,
        expense_type_id=entry.expense_type_id,
    )


def decision_of(voucher: Voucher, taxed: Taxed, person: VatDecision | None) -> VatDecision:
    decision = taxed.decision
    return VatDecision(
        voucher=voucher,
        invoice=taxed.invoice,
        rule_id=decision.rule.id if decision.rule else None,
        kind=taxed.evidence.kind,
        reason=VatReason.BY_HAND if person else decision.reason,
        claimed=taxed.evidence.claimed,
        base=decision.base,
        printed=decision.printed,
        computed=decision.computed,
        deductible=taxed.deductible,
        decided_by=person.decided_by if person else None,
        because=person.because if person else "",
    )


def _locked(document_id: UUID) -> Document:
    """The document, locked after its approval request."""
    for request_id in Document.objects.filter(public_id=document_id, approval__isnull=False).values_list(
        "approval__public_id", flat=True
    ):
        approvals.lock_request(request_id)
    return locking.by_public_id(document_id)


def _summary(document: Document) -> str:
    """What the list shows: 张三 南京展会差旅, or 张三报销, in the language of the books."""
    with translation.override(settings.LANGUAGE_CODE):
        if document.title:
            text = f"{document.applicant.name} {document.title}"
        elif document.is_claim:
            text = _("Claim of %(name)s") % {"name": document.applicant.name}
        else:
            text = _("Advance of %(name)s") % {"name": document.applicant.name}
    return text[:200]
