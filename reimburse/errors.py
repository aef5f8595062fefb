"""What can stand in the way of working on a document."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from common.errors import BusinessError


class DocumentNotFound(BusinessError):
    """No such document, or none the person may see: not told apart."""

    code = "document_not_found"
    status = 404
    wording = _("There is no such document among those you may see. Look for it by its number in the search.")


class LineNotFound(BusinessError):
    code = "line_not_found"
    status = 404
    wording = _("This line is no longer on “%(document)s”. Reload the page to see what is.")


class NoPost(BusinessError):
    code = "no_post"
    status = 403
    wording = _("You hold no post today, so no department could bear the cost. Ask HR to enter your post.")


class NoCostCentre(BusinessError):
    code = "no_cost_centre"
    wording = _("No cost centre is named for your post in %(company)s. Ask HR to enter it.")


class AttachmentRefused(BusinessError):
    code = "too_many_attachments"
    status = 422
    wording = _("“%(document)s” has %(limit)s attachments already. Take one off, or put several pages into one file.")


class TooManyLines(BusinessError):
    code = "too_many_lines"
    status = 422
    wording = _("“%(document)s” would have more than %(limit)s lines. Put the rest on a second document.")


class ClaimsOnly(BusinessError):
    code = "claims_only"
    status = 422
    wording = _(
        "“%(document)s” is a cash advance: it is one sum, without lines or invoices. Put expenses on an expense claim."
    )


class InvoicesGone(BusinessError):
    """Some of the chosen invoices are not in the wallet, or are spent by now."""

    code = "invoices_gone"
    status = 422
    wording = _(
        "%(count)s of the chosen invoices cannot be claimed: they are used elsewhere, taken out of your wallet, or not "
        "yours. Choose again from your wallet."
    )


class AdvanceNotOpen(BusinessError):
    code = "advance_not_open"
    wording = _(
        "The advance %(advance)s is not open: it is not approved, or has been settled. Take its settlement off."
    )


class SettledTooMuch(BusinessError):
    """Somebody settled the same advance in the meantime."""

    code = "settled_too_much"
    wording = _(
        "Only %(open)s of the advance %(advance)s is still open. Lower what this claim settles, then submit again."
    )
