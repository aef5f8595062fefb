"""Questions about invoices."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef

from directory.models import Employee
from invoices.models import Holding, Invoice, InvoiceUse


def claimable(viewer: Employee, invoice_ids: Sequence[UUID]) -> list[Invoice]:
    """Those of the given invoices (public ids) that lie in the viewer's wallet and no document has spent."""
    held = Holding.objects.live().filter(invoice=OuterRef("pk"), holder=viewer)
    spent = InvoiceUse.objects.live().filter(invoice=OuterRef("pk"), firm=True)
    return list(Invoice.objects.filter(Exists(held), ~Exists(spent), public_id__in=invoice_ids))
