"""Settling advances with a claim (冲销借款): wished in the draft, firm from submit until the claim is given back.

An advance's `settled` is the sum of its firm settlements. Its row is locked before it moves, advances in the order of
their ids, after the claim itself.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from budgets import services as budgets
from common.money import ZERO
from common.templatetags.ui import money
from reimburse import checking
from reimburse.contents import Contents
from reimburse.errors import AdvanceNotOpen, SettledTooMuch
from reimburse.models import AdvanceDetail, Document, Settlement


def wish(contents: Contents, advance_id: UUID, amount: Decimal) -> bool:
    """Write on a draft how much of an advance it settles; nothing takes the wish back. Whether that is new.

    Call inside the transaction that holds the claim's lock. Raises AdvanceNotOpen.
    """
    claim = contents.document
    wished = next((row for row in contents.settlements if row.advance.public_id == advance_id), None)
    if (wished.amount if wished else ZERO) == amount:
        return False
    if amount <= 0:
        Settlement.objects.filter(claim=claim, advance__public_id=advance_id).delete()
    elif wished is not None:
        wished.amount = amount
        wished.save(update_fields=["amount"])
    else:
        advance = next((row for row in checking.open_advances(claim) if row.public_id == advance_id), None)
        if advance is None or not claim.is_claim:
            raise AdvanceNotOpen(advance=str(advance or ""))
        Settlement.objects.create(claim=claim, advance=advance, amount=amount)
    return True


def take(document: Document, contents: Contents, *, key: str, at: datetime) -> None:
    """Make the claim's settlements firm and take back the commitments of the advances, as far as they go.

    Call inside the transaction of the submit, with the claim locked. Raises SettledTooMuch, AdvanceNotOpen.
    """
    wanted = sorted(contents.settlements, key=lambda row: row.advance_id)
    if not wanted:
        return
    details = _locked([row.advance_id for row in wanted])
    for row in wanted:
        advance, detail = details[row.advance_id].document, details[row.advance_id]
        if advance.status not in (Document.Status.APPROVED, Document.Status.POSTED):
            raise AdvanceNotOpen(advance=advance.number)
        left = advance.total - detail.settled
        if row.amount > left:
            raise SettledTooMuch(advance=advance.number, open=money(left, advance.currency))
        detail.settled += row.amount
        row.firm = True
    AdvanceDetail.objects.bulk_update(details.values(), ["settled"])
    Settlement.objects.bulk_update(wanted, ["firm"])
    for row in wanted:
        budgets.liquidate(
            document_id=row.advance.public_id, amount=row.amount, key=f"{key}:{row.advance.public_id}", at=at
        )


def give_back(document: Document, *, key: str, at: datetime) -> None:
    """The claim no longer settles its advances; what it wished stays written on it. `key` is that of its submit.

    Call inside the transaction that returns, withdraws or rejects the claim, with it locked.
    """
    firm = list(Settlement.objects.filter(claim=document, firm=True).order_by("advance_id"))
    if not firm:
        return
    details = _locked([row.advance_id for row in firm])
    for row in firm:
        details[row.advance_id].settled -= row.amount
        row.firm = False
    AdvanceDetail.objects.bulk_update(details.values(), ["settled"])
    Settlement.objects.bulk_update(firm, ["firm"])
    budgets.restore(key_prefix=key, at=at)


def _locked(advance_ids: list[int]) -> dict[int, AdvanceDetail]:
    """The advances' balances, locked in the order of their ids, with their documents as they are then."""
    rows = AdvanceDetail.objects.select_for_update(of=("self",)).filter(document_id__in=advance_ids)
    details = {detail.document_id: detail for detail in rows.order_by("document_id")}
    documents = Document.objects.in_bulk(advance_ids)
    for advance_id, detail in details.items():
        detail.document = documents[advance_id]
    return details
