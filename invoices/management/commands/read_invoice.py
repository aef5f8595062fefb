"""manage.py read_invoice FILE… [--json]: what files say, field by field. Needs no database and no reader process."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from invoices import reading
from invoices.readers import errors, limits
from invoices.readers.base import KEYS
from invoices.reading import FoundInvoice

_WIDTH = 18


class Command(BaseCommand):
    help = "Reads e-invoices (XML, XBRL, OFD, PDF, photos with a QR code) and prints their fields."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--json", action="store_true", help="one JSON object a line and file")

    def handle(self, *args: Any, **options: Any) -> None:
        failed = 0
        for name in options["files"]:
            try:
                content = _content(Path(name))
                found = reading.read(content, name=Path(name).name, today=timezone.localdate(), with_preview=False)
            except (errors.Unreadable, OSError) as error:
                failed += 1
                self._refused(name, error, as_json=options["json"])
                continue
            for invoice in found:
                self._print(name, invoice, as_json=options["json"])
        if failed:
            raise CommandError(f"{failed} of {len(options['files'])} files could not be read.", returncode=1)

    def _print(self, name: str, invoice: FoundInvoice, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(as_line(name, invoice), ensure_ascii=False))
            return
        self.stdout.write("\n".join([name + (f" ({invoice.part})" if invoice.part else ""), *_rows(invoice), ""]))

    def _refused(self, name: str, error: errors.Unreadable | OSError, *, as_json: bool) -> None:
        code = error.code if isinstance(error, errors.Unreadable) else "file_missing"
        message = error.message if isinstance(error, errors.Unreadable) else str(error)
        if as_json:
            line = {"file": name, "error": {"code": code, "message": message}}
            self.stdout.write(json.dumps(line, ensure_ascii=False))
        else:
            self.stdout.write(f"{name}\n  {message}\n")


def _content(path: Path) -> bytes:
    """The file's bytes; one that is too large is told by its size and not loaded."""
    size = path.stat().st_size
    if size > limits.MAX_FILE:
        raise errors.TooLarge(
            name=path.name,
            megabytes=f"{size / limits.MEGABYTE:.1f}",
            limit=limits.MAX_FILE // limits.MEGABYTE,
        )
    return path.read_bytes()


def as_line(name: str, invoice: FoundInvoice) -> dict[str, Any]:
    """Every key with value, source and confidence; values are text, null where the invoice or the reader has none."""
    fields = invoice.reading.as_json()["fields"]
    nothing = {"value": None, "source": None, "confidence": None}
    line: dict[str, Any] = {"file": name}
    if invoice.part:
        line["part"] = invoice.part
    for key in KEYS:
        line[key] = fields.get(key, nothing)
    return line | {"unsure": invoice.reading.unsure}


def _rows(invoice: FoundInvoice) -> Iterator[str]:
    for key in KEYS:
        value = invoice.reading.values.get(key)
        doubt = "  ?" if key in invoice.reading.unsure else ""
        shown = f"{value.value}  [{value.source}]" if value else "-"
        yield f"  {key:<{_WIDTH}}{shown}{doubt}"
