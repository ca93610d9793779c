"""Appointments for page 0, from nothing special to everything at once, and what the sheet of each is made with."""

from __future__ import annotations

from sound import FULL, LEFT_OUT

INSULIN = {"name": "Insulin glargine", "class": "insulin"}
UNCLASSED = {"name": "Warfarin"}
STOPPED = {"name": "Semaglutide", "class": "glp1", "rule": "not_after", "not_after_hours": 168, "set_by": "okafor"}
SIPPED = {"name": "Levothyroxine", "class": "thyroid", "rule": "take_with_sip", "set_by": "okafor"}
ARABIC = {"patient.given_name": "محمد", "patient.family_name": "الأحمد", "patient.language": "ar"}
CASES = {
    "nothing special": {},
    "pregnant": {"flags.pregnant": "yes", "flags.pregnancy_potential": "yes"},
    "a minor without guardian": {"patient.birth_date": "2012-06-01"},
    "who cannot decide": {"flags.lacks_capacity": "yes"},
    "insulin": {"flags.diabetes": "insulin", "medicines": [INSULIN, UNCLASSED]},
    "insulin against what is said": {"flags.diabetes": "none", "medicines": [INSULIN]},
    "flags without rows": {
        "flags.diabetes": "tablets",
        **{f"flags.{name}": "yes" for name in ("blood_pressure_medicine", "sedatives", "opioids", "glp1")},
    },
    "nothing known": {"flags": LEFT_OUT, "medicines": LEFT_OUT, "visit_number": LEFT_OUT, "series_total": LEFT_OUT},
    "everything": {**FULL, "medicines": [STOPPED, SIPPED, INSULIN, UNCLASSED]},
    "clock put forward": {"start": "2026-03-08T09:30"},
    "clock put back": {"start": "2026-11-01T09:30", "medicines": [STOPPED]},
    "Arabic": ARABIC,
    "Spanish": {"patient.language": "es", "patient.given_name": "José", "patient.family_name": "Nuñez"},
    "by video": {
        "consult": "telehealth",
        "patient.state": "CO",
        "patient.time_zone": "America/Denver",
        "patient.phone": "212-555-0102",
    },
    "the same day": {"start": "2026-02-27T12:00"},
    "one hundred medicines": {"medicines": [{"name": f"Medicine of a long name {n} " * 5} for n in range(100)]},
}
