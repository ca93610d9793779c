"""Case → blanks: every open value with its type, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from handouts.clinic import Clinic
from handouts.content.case import Case
from handouts.content.origins import ANCHORED, ARRIVAL
from handouts.content.procedure import BlankType
from handouts.memory import remembered

NOT_GIVEN = "—"
"""What stands for something that nobody has said of a person who is named."""
_ENDED = "start duration_minutes setting:recovery_min"
_VISIT = f"{ARRIVAL} duration_minutes setting:recovery_min"
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


class Blank(NamedTuple):
    """A typed open value.

    A str for name, text, term, language (a BCP 47 tag) and phone (E.164); a date for birth_date and date; an aware datetime for
    instant and zone; an int for number and minutes. `origin` says where it comes from, in the notation of `origins.py`; `of_clinic`
    that the value is the clinic's own, the same for all its patients.
    """

    type: BlankType
    value: str | int | date | datetime
    origin: str = ""
    of_clinic: bool = False


def blanks(case: Case, packet_id: str) -> Mapping[str, Blank]:
    """Every blank of `case` that has a value; one that has none is left out, and a block that needs it is not chosen."""
    appointment = case.appointment
    patient = appointment.patient
    lengths, place, people = _of_clinic(
        case.clinic, appointment.location, appointment.clinician, appointment.discussed_by
    )
    found: dict[str, Blank] = {
        "patient_name": Blank("name", patient.display_name, "patient.name patient.given_name patient.family_name"),
        "preferred_name": Blank(
            "name",
            patient.preferred_name or patient.display_name,
            "patient.preferred_name patient.name patient.given_name patient.family_name",
        ),
        "birth_date": Blank("birth_date", patient.birth_date, "patient.birth_date"),
        "mrn": Blank("text", patient.mrn, "patient.mrn"),
        "patient_language": Blank("language", patient.language, "patient.language"),
        "packet_id": Blank("text", packet_id, "id revision clinic:id"),
        "issued_at": Blank("instant", _not_midnight(case.now), "now"),
        "issued_zone": Blank("zone", case.now, "now location clinic:locations.time_zone"),
        "appointment_date": Blank("date", case.day, "start"),
        "arrival": Blank("instant", case.arrival, ARRIVAL),
        "start": Blank("instant", appointment.start, "start"),
        "ready_to_leave": Blank("instant", case.ready_to_leave, _ENDED),
        "visit_length": Blank("minutes", _minutes_between(case.arrival, case.ready_to_leave), _VISIT),
        "duration": Blank("minutes", appointment.duration_minutes, "duration_minutes"),
        **lengths,
        **place,
        "clinic_zone": Blank("zone", appointment.start, "start location clinic:locations.time_zone"),
        **people,
        "fatty_meal_until": Blank("instant", case.until("fast_fatty_meal_h"), f"{ANCHORED} setting:fast_fatty_meal_h"),
        "light_meal_until": Blank("instant", case.until("fast_light_meal_h"), f"{ANCHORED} setting:fast_light_meal_h"),
        "clear_liquid_until": Blank(
            "instant", case.until("fast_clear_liquid_h"), f"{ANCHORED} setting:fast_clear_liquid_h"
        ),
        "alcohol_until": Blank("instant", case.until("fast_alcohol_h"), f"{ANCHORED} setting:fast_alcohol_h"),
        "cannabis_until": Blank("instant", case.until("fast_cannabis_h"), f"{ANCHORED} setting:fast_cannabis_h"),
        "drive_after": Blank("instant", case.again("drive_ban_h"), f"{_ENDED} setting:drive_ban_h"),
        "drive_day": Blank("date", case.end.date() + _DAY, _ENDED),
        "decisions_after": Blank("instant", case.again("decision_ban_h"), f"{_ENDED} setting:decision_ban_h"),
        "alcohol_after": Blank("instant", case.again("alcohol_after_h"), f"{_ENDED} setting:alcohol_after_h"),
        "sedatives_after": Blank(
            "instant", case.again("cns_depressant_after_h"), f"{_ENDED} setting:cns_depressant_after_h"
        ),
        "stay_until": Blank("instant", case.again("stay_with_h"), f"{_ENDED} setting:stay_with_h"),
        "escort_min_age": Blank("number", int(case.value("escort_min_age")), "setting:escort_min_age"),
        "consent_until": Blank("date", _consent_until(case), "now start setting:consent_valid_days"),
    }
    return found | _people(case) | _counts(case) | _medicines(case)


@remembered(256)
def _of_clinic(
    clinic: Clinic, at: str, clinician: str, discussed_by: str
) -> tuple[dict[str, Blank], dict[str, Blank], dict[str, Blank]]:
    """What is not the patient's: lengths of time that the clinic has set, the place `at`, who is named and where to call."""
    location = clinic.locations[at]
    lengths = {
        name: Blank("minutes", int(clinic.value(key)), f"setting:{key}")
        for name, key in (
            ("planned_duration", "planned_duration_min"),
            ("recovery", "recovery_min"),
            ("monitoring_interval", "monitoring_interval_min"),
        )
    }
    place = {
        "clinic_name": Blank("name", clinic.name, "clinic:name"),
        "location_name": Blank("text", location.name, "location clinic:locations.name"),
        "location_address": Blank("text", location.address, "location clinic:locations.address"),
    }
    people = {
        f"{role}_name": Blank(
            "name", _person(clinic, key), f"{role} clinic:clinicians.name clinic:clinicians.credentials"
        )
        for role, key in (("clinician", clinician), ("discussed_by", discussed_by))
    }
    for name in ("clinic_phone", "after_hours_phone"):
        people[name] = Blank("phone", clinic.value(name), f"setting:{name}", of_clinic=True)
    for name in ("emergency_number", "crisis_line"):
        people[name] = Blank("text", clinic.value(name), f"setting:{name}")
    return lengths, place, people


