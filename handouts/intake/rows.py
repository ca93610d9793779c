"""One appointment as a file has it + the clinic → Appointment, or everything that is wrong with it."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import phonenumbers
from pydantic import ValidationError

from handouts.appointment import WEEKDAYS, Appointment, Premises
from handouts.clinic import Clinic
from handouts.content.procedure import procedures
from handouts.errors import RefusedAppointment
from handouts.intake.raw import RawAppointment
from handouts.intake.sentences import faults
from handouts.settings.zones import zone


def premises(clinic: Clinic, now: datetime) -> Premises:
    """What `clinic` gives for the checking of its appointments at the moment `now` (aware)."""
    region = clinic.jurisdiction if clinic.jurisdiction in phonenumbers.SUPPORTED_REGIONS else None
    return Premises(
        now=now,
        zones={key: zone(location.time_zone) for key, location in clinic.locations.items()},
        clinicians={key: (person.licence_from, person.licence_until) for key, person in clinic.clinicians.items()},
        procedures=frozenset(procedures(clinic.folder)),
        mrn_pattern=clinic.mrn_pattern,
        region=region,
        open_days={key: frozenset(location.open_days or WEEKDAYS) for key, location in clinic.locations.items()},
        start_format=clinic.start_format,
        arrive_early=cast("int | None", clinic.value("arrive_early_min")),
    )


def appointment(raw: RawAppointment, at: Premises) -> Appointment:
    """The appointment that `raw` gives; raises RefusedAppointment with every fault."""
    found = raw.faults
    if raw.value is not None:
        try:
            read = Appointment.model_validate(raw.value, context=at, by_alias=True, by_name=False)
        except ValidationError as error:
            found += faults(raw.where, error, raw.medicine_numbers)
        else:
            if not found:
                return read
    raise RefusedAppointment(*found)
