"""A file is dropped: kept byte for byte, or refused with a sentence under its name. It is read after the commit."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from django.db import transaction

from common import audit, files
from common.files import MAX_SIZE, MEGABYTE
from common.models import StoredFile
from directory.models import Company, Employee
from invoices.models import Upload
from invoices.readers.text import clean

FIRST_TURN = timedelta(seconds=5)  # whoever received a file reads it first; then the worker may take it


@transaction.atomic(durable=True)
def receive(
    *, company: Company, employee: Employee, name: str, content: bytes, at: datetime, size: int | None = None
) -> Upload:
    """Keep one dropped file for reading. A file that cannot be taken becomes a refused upload, which says why.

    `size` in bytes, where it is known without `content` being whole: of a file far too large nobody reads the rest.
    The caller has the first turn to read it (`read_now`); a worker follows when it does not.
    """
    upload = Upload(company=company, employee=employee, name=tidy(name), received_at=at, claimed_until=at + FIRST_TURN)
    try:
        upload.stored = _keep(content, upload.name, len(content) if size is None else size)
    except files.FileRefused as refusal:
        upload.state = Upload.State.REFUSED
        upload.outcome = {"code": refusal.code, "params": refusal.params}
        upload.finished_at, upload.claimed_until = at, None
    upload.save()
    kind = "upload.received" if upload.stored else "upload.refused"
    data: dict[str, Any] = {"name": upload.name, "size": size or len(content), "outcome": upload.outcome.get("code")}
    audit.record(kind, upload, actor=employee, at=at, data=data)
    return upload


def _keep(content: bytes, name: str, size: int) -> StoredFile:
    if size > MAX_SIZE:
        raise files.FileTooLarge(name=name, megabytes=f"{size / MEGABYTE:.1f}", limit=MAX_SIZE // MEGABYTE)
    return files.store(content, media_type=files.check(content, name=name, allowed=files.INVOICE_TYPES))


def tidy(name: str) -> str:
    """A file's name as it is shown: no folders, no control characters, its end kept when it is too long."""
    last = PurePath(clean(name.replace("\\", "/"))).name or "file"
    return last if len(last) <= 200 else f"{last[:150]}…{last[-49:]}"
