"""What finance staff are told when a voucher cannot be changed, posted, reversed or exported."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from common.errors import BusinessError, Finding, NotReady, WrongState


class VoucherNotFound(BusinessError):
    code = "voucher_not_found"
    status = 404
    wording = _("There is no such voucher, or it is not yours to see. Go back to the list and open it again.")


class NoVoucherYet(BusinessError):
    code = "voucher_not_yet"
    wording = _(
        "The voucher of %(document)s is not drafted yet; that takes some seconds after the approval. "
        "Load the page again, and tell your administrator if it does not come."
    )


class VoucherProblems(NotReady):
    """The voucher cannot be posted; `findings` has everything that is missing."""

    code = "voucher_problems"
    wording = _("The voucher “%(subject)s” cannot be posted: %(count)s things are missing.")

    def __init__(self, findings: Sequence[Finding], *, subject: str) -> None:
        super().__init__(findings)
        self.params["subject"] = subject


class AlreadyPosted(WrongState):
    code = "voucher_already_posted"
    wording = _(
        "“%(subject)s” was posted by %(who)s on %(day)s. A posted voucher never changes; reverse it if it is wrong."
    )


class OwnVoucher(BusinessError):
    code = "voucher_own"
    wording = _(
        "“%(subject)s” pays you yourself. Somebody else who keeps this company's books has to check and post it."
    )


class PeriodClosed(BusinessError):
    code = "period_closed"
    wording = _(
        "The books of %(period)s are closed, so “%(subject)s” cannot be posted there. "
        "Give it a date in an open month, or have the month opened again."
    )


class DateInFuture(BusinessError):
    code = "voucher_date_future"
    status = 422
    wording = _("“%(subject)s” is dated %(day)s, which is still to come. Give it today's date or an earlier one.")


class ForeignValue(BusinessError):
    code = "voucher_foreign_value"
    status = 422
    wording = _(
        "A value chosen on line %(line)s does not belong to this company's books any more. "
        "Reload the page and choose again."
    )


class LinesChanged(BusinessError):
    code = "voucher_lines_changed"
    status = 422
    wording = _("The lines of “%(subject)s” are not the ones the page showed. Reload the page and try again.")


class ReasonMissing(BusinessError):
    code = "reason_missing"
    status = 422
    wording = _("Say why, in a few words: the reason is kept with the voucher.")


class CannotReverse(BusinessError):
    code = "voucher_not_reversible"
    wording = _(
        "“%(subject)s” is itself a reversal. Draft the document's voucher again instead of reversing a reversal."
    )


class AdvanceIsSettled(BusinessError):
    code = "advance_is_settled"
    wording = _(
        "%(advance)s is settled by claims with %(amount)s already. "
        "Reverse those claims' vouchers and return the claims first."
    )


class NothingToDraft(BusinessError):
    code = "voucher_nothing_to_draft"
    wording = _("%(document)s is %(state)s, so there is no voucher to be drafted for it.")


class VatNotAllowed(BusinessError):
    code = "vat_not_allowed"
    status = 422
    wording = _("The tax of invoice %(invoice)s may not be deducted: %(reason)s.")


class VatTooHigh(BusinessError):
    code = "vat_too_high"
    status = 422
    wording = _("At most %(most)s can be deducted for invoice %(invoice)s. Enter that or less.")


class NothingToExport(BusinessError):
    code = "nothing_to_export"
    status = 422
    wording = _("There is no voucher to be exported: only posted ones are, each once. To export some again, say why.")


class NotExportable(BusinessError):
    """Named by `check_export` before the first byte is written."""

    code = "voucher_not_exportable"
    wording = _("%(count)s vouchers cannot be exported, so no file was made. %(voucher)s: %(problem)s")


class AlreadyExported(BusinessError):
    code = "voucher_already_exported"
    wording = _(
        "%(count)s of the chosen vouchers were exported before (%(voucher)s in %(export)s). "
        "Choose others, or say why they are exported again."
    )


class TooManyRows(BusinessError):
    code = "export_too_many_rows"
    status = 422
    wording = _("%(rows)s lines do not fit into one Excel sheet (%(limit)s at most). Choose CSV or fewer vouchers.")
