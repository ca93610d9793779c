"""The appointment, its people and its places."""

from handouts.appointment.clock import WEEKDAYS
from handouts.appointment.models import (
    ROUTES,
    Appointment,
    Escort,
    Flags,
    Interpreter,
    Medicine,
    Patient,
    Representative,
    age_on,
)
from handouts.appointment.premises import Premises, Wrong
from handouts.appointment.values import hidden_in, language_tag, plain_text

__all__ = [
    "ROUTES",
    "WEEKDAYS",
    "Appointment",
    "Escort",
    "Flags",
    "Interpreter",
    "Medicine",
    "Patient",
    "Premises",
    "Representative",
    "Wrong",
    "age_on",
    "hidden_in",
    "language_tag",
    "plain_text",
]
