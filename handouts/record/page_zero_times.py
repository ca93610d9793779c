"""Every time that a packet prints → the arithmetic it comes from, written out (CLINICAL §3.6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple, cast

from handouts.content.times import Reckoning
from handouts.record.page_zero_sheet import Mood, Note, Row, Section, Table
from handouts.record.page_zero_subject import Subject, day, medicine_in_short, moment, short_moment

_STOPS = {
    "fast_fatty_meal_h": "full or fatty meal",
    "fast_light_meal_h": "light meal",
    "fast_clear_liquid_h": "clear drinks",
    "fast_alcohol_h": "alcohol",
    "fast_cannabis_h": "cannabis",
}
_AGAIN = {
    "drive_ban_h": "driving",
    "decision_ban_h": "decisions",
    "alcohol_after_h": "alcohol",
    "cns_depressant_after_h": "sedatives",
    "stay_with_h": "being alone",
}
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class _Time(NamedTuple):
    """A time with what it is for, how it came about, and whether it is one to stop something."""

    what: str
    result: datetime
    steps: str
    stops: bool


def times(subject: Subject) -> Section:
    """The times, each with its arithmetic, and whether it was past when the packet was made; times that are alike are one row."""
    merged: dict[tuple[datetime, str, bool], list[str]] = {}
    for each in _times(subject):
        merged.setdefault((each.result, each.steps, each.stops), []).append(each.what)
    rows: list[Row] = []
    for (result, steps, stops), what in merged.items():
        state, mood = _state(subject, result) if stops else ("", "")
        rows.append(Row((_together(what), steps, clock(result, subject.case.day), state), mood))
    table = Table(("Time", "How it is reckoned", "Printed", "State"), (24, 52, 16, 8), tuple(rows))
    zone = subject.clinic.locations[subject.appointment.location].time_zone
    return Section("times", f"Times, by the clock of {zone}", (table, *_notes(subject)), first=True)


def _together(what: list[str]) -> str:
    first, *others = what
    lead, _, name = first.partition(": ")
    return f"{lead}: {', '.join([name, *(each.partition(': ')[2] for each in others)])}" if others else first


def _times(subject: Subject) -> Iterator[_Time]:
    case, appointment = subject.case, subject.appointment
    reckoned = case.arrival_reckoned
    start = clock(appointment.start, case.day)
    if reckoned:
        yield _Time("Arrival", case.arrival, steps_of(reckoned, "start", f"{case.early} min"), stops=False)
    else:
        yield _Time("Arrival", case.arrival, f"the start, {start}", stops=False)
    anchor = "start" if case.anchor is appointment.start and reckoned else "arrival"
    for key, what in _STOPS.items():
        found = case.until_reckoned(key)
        yield _Time(f"Last: {what}", found.result, steps_of(found, anchor), stops=True)
    for number, medicine in enumerate(appointment.medicines or (), 1):
        if found := case.not_after_reckoned(medicine):
            what = f"Last: medicine {number}, {medicine_in_short(medicine)}"
            yield _Time(what, found.result, steps_of(found, anchor), stops=True)
    whole = f"{appointment.duration_minutes} min + {case.whole_minutes - appointment.duration_minutes} min"
    yield _Time("Ready to leave", case.ready_to_leave, steps_of(case.ready_reckoned, "start", whole), stops=False)
    for key, what in _AGAIN.items():
        found = case.again_reckoned(key)
        yield _Time(f"Again: {what}", found.result, steps_of(found, "end"), stops=False)


def _notes(subject: Subject) -> Iterator[Note]:
    """What is reckoned in days, and what is not printed as a time of its own."""
    case, blanks = subject.case, subject.blanks
    drive, until = cast("date", blanks["drive_day"].value), cast("date", blanks["consent_until"].value)
    days = f"made {day(case.now.date())} + {case.minutes('consent_valid_days')} days, at the least the day itself"
    ended = f"End with recovery {clock(case.end, case.day)}; arrival to leaving {blanks['visit_length'].value} min"
    yield Note(f"{ended}. No driving on the day, nor before {day(drive)}. Consent good until {day(until)} ({days}).")
    if there := case.patient_arrival:
        zone = subject.appointment.patient.time_zone
        yield Note(f"Arrival by the patient's clock ({zone}): {moment(there)}, printed beside it.")


def _state(subject: Subject, stop: datetime) -> tuple[str, Mood]:
    """Whether a time to stop something was ahead when the packet was made, and still is."""
    if subject.case.passed(stop):
        return "PAST", "warns"
    if subject.now >= stop:
        return "passed since", "blocks"
    return "ahead", ""


def steps_of(reckoned: Reckoning, anchor: str, amount: str = "") -> str:
    """The arithmetic of one time: "arrival Tue 12:00 − 6 h = Tue 06:00, no clock change"."""
    sign, side, way = ("−", "earlier", "down") if reckoned.before else ("+", "later", "up")
    of_anchor = reckoned.anchor.date()

    def at(shown: datetime) -> str:
        return clock(shown, of_anchor)

    taken, rounded = _shown(reckoned.taken), _shown(reckoned.rounded)
    said = f"{anchor} {at(reckoned.anchor)} {sign} {amount or f'{float(reckoned.hours):g} h'} = "
    if _shown(reckoned.elapsed) == _shown(reckoned.wall):
        said += at(taken) if reckoned.changed else f"{at(taken)}, no clock change"
    else:
        said += f"{at(reckoned.elapsed)} in hours that pass, {at(reckoned.wall)} by the clock, which changes"
        said += f"; the {side}: {at(taken)}"
    if rounded != taken:
        said += f"; rounded {way} to {reckoned.step} min: {at(rounded)}"
    if reckoned.changed:
        said += "; out of the hour that the clock skips or repeats"
    if reckoned.midnight:
        said += "; never midnight"
    if _shown(reckoned.result) != rounded:
        said += f": {at(reckoned.result)}"
    return said


def _shown(moment: datetime) -> datetime:
    """What the clock shows."""
    return moment.replace(tzinfo=None)


def clock(shown: datetime, on: date) -> str:
    """A time on its clock with the day of the week, and with the date too where it is another day than `on`."""
    return f"{_WEEKDAYS[shown.weekday()]} {shown:%H:%M}" if shown.date() == on else short_moment(shown)
