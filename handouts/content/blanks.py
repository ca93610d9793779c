"""Case → blanks: every open value with its type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from handouts.content.case import Case
from handouts.content.procedure import BlankType

NOT_GIVEN = "—"
"""What stands for something that nobody has said of a person who is named."""
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


class Blank(NamedTuple):
    """A typed open value.

    A str for name, text, term, language (a BCP 47 tag) and phone (E.164); a date for birth_date and date; an aware datetime for
    instant and zone; an int for number and minutes. `of_clinic` says that the value is the clinic's own, the same for all its
    patients.
    """

    type: BlankType
    value: str | int | date | datetime
    of_clinic: bool = False


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
        "clinic_phone": Blank("phone", case.value("clinic_phone"), of_clinic=True),
        "after_hours_phone": Blank("phone", case.value("after_hours_phone"), of_clinic=True),
        "emergency_number": Blank("text", case.value("emergency_number")),
        "crisis_line": Blank("text", case.value("crisis_line")),
        "fatty_meal_until": Blank("instant", case.until("fast_fatty_meal_h")),
        "light_meal_until": Blank("instant", case.until("fast_light_meal_h")),
        "clear_liquid_until": Blank("instant", case.until("fast_clear_liquid_h")),
        "alcohol_until": Blank("instant", case.until("fast_alcohol_h")),
        "cannabis_until": Blank("instant", case.until("fast_cannabis_h")),
        "drive_after": Blank("instant", case.again("drive_ban_h")),
        "drive_day": Blank("date", case.end.date() + _DAY),
        "decisions_after": Blank("instant", case.again("decision_ban_h")),
        "alcohol_after": Blank("instant", case.again("alcohol_after_h")),
        "sedatives_after": Blank("instant", case.again("cns_depressant_after_h")),
        "stay_until": Blank("instant", case.again("stay_with_h")),
        "escort_min_age": Blank("number", int(case.value("escort_min_age"))),
        "consent_until": Blank("date", _consent_until(case)),
    }
    return found | _people(case) | _counts(case) | _medicines(case)


def _not_midnight(moment: datetime) -> datetime:
    """The time of issue, of which the first minute of a day is printed as the last one of the day before (CLINICAL §3.6)."""
    return moment - _MINUTE if (moment.hour, moment.minute) == (0, 0) else moment


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
    """Real minutes between two times of one zone, across a change of the clock too."""
    return (last.astimezone(UTC) - first.astimezone(UTC)) // _MINUTE
