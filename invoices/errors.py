"""What can be wrong with an invoice when it is brought in, confirmed or spent."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from common.errors import BusinessError, NotReady, Wording
from invoices import labels


class InvoiceAlreadyUsed(BusinessError):
    """A second live use. `document` is empty when the viewer may not know where the first one is."""

    code = "invoice_already_used"
    wording = _(
        "Invoice %(number)s is already used in “%(document)s”. Take it off there, or leave it out here: "
        "an invoice is paid once."
    )
    discreet: ClassVar[Wording] = _(
        "Invoice %(number)s is already used in a document of somebody else. Leave it out here, and ask finance "
        "if you think that is a mistake."
    )

    @property
    def message(self) -> str:
        return str(self.wording if self.params["document"] else self.discreet) % self.params


class InvoiceTwice(BusinessError):
    code = "invoice_twice"
    status = 422
    wording = _("Invoice %(number)s stands on two lines of this document. Keep it on one of them.")


class InvoiceUnsure(BusinessError):
    """`keys` are the fields a person has to confirm or type first."""

    code = "invoice_unsure"
    status = 422
    wording = _("Invoice %(number)s is not ready: confirm %(fields)s in the wallet first, then submit again.")

    @property
    def message(self) -> str:
        number = self.params["number"] or _("without number")
        return str(self.wording) % {"number": number, "fields": labels.listed(self.params["keys"])}


class InvoiceNegative(BusinessError):
    code = "invoice_negative"
    status = 422
    wording = _("Invoice %(number)s is a red-letter one (%(total)s) that takes another back. It cannot be claimed.")


class UseAboveInvoice(BusinessError):
    code = "use_above_invoice"
    status = 422
    wording = _(
        "%(amount)s is claimed of invoice %(number)s, but it is over %(total)s only. Lower the amount of its line."
    )


class NotYourInvoice(BusinessError):
    """Somebody else's invoice, one of another company, one put out of the wallet, or none at all: not told apart."""

    code = "not_your_invoice"
    status = 422
    wording = _(
        "An invoice of this document is not in your wallet of this company. Take it off the document, "
        "or upload it to your own wallet."
    )


class InvoiceInUse(BusinessError):
    code = "invoice_in_use"
    wording = _("Invoice %(number)s is in “%(document)s”, so it stays as it is. Take it off there first.")


class HeldByColleague(BusinessError):
    """`holder` is empty when the viewer may not know who."""

    code = "invoice_held"
    wording = _("Invoice %(number)s is already in the wallet of %(holder)s.")
    discreet: ClassVar[Wording] = _("Invoice %(number)s is already in a colleague's wallet. Ask finance who has it.")

    @property
    def message(self) -> str:
        return str(self.wording if self.params["holder"] else self.discreet) % self.params


class ValuesRefused(NotReady):
    """Values that cannot be those of one invoice; each finding names its field in `where`."""

    code = "invoice_values_refused"


class TooManyFiles(BusinessError):
    code = "too_many_files"
    status = 422
    wording = _(
        "%(count)s files at once are too many; at most %(limit)s are taken. Nothing was kept: send them in parts."
    )


class NoCompany(BusinessError):
    code = "no_company"
    status = 403
    wording = _(
        "You hold no post in any company today, so there is no wallet to put invoices in. Ask HR to enter your post."
    )
