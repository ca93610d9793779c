"""Case → blanks, and a blank → the text that is printed for it, by Babel with Gregorian dates and Latin digits."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast

import phonenumbers
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, get_timezone_name
from babel.numbers import format_decimal
from babel.units import format_unit

from handouts.content import cldr, haitian
from handouts.content.case import Case
from handouts.content.catalog import Catalog
from handouts.content.procedure import BlankType
from handouts.content.words import NOON, TERM, TERMS, TIME_OF_DAY
from handouts.errors import CatalogError, Fault

NO_BREAK = str.maketrans({" ": "\u00a0", "\u202f": "\u00a0"})
NOT_GIVEN = "—"
"""What stands for something that nobody has said of a person who is named."""
NO_LONG_FORM = {("fil", "duration-hour")}
"""Units for which CLDR has no long form and Babel would put their heading ("1 mga oras")."""
_KEYS_OF_CLDR = re.compile(r"duration-|[{}]")
_OF_CLDR = frozenset({"birth_date", "date", "instant", "minutes", "number", "zone"})


@dataclass(frozen=True, slots=True)
class Blank:
    """A typed open value.

    A str for name, text, term, language (a BCP 47 tag) and phone (E.164); a date for birth_date and date; an aware datetime for instant and zone; an
    int for number and minutes.
    """

    type: BlankType
    value: str | int | date | datetime


@dataclass(frozen=True)
class Press:
    """How blanks are printed: a language, the catalog of the words that stand in blanks, a region for phone numbers."""

    words: Catalog
    region: str

    @property
    def locale(self) -> Locale:
        """CLDR's locale of the language."""
        return Locale.parse(self.words.language, sep="-")

    def word(self, source: str, context: str = "") -> str:
        """`source` in the language; raises CatalogError when the catalog has no usable translation."""
        text = self.words.translated(source, context)
        if text is None:
            raise CatalogError(Fault(self.words.place, f'no reviewed translation of "{source}".', "Translate it."))
        return text


def blanks(case: Case, packet_id: str) -> Mapping[str, Blank]:
    """Every blank of `case` that has a value; one that has none is left out, and a block that needs it is not chosen."""
    appointment, clinic = case.appointment, case.clinic
    patient = appointment.patient
    location = clinic.locations[appointment.location]
    found: dict[str, Blank] = {
        "patient_name": Blank("name", patient.display_name),
        "preferred_name": Blank("name", patient.preferred_name or patient.display_name),
        "birth_date": Blank("birth_date", patient.birth_date),
        "mrn": Blank("text", patient.mrn),
        "patient_language": Blank("language", patient.language),
        "packet_id": Blank("text", packet_id),
        "issued_at": Blank("instant", _not_midnight(case.now)),
        "issued_zone": Blank("zone", case.now),
        "appointment_date": Blank("date", case.day),
        "arrival": Blank("instant", case.arrival),
        "start": Blank("instant", appointment.start),
        "ready_to_leave": Blank("instant", case.ready_to_leave),
        "visit_length": Blank("minutes", _minutes_between(case.arrival, case.ready_to_leave)),
        "duration": Blank("minutes", appointment.duration_minutes),
        "planned_duration": Blank("minutes", case.minutes("planned_duration_min")),
        "recovery": Blank("minutes", case.minutes("recovery_min")),
        "monitoring_interval": Blank("minutes", case.minutes("monitoring_interval_min")),
        "clinic_name": Blank("name", clinic.name),
        "location_name": Blank("text", location.name),
        "location_address": Blank("text", location.address),
        "clinic_zone": Blank("zone", appointment.start),
        "clinician_name": Blank("name", _person(case, appointment.clinician)),
        "discussed_by_name": Blank("name", _person(case, appointment.discussed_by)),
        "clinic_phone": Blank("phone", cast("str", clinic.value("clinic_phone"))),
        "after_hours_phone": Blank("phone", cast("str", clinic.value("after_hours_phone"))),
        "emergency_number": Blank("text", cast("str", clinic.value("emergency_number"))),
        "crisis_line": Blank("text", cast("str", clinic.value("crisis_line"))),
        "fatty_meal_until": Blank("instant", case.until("fast_fatty_meal_h")),
        "light_meal_until": Blank("instant", case.until("fast_light_meal_h")),
        "clear_liquid_until": Blank("instant", case.until("fast_clear_liquid_h")),
        "alcohol_until": Blank("instant", case.until("fast_alcohol_h")),
        "cannabis_until": Blank("instant", case.until("fast_cannabis_h")),
        "drive_after": Blank("instant", case.again("drive_ban_h")),
        "drive_day": Blank("date", case.end.date() + timedelta(days=1)),
        "decisions_after": Blank("instant", case.again("decision_ban_h")),
        "alcohol_after": Blank("instant", case.again("alcohol_after_h")),
        "sedatives_after": Blank("instant", case.again("cns_depressant_after_h")),
        "stay_until": Blank("instant", case.again("stay_with_h")),
        "escort_min_age": Blank("number", int(cast("int", clinic.value("escort_min_age")))),
        "consent_until": Blank("date", _consent_until(case)),
    }
    return {**found, **_people(case), **_counts(case), **_medicines(case)}


