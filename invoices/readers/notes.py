"""What there is to say about an invoice as a whole, in words: each note a reading carries, by its code."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from invoices.readers.base import Note

WORDINGS: Mapping[str, Promise] = {
    "sources_differ": _("The parts of the file disagree about this field. Choose what is right."),
    "numbers_differ": _("The file names two numbers: %(one)s and %(other)s. Compare them with the invoice."),
    "dates_differ": _("The file names two dates: %(one)s and %(other)s. Compare them with the invoice."),
    "sums_differ": _(
        "%(amount)s without tax and %(tax)s tax do not make %(total)s. Compare the three with the invoice."
    ),
    "capitals_differ": _("The total in capitals is %(written)s, in figures %(total)s. Compare it with the invoice."),
    "total_computed": _("The total is not in the file's data; it is the amount and the tax together."),
    "number_pattern": _("“%(number)s” is no number such an invoice has. Compare it with the invoice."),
    "date_in_future": _("The invoice is dated %(date)s, which is still to come. Compare it with the invoice."),
    "year_differs": _("The number %(number)s was given in another year than %(date)s. Compare both with the invoice."),
    "code_newer_than_date": _("The code %(code)s is newer than the date %(date)s. Compare both with the invoice."),
    "tax_id_length": _("The tax id %(value)s has a length no tax id has. Compare it with the invoice."),
    "tax_id_check": _("The check character of the tax id %(value)s does not fit. Look whether it is a real one."),
    "lines_differ": _("The printed lines make %(lines)s, the amount is %(amount)s. Some lines may not have been read."),
    "rail_not_a_sale": _(
        "This rail ticket is no sale (%(business)s). Its amounts may be a fee or a refund: look at them."
    ),
    "scanned_text": _("The page is a scan whose text some program read. Compare every field with the picture."),
    "several_invoices": _("The picture shows %(count)s invoices. Take a photo of each by itself."),
}


def word(note: Note) -> str:
    """The note in the reader's language; an unknown code stands for itself."""
    wording = WORDINGS.get(note.code)
    return str(wording) % note.params if wording else note.code
