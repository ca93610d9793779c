"""The appointments of a run → the order in which their packets come out of the tray, as the clinic says ([press] order)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC

from handouts.appointment import Appointment
from handouts.clinic import Clinic
from handouts.press.collation import sort_key
from handouts.printing import Key

Row = tuple[str, Appointment]
"""Where an appointment stands ("schedule.csv, row 3"), and the appointment."""
_THEN = "\ufffe"
"""Between family and given name: as UTS #35 part 5 has it, an accent in the first counts less than any letter of the second."""


def in_order(rows: Sequence[Row], clinic: Clinic) -> list[Row]:
    """`rows` by the keys of `clinic.press.order`, the first first.

    Times are compared as instants. Names are sorted as in the clinic's first language (CLDR): patients by family name, then given
    name, those with one name by that; clinicians and places by their names. What ties is sorted by the appointment's id, its
    revision and where it stands, so that neither the order of the files nor that of their rows counts.
    """
    keys = _keys(clinic)
    wanted = [keys[name] for name in clinic.press.order]

    def place(row: Row) -> tuple[object, ...]:
        where, appointment = row
        return *(key(appointment) for key in wanted), appointment.id, appointment.revision, where

    return sorted(rows, key=place)


def _keys(clinic: Clinic) -> Mapping[Key, Callable[[Appointment], object]]:
    """What an appointment is sorted by, for each key that a clinic may name."""
    sorted_as = sort_key((*clinic.languages, "")[0])
    clinicians = {key: (sorted_as(person.name), key) for key, person in clinic.clinicians.items()}
    locations = {key: (sorted_as(place.name), key) for key, place in clinic.locations.items()}

    def name(appointment: Appointment) -> bytes:
        patient = appointment.patient
        family = patient.name or patient.family_name or patient.given_name or ""
        given = patient.given_name or "" if patient.family_name else ""
        return sorted_as(f"{family}{_THEN}{given}")

    return {
        "time": lambda appointment: appointment.start.astimezone(UTC),
        "clinician": lambda appointment: clinicians[appointment.clinician],
        "name": name,
        "location": lambda appointment: locations[appointment.location],
    }
