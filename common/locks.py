"""Waiting for rows that somebody else holds: not for long, and with an answer a person understands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection
from django.utils.translation import gettext_lazy as _
from psycopg import errors

from common.errors import BusinessError

PATIENCE = 3000  # milliseconds one statement waits for a lock


class Busy(BusinessError):
    code = "busy"
    status = 503
    wording = _(
        "Somebody else is working on the same document at this moment. Nothing was changed; try again in a few seconds."
    )


@contextmanager
def busy_if_blocked() -> Iterator[None]:
    """Put around a transaction: a lock not got in time, or given up because of a deadlock, becomes Busy."""
    try:
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, errors.LockNotAvailable | errors.DeadlockDetected):
            raise Busy from error
        raise


def limit_waiting() -> None:
    """Let the statements of this transaction wait at most PATIENCE each. Call first inside the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{PATIENCE}ms"])
