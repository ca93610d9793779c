"""Times before and after an anchor that are safe to print: never too few real hours, never a time the clock does not show once.

Each comes with the steps it was reckoned in, so that a clinician can read them. CLINICAL §3.6. Adding to an aware datetime moves its hands on the wall clock, not the time that passes, so both are reckoned.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import NamedTuple

from handouts.memory import remembered

_MINUTE = timedelta(minutes=1)
_NONE = timedelta()


class Reckoning(NamedTuple):
    """How a time came about: `hours` before `anchor` (or after it), in the order of the steps.

    `elapsed` and `wall` are the two readings, by time that passes and by the hands of the clock; `rounded` is the safe one of
    them, in whole steps of `step` minutes; `result` is what is printed. `changed` says that `rounded` fell in an hour that a
    change of the clock skips or repeats, `midnight` that it fell on midnight.
    """

    anchor: datetime
    hours: float | Decimal
    before: bool
    step: int
    elapsed: datetime
    wall: datetime
    rounded: datetime
    result: datetime
    changed: bool
    midnight: bool

    @property
    def taken(self) -> datetime:
        """The reading that is the safe one: the earlier before an anchor, the later after it."""
        return (min if self.before else max)(self.elapsed, self.wall)


def last_allowed(anchor: datetime, hours: float | Decimal, step: int = 15) -> datetime:
    """The last moment something is still allowed, `hours` before `anchor`: the result of `reckoned_before`."""
    return reckoned_before(anchor, hours, step).result


def first_allowed(anchor: datetime, hours: float | Decimal, step: int = 15) -> datetime:
    """The first moment something is allowed again, `hours` after `anchor`: the result of `reckoned_after`."""
    return reckoned_after(anchor, hours, step).result


def reckoned_before(anchor: datetime, hours: float | Decimal, step: int = 15) -> Reckoning:
    """How the last moment comes about at which something is still allowed, `hours` before `anchor`.

    Both readings of "hours before" hold: elapsed time and the clock on the wall; the earlier one wins, rounded down to
    `step` minutes, and never falls in an hour that a clock change skips or repeats, nor at midnight: that is 23:59 of the day
    before. `anchor` is aware, in the clinic's zone; the result is in the same zone. Raises ValueError for a naive anchor.
    """
    elapsed, wall = _readings(anchor, -_hours(hours))
    rounded = found = _rounded_down(min(elapsed, wall), _step(step))
    changed = midnight = False
    while True:
        if not (found.hour or found.minute):
            found -= _MINUTE
            midnight = True
        if is_unambiguous(found):
            return Reckoning(anchor, hours, True, step, elapsed, wall, rounded, found, changed, midnight)
        changed = True
        found = _rounded_down(found - _MINUTE, step)


def reckoned_after(anchor: datetime, hours: float | Decimal, step: int = 15) -> Reckoning:
    """How the first moment comes about at which something is allowed again, `hours` after `anchor`.

    As `reckoned_before`, to the other side: the later reading, rounded up, moved on out of hours that the clock skips or
    repeats; at midnight, `step` minutes later. Raises ValueError for a naive anchor.
    """
    elapsed, wall = _readings(anchor, _hours(hours))
    rounded = found = _rounded_up(max(elapsed, wall), _step(step))
    changed = midnight = False
    while True:
        at_midnight, ambiguous = not (found.hour or found.minute), not is_unambiguous(found)
        if not (at_midnight or ambiguous):
            return Reckoning(anchor, hours, False, step, elapsed, wall, rounded, found, changed, midnight)
        midnight, changed = midnight or at_midnight, changed or ambiguous
        found += timedelta(minutes=step)


def ended(anchor: datetime, minutes: float) -> datetime:
    """When something that begins at `anchor` and takes `minutes` of real time is over, in the anchor's zone.

    Raises ValueError for a naive anchor.
    """
    away = timedelta(minutes=minutes)
    wall = anchor + away
    return wall if _run_alike(anchor, wall) else _elapsed(anchor, away)


def is_unambiguous(moment: datetime) -> bool:
    """Whether the clocks of its zone show the aware `moment` exactly once: in no hour that a change skips or repeats."""
    if _ahead(moment.tzinfo, moment.date()) is not None:
        return True
    return moment.utcoffset() == moment.replace(fold=1 - moment.fold).utcoffset()


def _readings(anchor: datetime, away: timedelta) -> tuple[datetime, datetime]:
    """What the clocks of the anchor's zone show `away` from `anchor`, by time that passes and by their hands.

    They are aware, and of two moments that the clocks show alike the earlier one: adding makes the fold 0.
    """
    wall = anchor + away
    return wall if _run_alike(anchor, wall) else _elapsed(anchor, away) + _NONE, wall


def _elapsed(anchor: datetime, away: timedelta) -> datetime:
    """What the clocks of the anchor's zone show when `away` has passed. Raises ValueError for a naive anchor."""
    if anchor.tzinfo is None or anchor.utcoffset() is None:
        raise ValueError(f"{anchor} has no time zone")
    return (anchor.astimezone(UTC) + away).astimezone(anchor.tzinfo)


def _run_alike(first: datetime, last: datetime) -> bool:
    """Whether the clocks of their zone are as far ahead on both days, all day long: then hands and time agree."""
    ahead = _ahead(first.tzinfo, first.date())
    return ahead is not None and ahead == _ahead(last.tzinfo, last.date())


@remembered(4096)
def _ahead(zone: tzinfo | None, day: date) -> timedelta | None:
    """How far the clocks of `zone` are ahead of UTC all through `day`; None where that changes on it, and for no zone."""
    hours = [datetime.combine(day, time(hour), zone) for hour in range(24)]
    moments = (*hours, datetime.combine(day, time.max, zone))
    found = {moment.replace(fold=fold).utcoffset() for moment in moments for fold in (0, 1)}
    return found.pop() if len(found) == 1 else None


@remembered(256)
def _hours(hours: float | Decimal) -> timedelta:
    """`hours` as time, to the microsecond. Raises ValueError for fewer than none, and for what is no number."""
    if not math.isfinite(hours) or hours < 0:
        raise ValueError(f"{hours} hours cannot be counted")
    return timedelta(hours=float(hours))


def _step(step: int) -> int:
    if step < 1 or 1440 % step:
        raise ValueError(f"a day is not a number of steps of {step} minutes")
    return step


def _rounded_down(shown: datetime, step: int) -> datetime:
    """`shown` or the step before it, by the hands of its clock."""
    over = (shown.hour * 60 + shown.minute) % step
    if not (over or shown.second or shown.microsecond):
        return shown
    return shown - timedelta(minutes=over, seconds=shown.second, microseconds=shown.microsecond)


def _rounded_up(shown: datetime, step: int) -> datetime:
    down = _rounded_down(shown, step)
    return down if down == shown else down + timedelta(minutes=step)
