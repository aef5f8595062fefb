"""The working days of 远山集团: things happen on weekdays between nine and six, Shanghai time."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
OPENS, CLOSES = time(9), time(18)


def later(rng: Random, at: datetime, *, hours: float) -> datetime:
    """Some time after `at`, about so many hours of the clock, moved into the next working hour."""
    return working(at + timedelta(hours=hours * rng.uniform(0.3, 1.7), minutes=1))


def working(at: datetime) -> datetime:
    """`at` itself during working hours; else the same minute of the next working morning."""
    local = at.astimezone(SHANGHAI)
    if local.timetz().replace(tzinfo=None) >= CLOSES:
        local = (local + timedelta(days=1)).replace(hour=OPENS.hour)
    elif local.hour < OPENS.hour:
        local = local.replace(hour=OPENS.hour)
    while local.weekday() >= 5:
        local = (local + timedelta(days=1)).replace(hour=OPENS.hour)
    return local
