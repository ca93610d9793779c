"""Times before and after an anchor that are safe to print: never too few real hours, never a time the clock does not show once.

CLINICAL §3.6. Adding to an aware datetime moves its hands on the wall clock, not the time that passes, so both are reckoned.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, time, timedelta, tzinfo
from decimal import Decimal

_MINUTE = timedelta(minutes=1)


def last_allowed(anchor: datetime, hours: float | Decimal, step: int = 15) -> datetime:
    """The last moment something is still allowed, `hours` before `anchor`.

    Both readings of "hours before" hold: elapsed time and the clock on the wall; the earlier one wins, rounded down to
    `step` minutes, and never falls in an hour that a clock change skips or repeats, nor at midnight: that is 23:59 of the day
    before. `anchor` is aware, in the clinic's zone; the result is in the same zone. Raises ValueError for a naive anchor.
    """
    zone, elapsed, wall = _readings(anchor, -_hours(hours))
    found = _rounded_down(min(elapsed, wall), _step(step))
    while True:
        if found.time() == time.min:
            found -= _MINUTE
        if is_unambiguous(found, zone):
            return found.replace(tzinfo=zone)
        found = _rounded_down(found - _MINUTE, step)


def first_allowed(anchor: datetime, hours: float | Decimal, step: int = 15) -> datetime:
    """The first moment something is allowed again, `hours` after `anchor`.

    As `last_allowed`, to the other side: the later reading, rounded up, moved on out of hours that the clock skips or
    repeats; at midnight, `step` minutes later. Raises ValueError for a naive anchor.
    """
    zone, elapsed, wall = _readings(anchor, _hours(hours))
    found = _rounded_up(max(elapsed, wall), _step(step))
    while found.time() == time.min or not is_unambiguous(found, zone):
        found += timedelta(minutes=step)
    return found.replace(tzinfo=zone)


def ended(anchor: datetime, minutes: float) -> datetime:
    """When something that begins at `anchor` and takes `minutes` of real time is over, in the anchor's zone.

    Raises ValueError for a naive anchor.
    """
    zone = _zone(anchor)
    return (anchor.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(zone)


def is_unambiguous(naive: datetime, zone: tzinfo) -> bool:
    """Whether the clocks of `zone` show `naive` exactly once: in no hour that a change skips or repeats."""
    return zone.utcoffset(naive.replace(tzinfo=zone, fold=0)) == zone.utcoffset(naive.replace(tzinfo=zone, fold=1))


def _readings(anchor: datetime, away: timedelta) -> tuple[tzinfo, datetime, datetime]:
    """The anchor's zone, and what its clocks show `away` from `anchor`: by time that passes, and by their hands."""
    zone = _zone(anchor)
    elapsed = (anchor.astimezone(UTC) + away).astimezone(zone)
    return zone, elapsed.replace(tzinfo=None, fold=0), anchor.replace(tzinfo=None, fold=0) + away


def _zone(anchor: datetime) -> tzinfo:
    if anchor.tzinfo is None or anchor.utcoffset() is None:
        raise ValueError(f"{anchor} has no time zone")
    return anchor.tzinfo


def _hours(hours: float | Decimal) -> timedelta:
    """`hours` as time, to the microsecond. Raises ValueError for fewer than none, and for what is no number."""
    if not math.isfinite(hours) or hours < 0:
        raise ValueError(f"{hours} hours cannot be counted")
    return timedelta(hours=float(hours))


def _step(step: int) -> int:
    if step < 1 or 1440 % step:
        raise ValueError(f"a day is not a number of steps of {step} minutes")
    return step


def _rounded_down(naive: datetime, step: int) -> datetime:
    over = timedelta(
        minutes=(naive.hour * 60 + naive.minute) % step, seconds=naive.second, microseconds=naive.microsecond
    )
    return naive - over


def _rounded_up(naive: datetime, step: int) -> datetime:
    down = _rounded_down(naive, step)
    return down if down == naive else down + timedelta(minutes=step)
