"""Taking a voucher to work on: locked, after its document's approval request, and recording what became of it.

The request's lock comes first, as for everything that acts on a submitted document; so two acts on one document's
vouchers queue there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from approvals import services as approvals
from common import audit
from common.errors import Stale
from directory import rights
from directory.models import Employee
from reimburse import snapshot
from reimburse.models import Document
from vouchers.errors import AlreadyPosted, VoucherNotFound
from vouchers.models import Voucher


def taken(voucher_id: UUID, actor: Employee) -> Voucher:
    """The voucher with its document's request locked, then itself. Call inside a transaction.

    Raises VoucherNotFound (also for those who may not see it) and, within `locks.busy_if_blocked`, Busy.
    """
    known = Voucher.objects.filter(public_id=voucher_id).values_list("company_id", "document__approval__public_id")
    for company_id, request_id in known:
        if rights.can(actor, rights.MANAGE_VOUCHERS, company_id):
            if request_id is not None:
                approvals.lock_request(request_id)
            return (
                Voucher.objects.select_for_update(of=("self",))
                .select_related("company", "document", "posted_by")
                .get(public_id=voucher_id)
            )
    raise VoucherNotFound


def taken_draft(voucher_id: UUID, actor: Employee, version: int) -> Voucher:
    """The same, still a draft and as the actor saw it. Raises AlreadyPosted, Stale as well."""
    voucher = taken(voucher_id, actor)
    if not voucher.is_draft:
        raise already_posted(voucher)
    if voucher.version != version:
        raise Stale(subject=voucher.audit_label)
    return voucher


def already_posted(voucher: Voucher) -> AlreadyPosted:
    day = timezone.localtime(voucher.posted_at).strftime("%Y-%m-%d %H:%M") if voucher.posted_at else ""
    return AlreadyPosted(subject=voucher.audit_label, who=voucher.posted_by or "", day=day)


def record(kind: str, voucher: Voucher, *, actor: Employee | None, at: datetime, data: Mapping[str, Any]) -> None:
    """One entry on the trail of the voucher's document: its history and its events stay in one line."""
    document = voucher.document
    base = {"voucher": voucher.full_number, "voucher_id": str(voucher.public_id)}
    if document is None:
        audit.record(kind, voucher, actor=actor, at=at, data=base | dict(data))
    else:
        audit.record(kind, about(document), actor=actor, at=at, data=snapshot.brief(document) | base | dict(data))


def about(document: Document) -> audit.About:
    return audit.About("document", document.public_id, document.audit_label, document.company_id)
