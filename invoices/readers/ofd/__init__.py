"""OFD (GB/T 33190): a zip of XML parts with pages, tags that name fields, attachments and seals."""

from __future__ import annotations

from invoices.readers.ofd.fields import readings
from invoices.readers.ofd.package import Document

__all__ = ["Document", "readings"]
