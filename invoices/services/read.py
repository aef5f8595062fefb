"""Reading a received file: by the process that received it at once, else by a worker. Never inside a transaction."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from common import files
from common.errors import BusinessError
from common.models import StoredFile
from invoices.models import Upload
from invoices.readers import process
from invoices.readers.errors import ReaderCrashed, ReaderTookTooLong, ReaderUnavailable
from invoices.reading import FoundInvoice
from invoices.services.storing import refuse, store

log = logging.getLogger(__name__)

PATIENCE = 2.0  # seconds a web request waits for all its files together
QUEUE = 60.0  # seconds a worker waits for the files before its own
MARGIN = timedelta(seconds=5)  # to store what was read, before the claim on the file runs out
MAX_ATTEMPTS = 3  # a file that ends the reader three times is not read


class BeingRead(Exception):
    """Another process has taken the file; `left` until its claim ends."""

    def __init__(self, left: timedelta) -> None:
        super().__init__(f"being read for another {left.total_seconds():.1f} s")
        self.left = left


def read_now(*, upload_ids: Iterable[int], at: datetime, seconds: float = PATIENCE) -> None:
    """Read files just received, as far as `seconds` go. What is not done by then is left to a worker.

    Nothing that goes wrong here reaches the caller: the files are kept, and the worker tries again.
    """
    deadline = time.monotonic() + seconds
    for upload_id in upload_ids:
        left = deadline - time.monotonic()
        if left <= 0:
            Upload.objects.filter(pk=upload_id, state=Upload.State.WAITING).update(claimed_until=None)
            continue
        try:
            read_upload(upload_id=upload_id, at=at, seconds=left, first_turn=True)
        except BusinessError as error:
            log.info("upload %s is left to a worker: %s", upload_id, error.code)
        except Exception:
            log.exception("upload %s could not be read at once", upload_id)


def read_upload(
    *, upload_id: int, at: datetime, seconds: float = process.JOB_SECONDS, first_turn: bool = False
) -> Upload:
    """Read one file and keep what it says; a finished one is left alone. Opens its own transactions, one by one.

    `first_turn`: the caller received the file itself and may break the wait off; a worker's attempts count. Raises
    BeingRead, and ReaderUnavailable, ReaderTookTooLong or ReaderCrashed when it is worth trying again later.
    """
    queue = 0.0 if first_turn else QUEUE
    until = at + timedelta(seconds=seconds + queue) + MARGIN
    upload = _claim(upload_id, at=at, until=until, first_turn=first_turn)
    if upload.finished_at is not None:
        return upload
    assert upload.stored is not None
    try:
        found = _ask(upload.stored, upload.name, at, seconds, queue)
    except (ReaderUnavailable, ReaderTookTooLong, ReaderCrashed) as error:
        if first_turn or isinstance(error, ReaderUnavailable) or upload.attempts < MAX_ATTEMPTS:
            _give_back(upload_id, until)
            raise
        return refuse(upload_id=upload_id, code=error.code, params=error.params, at=timezone.now())
    except BusinessError as error:
        return refuse(upload_id=upload_id, code=error.code, params=error.params, at=timezone.now())
    except BaseException:
        _give_back(upload_id, until)
        raise
    return store(upload_id=upload_id, found=found, at=at)


def _ask(stored: StoredFile, name: str, at: datetime, seconds: float, queue: float) -> list[FoundInvoice]:
    today = timezone.localdate(at)
    return process.read_file(files.read(stored), name=name, today=today, timeout=seconds, patience=queue)


def _claim(upload_id: int, *, at: datetime, until: datetime, first_turn: bool) -> Upload:
    """Take the file, so that nobody else reads it meanwhile. Raises BeingRead."""
    free = Q(state=Upload.State.WAITING) if first_turn else Q(claimed_until=None) | Q(claimed_until__lte=at)
    Upload.objects.filter(free, pk=upload_id, finished_at=None).update(
        state=Upload.State.READING, claimed_until=until, attempts=F("attempts") + (0 if first_turn else 1)
    )
    upload = Upload.objects.select_related("stored").get(pk=upload_id)
    if upload.finished_at is None and upload.claimed_until != until:
        raise BeingRead((upload.claimed_until or at) - at)
    return upload


def _give_back(upload_id: int, until: datetime) -> None:
    """Let the next one try, unless somebody took the file already because this claim had run out."""
    mine = Upload.objects.filter(pk=upload_id, finished_at=None, claimed_until=until)
    mine.update(state=Upload.State.WAITING, claimed_until=None)
