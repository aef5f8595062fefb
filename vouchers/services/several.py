"""The same for several vouchers at once: one transaction each, so that one that fails holds up none of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from common.errors import BusinessError
from directory.models import Employee
from vouchers.models import Voucher
from vouchers.services.drafting import redraft
from vouchers.services.finishing import post


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one voucher: done, or the error that kept it as it was."""

    voucher_id: UUID
    voucher: Voucher | None = None
    error: BusinessError | None = None


class Act(Protocol):
    def __call__(self, *, voucher_id: UUID, actor: Employee, version: int, at: datetime) -> Voucher: ...


def post_several(*, chosen: Sequence[tuple[UUID, int]], actor: Employee, at: datetime) -> list[Outcome]:
    """Post drafts, given as (public id, version seen), in the order given: that of their numbers."""
    return [_try(post, voucher_id, version, actor, at) for voucher_id, version in chosen]


def redraft_several(*, chosen: Sequence[tuple[UUID, int]], actor: Employee, at: datetime) -> list[Outcome]:
    """Draft several again after something missing was added for all of them."""
    return [_try(redraft, voucher_id, version, actor, at) for voucher_id, version in chosen]


def _try(act: Act, voucher_id: UUID, version: int, actor: Employee, at: datetime) -> Outcome:
    try:
        return Outcome(voucher_id, voucher=act(voucher_id=voucher_id, actor=actor, version=version, at=at))
    except BusinessError as error:
        return Outcome(voucher_id, error=error)