def printed(blank: Blank, press: Press) -> str:
    """The text of `blank` in the language.

    Raises CatalogError for a word the catalog lacks, ValueError for midnight and for output that still holds a key of CLDR, or
    Latin letters in a language that is not written in them.
    """
    text = _FORMATS[blank.type](blank.value, press)
    if blank.type in _OF_CLDR:
        text = cldr.unmarked(text)
    if blank.type in {*_OF_CLDR, "language"} and _KEYS_OF_CLDR.search(text):
        raise ValueError(f"{blank.type} is printed as {text!r} in {press.words.language}: CLDR has no form for it")
    if blank.type in _OF_CLDR and not cldr.is_latin(press.locale) and cldr.LATIN_LETTER.search(text):
        raise ValueError(f"{blank.type} is printed as {text!r} in {press.words.language}, which has no such letters")
    return text


def _not_midnight(moment: datetime) -> datetime:
    """The time of issue, of which the first minute of a day is printed as the last one of the day before (CLINICAL §3.6)."""
    return moment - timedelta(minutes=1) if (moment.hour, moment.minute) == (0, 0) else moment


def _consent_until(case: Case) -> date:
    """The last day on which no form made now can be older than a signed consent may be; at the least the day itself."""
    return max(case.day, case.now.date() + timedelta(days=case.minutes("consent_valid_days")))


def _people(case: Case) -> dict[str, Blank]:
    appointment = case.appointment
    found: dict[str, Blank] = {}
    if appointment.escort:
        found |= _given("escort_name", "name", appointment.escort.name)
        found |= _given("escort_phone", "phone", appointment.escort.phone)
    if appointment.representative:
        found |= _given("representative_name", "name", appointment.representative.name)
        found |= _given("representative_relationship", "term", appointment.representative.relationship or NOT_GIVEN)
        found |= _given("representative_authority", "text", appointment.representative.authority or NOT_GIVEN)
    if appointment.interpreter:
        found |= _given("interpreter_name", "name", appointment.interpreter.name)
        found |= _given("interpreter_id", "text", appointment.interpreter.id or NOT_GIVEN)
        found |= _given(
            "interpreter_language", "language", appointment.interpreter.language or appointment.patient.language
        )
        found |= _given("interpreter_mode", "term", appointment.interpreter.mode or NOT_GIVEN)
    return found


def _counts(case: Case) -> dict[str, Blank]:
    found: dict[str, Blank] = {}
    if case.appointment.visit_number:
        found["visit_number"] = Blank("number", case.appointment.visit_number)
    if case.appointment.series_total:
        found["series_total"] = Blank("number", case.appointment.series_total)
    if case.patient_arrival:
        found["arrival_patient_time"] = Blank("instant", case.patient_arrival)
        found["patient_zone_name"] = Blank("zone", case.patient_arrival)
    return found | _given("patient_state_name", "text", case.appointment.patient.state)


def _medicines(case: Case) -> dict[str, Blank]:
    found: dict[str, Blank] = {}
    for number, medicine in enumerate(case.appointment.medicines or (), 1):
        found[f"medicines.{number}.name"] = Blank("text", medicine.name)
        found[f"medicines.{number}.sip_until"] = Blank("instant", case.until("fast_clear_liquid_h"))
        if until := case.not_after(medicine):
            found[f"medicines.{number}.not_after"] = Blank("instant", until)
    return found


