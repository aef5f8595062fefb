"""Idempotency: the same key is answered once, whatever happens in between.

The answer is written at the end of the transaction that did the work, so a crash leaves no half-done key behind. A
parallel repeat waits on the unique index, fails, and is given the stored answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from common.errors import BusinessError
from common.models import IdempotentAnswer


class KeyReused(BusinessError):
    code = "idempotency_key_reused"
    status = 422
    wording = _("The key “%(key)s” was used before with other content. Send a new key for a new request.")


class Repeated(Exception):
    """Raised by `keep` when somebody else with the same key was faster; roll back and return `stored_answer`."""


def body_hash(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def stored_answer(*, source: str, key: str, digest: str) -> Any | None:
    """What was answered to this key, or None. Raises KeyReused when the content differs."""
    row = IdempotentAnswer.objects.filter(source=source, key=key).first()
    if row is None:
        return None
    if row.body_hash != digest:
        raise KeyReused(key=key)
    return row.answer


def answered(*, source: str, key: str) -> Any | None:
    """What was answered to this key, whatever it was sent with; None when it was not used yet."""
    return IdempotentAnswer.objects.filter(source=source, key=key).values_list("answer", flat=True).first()


def keep(*, source: str, key: str, digest: str, answer: Any) -> None:
    """Write the answer as the last statement of the transaction. Raises Repeated."""
    try:
        IdempotentAnswer.objects.create(source=source, key=key, body_hash=digest, answer=answer)
    except IntegrityError as error:
        raise Repeated(key) from error
