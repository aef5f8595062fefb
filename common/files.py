"""Private files: kept once under their SHA-256, typed by content, served only by views that checked the viewer."""

from __future__ import annotations

import hashlib
import os
import struct
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import magic
from django.conf import settings
from django.http import FileResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from common.errors import BusinessError
from common.models import StoredFile

MEGABYTE = 1024 * 1024
MAX_SIZE = 20 * MEGABYTE

PDF, OFD, XML, ZIP = "application/pdf", "application/ofd", "application/xml", "application/zip"
PICTURES = ("image/jpeg", "image/png", "image/webp")
SPREADSHEETS = ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",)
WORDS = ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",)
INVOICE_TYPES = (PDF, OFD, XML, ZIP, *PICTURES)
ATTACHMENT_TYPES = (*INVOICE_TYPES, *SPREADSHEETS, *WORDS, "text/plain")
SHOWN_INLINE = (PDF, *PICTURES)  # everything else is only ever downloaded


class FileRefused(BusinessError):
    code = "file_refused"
    status = 422


class EmptyFile(FileRefused):
    code = "file_empty"
    wording = _("“%(name)s” is empty (0 bytes). Choose the file again, or ask whoever sent it to send it once more.")


class FileTooLarge(FileRefused):
    code = "file_too_large"
    wording = _(
        "“%(name)s” has %(megabytes)s MB; at most %(limit)s MB can be taken. "
        "Send a smaller scan or the original e-invoice."
    )


class WrongType(FileRefused):
    code = "file_type"
    wording = _(
        "“%(name)s” is in truth of the type %(media_type)s, which is not taken here. "
        "Send PDF, OFD, XML or a photo (JPG, PNG)."
    )


def media_type_of(content: bytes) -> str:
    """The type by content; a name proves nothing. OFD is a zip that holds OFD.xml."""
    found = str(magic.from_buffer(content[: 64 * 1024], mime=True))
    if content[:4] == b"PK\x03\x04" and found not in (*SPREADSHEETS, *WORDS):
        return OFD if _is_ofd(content) else ZIP
    if found in ("text/xml", "application/xml") or content.lstrip(b"\xef\xbb\xbf \t\r\n")[:5] == b"<?xml":
        return XML
    return found


def _is_ofd(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            return "OFD.xml" in package.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, IndexError, OSError, struct.error):
        return b"OFD.xml" in content[:4096]  # a truncated OFD is still one; its reader says what is wrong with it


def check(content: bytes, *, name: str, allowed: tuple[str, ...], max_size: int = MAX_SIZE) -> str:
    """The media type of an acceptable file. Raises EmptyFile, FileTooLarge, WrongType."""
    if not content:
        raise EmptyFile(name=name)
    if len(content) > max_size:
        raise FileTooLarge(name=name, megabytes=f"{len(content) / MEGABYTE:.1f}", limit=max_size // MEGABYTE)
    media_type = media_type_of(content)
    if media_type not in allowed:
        raise WrongType(name=name, media_type=media_type)
    return media_type


def store(content: bytes, *, media_type: str) -> StoredFile:
    """Keep the bytes, once. The file is on disk before the row is committed; a row without its file cannot happen."""
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if not path.exists():
        _write(path, content)
    stored, _created = StoredFile.objects.get_or_create(
        sha256=digest, defaults={"size": len(content), "media_type": media_type}
    )
    return stored


def keep(source: Path, *, media_type: str) -> StoredFile:
    """Keep a file written elsewhere on the same disk, once, without reading it into memory. It is moved away."""
    with source.open("rb+") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    size, path = source.stat().st_size, path_of(digest)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    source.replace(path)  # the same bytes, should they be there already
    _settle(path.parent)
    stored, _created = StoredFile.objects.get_or_create(
        sha256=digest, defaults={"size": size, "media_type": media_type}
    )
    return stored


def path_of(sha256: str) -> Path:
    return Path(settings.FILES_ROOT) / sha256[:2] / sha256[2:4] / sha256


def read(stored: StoredFile) -> bytes:
    return path_of(stored.sha256).read_bytes()


def response(stored: StoredFile, *, name: str, inline: bool = False) -> HttpResponseBase:
    """Send the bytes to a viewer who has been checked. Sandboxed, so that a file can never act as a page of ours."""
    inline = inline and stored.media_type in SHOWN_INLINE
    answer = FileResponse(path_of(stored.sha256).open("rb"), content_type=stored.media_type)
    answer["Content-Disposition"] = f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}"
    answer["Content-Length"] = str(stored.size)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    if not inline:
        answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
        _settle(path.parent)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _settle(folder: Path) -> None:
    """The name, too, is on disk before the row is committed: a power cut must not leave a row without its file."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