def _given(name: str, kind: BlankType, value: str | None) -> dict[str, Blank]:
    return {name: Blank(kind, value)} if value else {}


def _person(case: Case, key: str) -> str:
    person = case.clinic.clinicians[key]
    return f"{person.name}, {person.credentials}" if person.credentials else person.name


def _minutes_between(first: datetime, last: datetime) -> int:
    """Real minutes, across a change of the clock too."""
    return int((last.timestamp() - first.timestamp()) // 60)


def _date(day: date, press: Press) -> str:
    if press.locale.language == haitian.LANGUAGE:
        return haitian.whole_date(day)
    return format_date(day, "full", locale=press.locale)


def _birth_date(day: date, press: Press) -> str:
    if press.locale.language == haitian.LANGUAGE:
        return haitian.day_of_year(day)
    return format_date(day, "long", locale=press.locale)


def _instant(moment: datetime, press: Press) -> str:
    """Weekday, date, year and time by CLDR; noon by its word, midnight never (CLINICAL §3.6)."""
    clock = moment.replace(second=0, microsecond=0)
    if clock.time() == time(0, 0):
        raise ValueError("midnight has no print that cannot be misread")
    at = cldr.clock(clock.time(), press.locale)
    if clock.time() == time(12, 0) and "a" in cldr.clock_pattern(press.locale):
        at = f"12:00 {press.word(NOON, TIME_OF_DAY)}"
    return cldr.day_and_time(_date(clock.date(), press), at.translate(NO_BREAK), press.locale)


def _duration(minutes: int, locale: Locale) -> str:
    hours, rest = divmod(minutes, 60)
    parts = [_measured(hours, "duration-hour", locale)] if hours else []
    if rest or not hours:
        parts.append(_measured(rest, "duration-minute", locale))
    return " ".join(part.translate(NO_BREAK) for part in parts)


def _measured(number: int, unit: str, locale: Locale) -> str:
    """The number with its unit spelt out, or in the short form where Babel has no other (Chinese, Korean, Vietnamese)."""
    if locale.language == haitian.LANGUAGE:
        return haitian.measured(number, unit)
    long = format_unit(number, unit, "long", locale=locale, numbering_system="latn")
    return (
        long
        if unit not in long and (locale.language, unit) not in NO_LONG_FORM
        else format_unit(number, unit, "short", locale=locale, numbering_system="latn")
    )


def _phone(number: str, region: str) -> str:
    """The number as it is dialled in the clinic's region, in one piece."""
    parsed = phonenumbers.parse(number, region)
    home = phonenumbers.country_code_for_region(region) == parsed.country_code
    style = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style).translate(NO_BREAK)


def _language(tag: str, locale: Locale) -> str:
    """The name of a language in the reader's; a tag CLDR has no name for stands for itself."""
    if locale.language == haitian.LANGUAGE:
        return haitian.language_name(tag)
    try:
        name = Locale.parse(tag, sep="-").get_display_name(locale)
    except (UnknownLocaleError, ValueError):
        name = cast("dict[str, str]", locale.languages).get(tag.partition("-")[0].lower())
    return name or tag


def _zone(moment: datetime, press: Press) -> str:
    if press.locale.language == haitian.LANGUAGE:
        return haitian.zone_name(moment)
    return get_timezone_name(moment, "long", locale=press.locale)


_FORMATS: Mapping[BlankType, Callable[[Any, Press], str]] = {
    "name": lambda value, _: str(value),
    "text": lambda value, _: str(value),
    "birth_date": _birth_date,
    "date": _date,
    "instant": _instant,
    "minutes": lambda value, press: _duration(value, press.locale),
    "number": lambda value, press: format_decimal(value, locale=press.locale, numbering_system="latn"),
    "phone": lambda value, press: _phone(value, press.region),
    "zone": _zone,
    "term": lambda value, press: press.word(TERMS[value], TERM) if value in TERMS else value,
    "language": lambda value, press: _language(value, press.locale),
}
"""How a value of each type is printed."""
