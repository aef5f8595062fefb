"""What can be done with vouchers. The one way in for pages, interfaces and the worker alike."""

from vouchers.services.drafting import draft, draft_again, redraft
from vouchers.services.exporting import export
from vouchers.services.finishing import post, reverse
from vouchers.services.reviewing import LineChange, decide_vat, edit
from vouchers.services.several import Outcome, post_several, redraft_several

__all__ = [
    "LineChange",
    "Outcome",
    "decide_vat",
    "draft",
    "draft_again",
    "edit",
    "export",
    "post",
    "post_several",
    "redraft",
    "redraft_several",
    "reverse",
]
