"""The start as a schedule gives it → a moment that the clock there shows once, still ahead, on an open day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from handouts.appointment.premises import Premises, Wrong, refusal
from handouts.appointment.values import plain_text, two_readings

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_START = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?", re.ASCII)


def clock_reading(value: object, premises: Premises | None) -> datetime:
    """The date and time that a text gives, with its offset if it has one."""
    text = plain_text(value)
    if premises and premises.start_format:
        try:
            return datetime.strptime(text, premises.start_format)  # noqa: DTZ007 - the zone is the location's
        except ValueError:
            pass
    remedy = "Write 2026-03-04T08:00, or set start_format in clinic.toml."
    try:
        if match := _START.fullmatch(text):
            return datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3] or ''}")
    except ValueError:
        raise refusal(Wrong("is a day or time that does not exist.", remedy)) from None
    raise refusal(Wrong(two_readings(text) or "is not a date and time.", remedy))


def zoned(given: datetime, zone: ZoneInfo) -> datetime:
    """`given` on the wall clock of `zone`: a time that this clock shows exactly once (CLINICAL §3.6)."""
    wall = given.replace(tzinfo=None, fold=0)
    if not 2000 <= wall.year <= 2199:
        raise refusal(Wrong(f"is in the year {wall.year}.", "Correct the year."))
    earlier, later = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    before, after = earlier.utcoffset() or timedelta(), later.utcoffset() or timedelta()
    change = f"on that day the clocks of {zone.key} go {{}} by {abs(after - before) // timedelta(minutes=1)} minutes"
    remedy = "Choose a start before or after the change."
    if before < after:
        raise refusal(Wrong(f"does not exist: {change.format('forward')} and leave it out.", remedy))
    if before > after:
        both = f"and show it twice, at {_offset(earlier)} and at {_offset(later)}"
        raise refusal(Wrong(f"happens twice: {change.format('back')} {both}.", remedy))
    if given.tzinfo is not None and given.utcoffset() != before:
        problem = f"has the offset {_offset(given)}, but {zone.key} is at {_offset(earlier)} then."
        raise refusal(Wrong(problem, f"Write the clock at the location, without offset or with {_offset(earlier)}."))
    return earlier


def untimely(start: datetime, location: str, premises: Premises, opening_days_hold: bool) -> Iterable[Wrong]:
    """What is wrong with `start` at this moment and, if `opening_days_hold`, on this weekday."""
    if start.astimezone(UTC) < premises.now.astimezone(UTC):
        yield Wrong(
            f"has passed: it is {premises.now.astimezone(start.tzinfo).isoformat(timespec='minutes')}.",
            "Give the new start.",
        )
    weekday = WEEKDAYS[start.weekday()]
    open_days = premises.open_days.get(location)
    if opening_days_hold and open_days is not None and weekday not in open_days:
        days = ", ".join(day for day in WEEKDAYS if day in open_days)
        problem = f'is a day ({weekday}) on which "{location}" is closed; it opens {days}.'
        yield Wrong(problem, "Choose another day, or set outside_opening_days to yes.")


def _offset(moment: datetime) -> str:
    return moment.isoformat()[-6:]
