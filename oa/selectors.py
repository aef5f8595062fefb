"""What administrators of connections see: how each receiver does, and the log of deliveries."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from common import keyset
from directory import rights
from directory.models import Company, Employee
from oa import circuit
from oa.models import Delivery, Subscription

PAGE = 50
WINDOW, BUCKETS = timedelta(hours=1), 20  # of the little curve: three minutes a point
LATE = timedelta(minutes=1)  # an event that waits longer makes its receiver "late"
NORMAL, LATELY, OPEN, PAUSED, GONE = "normal", "late", "open", "paused", "gone"

# Of each receiver: how many wait and since when, how many are given up, how many arrived today, when the last one did.
COUNTS = """
SELECT s.id, coalesce(o.waiting, 0), coalesce(o.retrying, 0), coalesce(o.dead, 0), o.oldest,
       (SELECT count(*) FROM oa_delivery d WHERE d.subscription_id = s.id AND d.delivered_at >= %(today)s::timestamptz),
       (SELECT max(delivered_at) FROM oa_delivery d WHERE d.subscription_id = s.id)
  FROM unnest(%(ids)s::bigint[]) AS s(id)
  LEFT JOIN (SELECT subscription_id,
                    count(*) FILTER (WHERE state = 'waiting') AS waiting,
                    count(*) FILTER (WHERE state = 'retrying') AS retrying,
                    count(*) FILTER (WHERE state = 'dead') AS dead,
                    min(created_at) FILTER (WHERE state IN ('waiting', 'retrying')) AS oldest
               FROM oa_delivery
              WHERE company_id = ANY(%(companies)s::bigint[]) AND state <> 'delivered' AND state <> 'skipped'
              GROUP BY subscription_id) o ON o.subscription_id = s.id
"""

# Seconds from the event to its arrival: 95 of 100 are quicker; of the last hour as a whole (bucket empty) and by parts.
TIMES = """
SELECT subscription_id, bucket, percentile_disc(0.95) WITHIN GROUP (ORDER BY seconds)::float8
  FROM (SELECT subscription_id, extract(epoch FROM delivered_at - created_at) AS seconds,
               least(floor(extract(epoch FROM delivered_at - %(start)s::timestamptz) / %(width)s::float8)::int,
                     %(last)s::int) AS bucket
          FROM oa_delivery
         WHERE subscription_id = ANY(%(ids)s::bigint[]) AND delivered_at >= %(start)s::timestamptz) d
 GROUP BY GROUPING SETS ((subscription_id), (subscription_id, bucket))
"""


@dataclass(frozen=True, slots=True)
class Health:
    """How one receiver does. Times in seconds from the event to its arrival."""

    receiver: Subscription
    state: str
    waiting: int
    retrying: int
    dead: int
    delivered_today: int
    last_heard: datetime | None
    p95: float | None
    times: Sequence[float]

    @property
    def queued(self) -> int:
        return self.waiting + self.retrying

    @property
    def curve(self) -> str:
        """The points of the polyline in a box of 120 × 28, on a scale from 0 to 50 seconds."""
        step = 120 / (BUCKETS - 1)
        points = ((place * step, 26 - min(value, 50) / 50 * 24) for place, value in enumerate(self.times))
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def receivers(viewer: Employee) -> QuerySet[Subscription]:
    """The receivers of the companies whose connections the viewer manages."""
    return Subscription.objects.filter(rights.companies_with(viewer, rights.MANAGE_CONNECTIONS), ended_at=None)


def deliveries(viewer: Employee) -> QuerySet[Delivery]:
    """Everything that was or is to be delivered there, to receivers that were ended too."""
    return Delivery.objects.filter(rights.companies_with(viewer, rights.MANAGE_CONNECTIONS))


def companies(viewer: Employee) -> list[Company]:
    """Those whose connections the viewer manages."""
    every = Company.objects.filter(active=True)
    return [company for company in every if rights.can(viewer, rights.MANAGE_CONNECTIONS, company.pk)]


def health(receivers: Sequence[Subscription], *, at: datetime, today: datetime) -> list[Health]:
    """How the receivers do now; `today` is when the day began."""
    if not receivers:
        return []
    ids = [receiver.pk for receiver in receivers]
    start = at - WINDOW
    parameters: dict[str, Any] = {
        "ids": ids,
        "companies": [receiver.company_id for receiver in receivers],
        "today": today,
        "start": start,
        "last": BUCKETS - 1,
        "width": WINDOW.total_seconds() / BUCKETS,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, parameters)
        counts = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(TIMES, parameters)
        times: dict[tuple[int, int | None], float] = {(row[0], row[1]): row[2] for row in cursor.fetchall()}
    return [_health(receiver, counts[receiver.pk], times, at=at) for receiver in receivers]


def _health(
    receiver: Subscription, counts: Sequence[Any], times: dict[tuple[int, int | None], float], *, at: datetime
) -> Health:
    waiting, retrying, dead, oldest, delivered_today, last_heard = counts
    return Health(
        receiver=receiver,
        state=state_of(receiver, oldest=oldest, at=at),
        waiting=waiting,
        retrying=retrying,
        dead=dead,
        delivered_today=delivered_today,
        last_heard=last_heard,
        p95=times.get((receiver.pk, None)),
        times=[times.get((receiver.pk, bucket), 0.0) for bucket in range(BUCKETS)],
    )


def state_of(receiver: Subscription, *, oldest: datetime | None, at: datetime) -> str:
    if receiver.gone:
        return GONE
    if not receiver.active:
        return PAUSED
    if receiver.failures >= circuit.OPENS_AFTER:
        return OPEN
    asked_to_wait = receiver.waits_until is not None and receiver.waits_until > at
    return LATELY if asked_to_wait or (oldest is not None and at - oldest > LATE) else NORMAL


CHIPS = {
    "waiting": [Delivery.State.WAITING],
    "retrying": [Delivery.State.RETRYING],
    "dead": [Delivery.State.DEAD],
}


def log(
    viewer: Employee, *, chip: str = "", receiver: Subscription | None = None, cursor: str = ""
) -> tuple[list[Delivery], str]:
    """Deliveries, the latest first, and the cursor of what follows. Bodies are left out."""
    rows = deliveries(viewer).select_related("subscription", "company").defer("body")
    if receiver is not None:
        rows = rows.filter(subscription=receiver)
    if chip in CHIPS:
        rows = rows.filter(state__in=CHIPS[chip])
    return keyset.page(rows, ("-id",), after=cursor, limit=PAGE)


def seconds(value: float | None) -> str:
    """1.2, 48: with one decimal below ten."""
    if value is None:
        return ""
    return f"{value:.1f}" if value < 10 else f"{math.floor(value)}"
