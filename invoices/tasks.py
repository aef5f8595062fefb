"""The worker's part: files that the web process did not get read at once."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from common import outbox
from common.models import OutboxMessage
from invoices import services
from invoices.models import Upload
from invoices.readers.errors import ReaderUnavailable
from invoices.services.read import BeingRead

PAUSE = timedelta(seconds=5)  # a reader that was killed is back within a second or two
GIVE_UP_AFTER = timedelta(days=1)
MAX_FAILURES = 8  # faults of ours, with growing pauses: about twenty minutes


def read(message: OutboxMessage) -> None:
    """Read a received file until it has an outcome. A finished one is left alone, so repeats do no harm."""
    upload = Upload.objects.get(public_id=message.payload["subject"])
    now = timezone.now()
    try:
        services.read_upload(upload_id=upload.pk, at=now)
    except BeingRead as busy:
        raise outbox.Retry(str(busy), after=busy.left + timedelta(seconds=0.2)) from busy
    except ReaderUnavailable as error:
        if now - upload.received_at > GIVE_UP_AFTER:
            services.refuse(upload_id=upload.pk, code="reader_down", params={}, at=now)
            raise outbox.GiveUp("the reader was not running for a day") from error
        raise outbox.Retry(error.code, after=PAUSE) from error
    except Exception as error:
        if message.attempts >= MAX_FAILURES:
            services.refuse(upload_id=upload.pk, code="failed", params={}, at=now)
            raise outbox.GiveUp(f"{type(error).__name__}: {error}") from error
        raise
