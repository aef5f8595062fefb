"""Why a file cannot be read: what is wrong, and what its owner can do about it.

Each error goes over the reader's socket as its code and parameters and is worded where it is shown.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import BusinessError


class Unreadable(BusinessError):
    """A file that cannot be read. `name` is the file's name as its owner knows it."""

    code = "unreadable"
    status = 422
    wording = _(
        "“%(name)s” cannot be read. Ask whoever sent it for the original file, or send a photo and type the fields."
    )

    def __init__(self, **params: Any) -> None:
        super().__init__(**{"name": "", **params})


class EmptyFile(Unreadable):
    code = "file_empty"
    wording = _("“%(name)s” is empty (0 bytes). Choose the file again, or ask whoever sent it to send it once more.")


class TooLarge(Unreadable):
    code = "file_too_large"
    wording = _(
        "“%(name)s” has %(megabytes)s MB; at most %(limit)s MB can be taken. Send a smaller scan or the "
        "original e-invoice."
    )


class WrongType(Unreadable):
    code = "file_type"
    wording = _(
        "“%(name)s” is in truth of the type %(media_type)s, which is not taken here. Send PDF, OFD, XML or a "
        "photo (JPG, PNG)."
    )


class EncryptedPdf(Unreadable):
    code = "pdf_encrypted"
    wording = _(
        "“%(name)s” is protected by a password. Save it without one, or ask the issuer for the unprotected file."
    )


class DamagedPdf(Unreadable):
    code = "pdf_damaged"
    wording = _(
        "“%(name)s” is a damaged or cut-off PDF. Download it again, or ask whoever sent it to send it once more."
    )


class TooManyPages(Unreadable):
    code = "too_many_pages"
    wording = _(
        "“%(name)s” has %(pages)s pages; at most %(limit)s are read. Send the invoice without the documents around it."
    )


class DamagedArchive(Unreadable):
    code = "archive_damaged"
    wording = _(
        "“%(name)s” is damaged or cut off: %(part)s cannot be unpacked. Download it again, or ask the issuer "
        "for the file."
    )


class EncryptedArchive(Unreadable):
    code = "archive_encrypted"
    wording = _("“%(name)s” is protected by a password. Unpack it yourself and send the files inside.")


class UnsafeArchive(Unreadable):
    code = "archive_unsafe"
    wording = _(
        "“%(name)s” holds a part with a name that is not allowed (%(part)s). Unpack it yourself and send the "
        "files inside."
    )


class ArchiveTooLarge(Unreadable):
    code = "archive_too_large"
    wording = _(
        "“%(name)s” unpacks to more than is allowed (%(limit)s). Unpack it yourself and send the invoices one by one."
    )


class NoInvoiceInside(Unreadable):
    code = "archive_without_invoice"
    wording = _("“%(name)s” holds no PDF, OFD, XML or picture. Send the invoice itself.")


class BadXml(Unreadable):
    code = "xml_damaged"
    wording = _(
        "“%(name)s” is not well-formed XML (line %(line)s). Download it again, or send the PDF or OFD of the "
        "same invoice."
    )


class XmlWithDtd(Unreadable):
    code = "xml_dtd"
    wording = _(
        "“%(name)s” declares a document type (DTD), which no e-invoice has. It is not opened. Send the file "
        "the tax service gave out."
    )


class XmlTooLarge(Unreadable):
    code = "xml_too_large"
    wording = _(
        "“%(name)s” has more than %(limit)s elements; no e-invoice has so many. Send the file the tax service gave out."
    )


class UnknownXml(Unreadable):
    code = "xml_unknown"
    wording = _(
        "“%(name)s” is XML, but no e-invoice (it begins with <%(root)s>). Send the XML, OFD or PDF of the invoice."
    )


class BadOfd(Unreadable):
    code = "ofd_damaged"
    wording = _(
        "“%(name)s” is no complete OFD document (%(part)s is missing or damaged). Ask the issuer for the "
        "file, or send the PDF."
    )


class BadPicture(Unreadable):
    code = "picture_damaged"
    wording = _("“%(name)s” is a damaged or cut-off picture. Take the photo again.")


class PictureTooLarge(Unreadable):
    code = "picture_too_large"
    wording = _(
        "“%(name)s” has %(width)s × %(height)s pixels; at most %(limit)s million are opened. Send a smaller picture."
    )


class ReaderUnavailable(BusinessError):
    """The reader process does not answer: nothing is wrong with the file, and it can be read later."""

    code = "reader_unavailable"
    status = 503
    wording = _("Invoices cannot be read just now, because the reader does not run. The file is kept and read later.")


class ReaderTookTooLong(Unreadable):
    code = "reader_too_long"
    wording = _(
        "“%(name)s” could not be read within %(seconds)s seconds. Send the original e-invoice, or a photo "
        "and type the fields."
    )


class ReaderCrashed(Unreadable):
    code = "reader_crashed"
    wording = _(
        "Reading “%(name)s” had to be broken off: the file needs more memory than allowed or is malformed. "
        "Send the original e-invoice, or a photo and type the fields."
    )


def by_code(code: str, params: dict[str, Any]) -> BusinessError:
    """The error as it was raised on the other side of the socket."""
    known: dict[str, type[Unreadable]] = {kind.code: kind for kind in Unreadable.__subclasses__()}
    return known.get(code, Unreadable)(**params)
