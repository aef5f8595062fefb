"""What can be done with documents. The one way in for pages and interfaces alike."""

from reimburse.services.creating import create_advance, create_claim
from reimburse.services.drafts import (
    Changes,
    add_invoices,
    add_line,
    move_line,
    remove_line,
    save_draft,
    take_invoice_off,
)
from reimburse.services.filing import attach, delete_draft, remove_attachment
from reimburse.services.outcomes import mark_posted, mark_unposted, withdraw
from reimburse.services.submitting import has_sent, submit

__all__ = [
    "Changes",
    "add_invoices",
    "add_line",
    "attach",
    "create_advance",
    "create_claim",
    "delete_draft",
    "has_sent",
    "mark_posted",
    "mark_unposted",
    "move_line",
    "remove_attachment",
    "remove_line",
    "save_draft",
    "submit",
    "take_invoice_off",
    "withdraw",
]