def _not_midnight(moment: datetime) -> datetime:
    """The time of issue, of which the first minute of a day is printed as the last one of the day before (CLINICAL §3.6)."""
    return moment - _MINUTE if (moment.hour, moment.minute) == (0, 0) else moment


def _consent_until(case: Case) -> date:
    """The last day on which no form made now can be older than a signed consent may be; at the least the day itself."""
    return max(case.day, case.now.date() + timedelta(days=case.minutes("consent_valid_days")))


def _people(case: Case) -> dict[str, Blank]:
    appointment = case.appointment
    found: dict[str, Blank] = {}
    if escort := appointment.escort:
        found |= _given("escort_name", "name", escort.name, "escort.name")
        found |= _given("escort_phone", "phone", escort.phone, "escort.phone")
    if decides := appointment.representative:
        relationship, authority = decides.relationship or NOT_GIVEN, decides.authority or NOT_GIVEN
        found |= _given("representative_name", "name", decides.name, "representative.name")
        found |= _given("representative_relationship", "term", relationship, "representative.relationship")
        found |= _given("representative_authority", "text", authority, "representative.authority")
    if interpreter := appointment.interpreter:
        language = interpreter.language or appointment.patient.language
        found |= _given("interpreter_name", "name", interpreter.name, "interpreter.name")
        found |= _given("interpreter_id", "text", interpreter.id or NOT_GIVEN, "interpreter.id")
        found |= _given("interpreter_language", "language", language, "interpreter.language patient.language")
        found |= _given("interpreter_mode", "term", interpreter.mode or NOT_GIVEN, "interpreter.mode")
    return found


def _counts(case: Case) -> dict[str, Blank]:
    found: dict[str, Blank] = {}
    if case.appointment.visit_number:
        found["visit_number"] = Blank("number", case.appointment.visit_number, "visit_number")
    if case.appointment.series_total:
        found["series_total"] = Blank("number", case.appointment.series_total, "series_total")
    if case.patient_arrival:
        there = f"{ARRIVAL} patient.time_zone"
        found["arrival_patient_time"] = Blank("instant", case.patient_arrival, there)
        found["patient_zone_name"] = Blank("zone", case.patient_arrival, there)
    return found | _given("patient_state_name", "text", case.appointment.patient.state, "patient.state")


def _medicines(case: Case) -> dict[str, Blank]:
    found: dict[str, Blank] = {}
    for number, medicine in enumerate(case.appointment.medicines or (), 1):
        path = f"medicines.{number}"
        found[f"{path}.name"] = Blank("text", medicine.name, f"{path}.name")
        sip_until = case.until("fast_clear_liquid_h")
        found[f"{path}.sip_until"] = Blank("instant", sip_until, f"{ANCHORED} setting:fast_clear_liquid_h")
        if until := case.not_after(medicine):
            found[f"{path}.not_after"] = Blank("instant", until, f"{ANCHORED} {path}.not_after_hours")
    return found


def _given(name: str, kind: BlankType, value: str | None, origin: str) -> dict[str, Blank]:
    return {name: Blank(kind, value, origin)} if value else {}


def _person(clinic: Clinic, key: str) -> str:
    person = clinic.clinicians[key]
    return f"{person.name}, {person.credentials}" if person.credentials else person.name


def _minutes_between(first: datetime, last: datetime) -> int:
    """Real minutes between two times of one zone, across a change of the clock too."""
    return (last.astimezone(UTC) - first.astimezone(UTC)) // _MINUTE
