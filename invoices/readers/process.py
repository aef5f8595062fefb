"""Have a file read by the reader process, from a web request or a worker.

    found = process.read_file(content, name="发票.pdf", today=today)

The process has memory and time limits and no network; a file that breaks it breaks nothing else. `manage.py reader`
runs it (`server`). Files are read one at a time, so a call also waits for those before it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from invoices.readers import errors, wire
from invoices.readers.base import Reading
from invoices.readers.identify import FileType
from invoices.readers.preview import Preview
from invoices.reading import FoundInvoice, SourceFile

JOB_SECONDS = 30  # for one file, then it is broken off
QUEUE_SECONDS = 60  # for the files before it


def read_file(
    source: bytes | Path,
    *,
    name: str,
    today: date,
    timeout: float = JOB_SECONDS,
    patience: float = QUEUE_SECONDS,
    with_preview: bool = True,
) -> list[FoundInvoice]:
    """The invoices of a file, at least one.

    `timeout` is for the reading itself, `patience` for waiting until it begins, both in seconds. Raises Unreadable
    (ReaderTookTooLong and ReaderCrashed are among its kinds) when this file cannot be read, and ReaderUnavailable when
    no file can be read at present.
    """
    content = source.read_bytes() if isinstance(source, Path) else source
    header = {"op": "read", "name": name, "today": today.isoformat(), "preview": with_preview, "timeout": timeout}
    reply, blobs = _ask(header, [content], wait=timeout + patience)
    return [_found(entry, blobs) for entry in reply["invoices"]]


def is_running(*, wait: float = 1.0) -> bool:
    """Whether a reader answers. One that is busy with a file answers late and counts as running only within `wait`."""
    try:
        reply, _blobs = _ask({"op": "ping"}, [], wait=wait)
    except errors.ReaderUnavailable:
        return False
    return bool(reply.get("pong"))


def _ask(header: dict[str, Any], blobs: list[bytes], *, wait: float) -> tuple[dict[str, Any], list[bytes]]:
    try:
        with wire.connect(Path(settings.READER_SOCKET), wait) as connection:
            connection.sendall(wire.pack(header, blobs))
            reply, answered = wire.unpack(connection.recv)
    except (OSError, wire.Broken) as error:
        raise errors.ReaderUnavailable() from error
    if problem := reply.get("error"):
        raise errors.by_code(problem["code"], problem["params"])
    return reply, answered


def as_reply(found: list[FoundInvoice]) -> tuple[dict[str, Any], list[bytes]]:
    """The other side of `read_file`: what the process sends back."""
    blobs: list[bytes] = []

    def blob(content: bytes | None) -> int | None:
        if content is None:
            return None
        blobs.append(content)
        return len(blobs) - 1

    invoices = [
        {
            "reading": invoice.reading.as_json(),
            "part": invoice.part,
            "files": [
                {"name": f.name, "type": f.file_type.value, "source": f.source_kind, "blob": blob(f.content)}
                for f in invoice.files
            ],
            "preview": {"type": invoice.preview.media_type, "blob": blob(invoice.preview.content)}
            if invoice.preview
            else None,
        }
        for invoice in found
    ]
    return {"invoices": invoices}, blobs


def _found(entry: dict[str, Any], blobs: list[bytes]) -> FoundInvoice:
    shown = entry["preview"]
    return FoundInvoice(
        reading=Reading.from_json(entry["reading"]),
        files=[
            SourceFile(f["name"], FileType(f["type"]), f["source"], None if f["blob"] is None else blobs[f["blob"]])
            for f in entry["files"]
        ],
        preview=Preview(blobs[shown["blob"]], shown["type"]) if shown else None,
        part=entry["part"],
    )
