"""A sound appointment as a schedule gives it, and changes of it at dotted paths."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from handouts.appointment import Flags

LEFT_OUT = object()
DOCUMENTS = ("preparation", "side-effects", "consent")
"""The documents of the procedure, without the notice of language assistance."""
SOUND: dict[str, Any] = {
    "id": "2026-0001",
    "start": "2026-03-03T12:00",
    "duration_minutes": 60,
    "location": "midtown",
    "clinician": "okafor",
    "discussed_by": "okafor",
    "procedure": "ketamine-infusion",
    "route": "iv",
    "indication": "crps",
    "outside_opening_days": "yes",
    "visit_number": 1,
    "series_total": 6,
    "patient": {
        "mrn": "MRN-204101",
        "given_name": "Maria",
        "family_name": "Lopez",
        "birth_date": "1971-05-14",
        "language": "en",
    },
    "flags": {**dict.fromkeys(Flags.model_fields, "no"), "diabetes": "none"},
    "medicines": [],
}
"""An adult of whom everything is known and nothing is special."""

FULL: dict[str, Any] = {
    "patient.preferred_name": "Mia",
    "patient.time_zone": "America/Denver",
    "patient.state": "CO",
    "patient.language": "hmn",
    "consult": "telehealth",
    "escort": {"name": "Daniel Lopez", "phone": "212-555-0102"},
    "representative": {"name": "Ana Lopez", "relationship": "health_care_agent", "authority": "proxy of 2024-06-01"},
    "interpreter": {"name": "Luis Ortega", "id": "HM-1093", "language": "hmn", "mode": "video"},
    "medicines": [
        {
            "name": "Metformin",
            "class": "diabetes_tablet",
            "rule": "not_after",
            "not_after_hours": 24,
            "set_by": "okafor",
        }
    ],
    "flags.diabetes": "tablets",
}
"""The changes that give every blank a value."""


def changed(changes: Mapping[str, object], base: Mapping[str, Any] = SOUND) -> dict[str, Any]:
    """`base` with values put in, or left out, at dotted paths."""
    raw = copy.deepcopy(dict(base))
    for path, value in changes.items():
        *parents, last = path.split(".")
        inner = raw
        for parent in parents:
            inner = inner.setdefault(parent, {})
        if value is LEFT_OUT:
            inner.pop(last, None)
        else:
            inner[last] = copy.deepcopy(value)
    return raw
