"""Times before and after: the table of CLINICAL §3.6, and the brute force over the zones of the world."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handouts.content.times import (
    ended,
    first_allowed,
    is_unambiguous,
    last_allowed,
    reckoned_after,
    reckoned_before,
)
from handouts.settings.zones import zone

ZONES = (
    "America/New_York",
    "America/Phoenix",
    "America/Havana",  # changes at midnight
    "Asia/Beirut",  # changes at midnight
    "Africa/Cairo",  # changes at midnight, on Fridays
    "Australia/Lord_Howe",  # by half an hour
    "Pacific/Apia",
    "America/St_Johns",  # three and a half hours from UTC
    "America/Scoresbysund",  # changes at midnight, and west of its meridian
    "Europe/London",
    "America/Santiago",  # changes at midnight, in the other half of the year
    "Asia/Kathmandu",  # five and three quarters
)
NEW_YORK = zone("America/New_York")
MINUTES = (0, 7, 30, 45)
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


def new_york(*parts):
    return datetime(*parts, tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("anchor", "hours", "expected"),
    [
        ((2026, 3, 3, 12), 2, (2026, 3, 3, 10)),
        ((2026, 3, 3, 12), 6, (2026, 3, 3, 6)),
        ((2026, 3, 3, 12), 8, (2026, 3, 3, 4)),
        ((2026, 3, 3, 8), 2, (2026, 3, 3, 6)),
        ((2026, 3, 3, 8), 6, (2026, 3, 3, 2)),
        ((2026, 3, 3, 8), 8, (2026, 3, 2, 23, 59)),
        ((2026, 3, 3, 7, 40), 2, (2026, 3, 3, 5, 30)),
        ((2026, 3, 3, 7, 40), 6, (2026, 3, 3, 1, 30)),
        ((2026, 3, 3, 7, 40), 8, (2026, 3, 2, 23, 30)),
        ((2026, 3, 8, 8), 2, (2026, 3, 8, 6)),
        ((2026, 3, 8, 8), 6, (2026, 3, 8, 1)),
        ((2026, 3, 8, 8), 8, (2026, 3, 7, 23)),
        ((2026, 11, 1, 8), 2, (2026, 11, 1, 6)),
        ((2026, 11, 1, 8), 6, (2026, 11, 1, 2)),
        ((2026, 11, 1, 8), 8, (2026, 10, 31, 23, 59)),
        ((2026, 11, 1, 9, 30), 2, (2026, 11, 1, 7, 30)),
        ((2026, 11, 1, 9, 30), 6, (2026, 11, 1, 3, 30)),
        ((2026, 11, 1, 9, 30), 8, (2026, 11, 1, 0, 45)),
        ((2028, 3, 1, 6), 8, (2028, 2, 29, 22)),
    ],
)
def test_the_last_moment_before(anchor, hours, expected):
    assert last_allowed(new_york(*anchor), hours) == new_york(*expected)


@pytest.mark.parametrize(
    ("anchor", "hours", "expected"),
    [
        ((2026, 3, 7, 10, 40), 24, (2026, 3, 8, 11, 45)),
        ((2026, 10, 31, 10, 40), 24, (2026, 11, 1, 10, 45)),
        ((2026, 3, 3, 12), 12, (2026, 3, 4, 0, 15)),
        ((2026, 3, 7, 2, 30), 24, (2026, 3, 8, 3, 30)),
        ((2026, 10, 31, 1, 10), 24, (2026, 11, 1, 2)),
    ],
)
def test_the_first_moment_after(anchor, hours, expected):
    assert first_allowed(new_york(*anchor), hours) == new_york(*expected)


def test_the_minute_before_midnight_may_be_repeated_too():
    havana = zone("America/Havana")  # at 1:00 on 1 November 2026 it is 0:00 again
    assert last_allowed(datetime(2026, 11, 1, 8, tzinfo=havana), 8) == datetime(2026, 10, 31, 23, 59, tzinfo=havana)
    cairo = zone("Africa/Cairo")  # at the end of Thursday 29 October 2026 it is 23:00 again
    found = last_allowed(datetime(2026, 10, 30, 8, tzinfo=cairo), 8)
    assert found == datetime(2026, 10, 29, 22, 45, tzinfo=cairo)


def test_hours_may_be_decimal_and_steps_other():
    assert last_allowed(new_york(2026, 3, 3, 12), Decimal("2.5")) == new_york(2026, 3, 3, 9, 30)
    assert last_allowed(new_york(2026, 3, 3, 12), 2.1) == new_york(2026, 3, 3, 9, 45)
    assert last_allowed(new_york(2026, 3, 3, 12, 0, 1), 2, step=1) == new_york(2026, 3, 3, 10)
    assert first_allowed(new_york(2026, 3, 3, 12, 0, 0, 1), 2, step=5) == new_york(2026, 3, 3, 14, 5)
    assert last_allowed(new_york(2026, 3, 3, 12), 0) == new_york(2026, 3, 3, 12)


@pytest.mark.parametrize("hours", [-1, float("nan"), float("inf"), Decimal("NaN"), Decimal("Infinity")])
def test_hours_that_cannot_be_counted_are_refused(hours):
    for reckoned in (last_allowed, first_allowed):
        with pytest.raises(ValueError, match="cannot be counted"):
            reckoned(new_york(2026, 3, 3, 12), hours)


def test_a_time_without_a_zone_is_refused():
    naive = datetime(2026, 3, 3, 12)  # noqa: DTZ001 - what is refused
    for reckoned in (last_allowed, first_allowed, ended):
        with pytest.raises(ValueError, match="no time zone"):
            reckoned(naive, 2)


@pytest.mark.parametrize("step", [0, -15, 7])
def test_a_step_that_does_not_fit_the_day_is_refused(step):
    with pytest.raises(ValueError, match="steps"):
        last_allowed(new_york(2026, 3, 3, 12), 2, step)


def test_what_takes_a_time_ends_after_that_much_real_time():
    assert ended(new_york(2026, 3, 8, 1, 30), 60) == new_york(2026, 3, 8, 3, 30)
    again = ended(new_york(2026, 11, 1, 1, 30), 60)
    assert (again.hour, again.minute, again.fold) == (1, 30, 1)
    assert again.tzinfo is NEW_YORK


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((2026, 3, 8, 1, 59), True),
        ((2026, 3, 8, 2), False),
        ((2026, 3, 8, 2, 59), False),
        ((2026, 3, 8, 3), True),
        ((2026, 11, 1, 0, 59), True),
        ((2026, 11, 1, 1), False),
        ((2026, 11, 1, 1, 59), False),
        ((2026, 11, 1, 2), True),
    ],
)
def test_missing_and_repeated_times_are_known(parts, expected):
    assert is_unambiguous(datetime(*parts, tzinfo=NEW_YORK)) is expected


def check(anchor):
    """Never fewer real hours or hours on the wall than asked, never a time the clock does not show once, never midnight."""
    place, instant, wall = anchor.tzinfo, anchor.astimezone(UTC), anchor.replace(tzinfo=None)
    for hours in (2, 6, 8):
        away = timedelta(hours=hours)
        found = last_allowed(anchor, hours)
        shown = found.replace(tzinfo=None)
        assert instant - found.astimezone(UTC) >= away, (anchor, hours, found)
        assert wall - shown >= away, (anchor, hours, found)
        assert is_unambiguous(shown.replace(tzinfo=place)), (anchor, hours, found)
        assert shown.minute % 15 == 0 or shown.time() == time(23, 59), (anchor, hours, found)
        assert shown.time() != time.min
        assert wall - shown <= away + timedelta(hours=2, minutes=30), (anchor, hours, found)
    found = first_allowed(anchor, 24)
    shown = found.replace(tzinfo=None)
    assert found.astimezone(UTC) - instant >= timedelta(hours=24), (anchor, found)
    assert shown - wall >= timedelta(hours=24), (anchor, found)
    assert is_unambiguous(shown.replace(tzinfo=place)), (anchor, found)
    assert shown.minute % 15 == 0
    assert shown.time() != time.min
    assert shown - wall <= timedelta(hours=26, minutes=30), (anchor, found)


def anchors(name):
    """Every hour of 2026 that the clocks of a zone show, with four minutes each."""
    place = zone(name)
    for hour in range(366 * 24 + 24):
        for minute in MINUTES:
            yield (BEGINNING + timedelta(hours=hour - 24, minutes=minute)).astimezone(place)


@given(st.sampled_from(ZONES), st.integers(0, 365 * 24 * 60))
def test_no_time_is_unsafe(name, minutes):
    check((BEGINNING + timedelta(minutes=minutes)).astimezone(zone(name)))


@pytest.mark.parametrize("name", ZONES)
def test_no_time_near_a_change_of_the_clock_is_unsafe(name):
    place = zone(name)
    hours = [BEGINNING + timedelta(hours=hour) for hour in range(365 * 24)]
    changes = [
        h for h in hours if h.astimezone(place).utcoffset() != (h + timedelta(hours=1)).astimezone(place).utcoffset()
    ]
    for change in changes:
        for quarter in range(-30 * 4, 30 * 4):
            check((change + timedelta(minutes=15 * quarter + 7)).astimezone(place))
            check((change + timedelta(minutes=15 * quarter)).astimezone(place))


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ZONES)
def test_no_time_of_the_year_is_unsafe(name):
    for anchor in anchors(name):
        check(anchor)


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001 - the zone comes after
    st.sampled_from((0, 0.5, 2, 6, 8, 24, 36, 168)),
    st.sampled_from((1, 5, 15)),
)
def test_the_steps_lead_from_the_anchor_to_the_result_and_only_to_the_safe_side(name, wall, hours, step):
    anchor = wall.replace(second=0, microsecond=0, tzinfo=zone(name))
    before, after = reckoned_before(anchor, hours, step), reckoned_after(anchor, hours, step)
    assert before.result == last_allowed(anchor, hours, step)
    assert after.result == first_allowed(anchor, hours, step)
    for found in (before, after):
        elapsed = abs(found.elapsed.astimezone(UTC) - anchor.astimezone(UTC))
        assert found.wall.replace(tzinfo=None) == wall_of(anchor, hours, before=found.before)
        assert not is_unambiguous(found.elapsed) or elapsed == timedelta(hours=hours)
        assert found.taken in (found.elapsed, found.wall)
        shown = [moment.replace(tzinfo=None) for moment in (found.taken, found.rounded, found.result)]
        assert shown == sorted(shown, reverse=found.before)
        assert (found.rounded.hour * 60 + found.rounded.minute) % step == 0
        moved = shown[1] != shown[2]
        assert moved == (found.changed or found.midnight)
        at_midnight = not (found.rounded.hour or found.rounded.minute)
        assert found.midnight or not at_midnight
        assert found.changed or is_unambiguous(found.rounded) or at_midnight


def wall_of(anchor, hours, *, before):
    plain = anchor.replace(tzinfo=None)
    return plain - timedelta(hours=hours) if before else plain + timedelta(hours=hours)
