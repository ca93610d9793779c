"""Where a fact or a blank comes from, in a short notation → fields of the appointment, settings, entries of clinic.toml.

The notation is words with spaces between: "patient.mrn" is a field of the appointment, "setting:drive_ban_h" a setting of the
clinic, "clinic:locations.address" an entry of clinic.toml, "now" the time at which the packet is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from pydantic import BaseModel

from handouts.appointment import Appointment
from handouts.memory import remembered

ARRIVAL = "start arrive_early_minutes setting:arrive_early_min"
"""That of the arrival."""
ANCHORED = f"{ARRIVAL} setting:fast_anchor"
"""That of what fasting times count back from."""

_SETTING, _CLINIC, _NOW = "setting:", "clinic:", "now"


@dataclass(frozen=True, slots=True)
class Origin:
    """What a value follows from; `now` says whether it depends on the time at which the packet is made."""

    fields: tuple[str, ...]
    settings: tuple[str, ...]
    entries: tuple[str, ...]
    now: bool


@remembered()
def origin(noted: str) -> Origin:
    """The origin that is noted so."""
    words = noted.split()
    plain = tuple(word for word in words if ":" not in word and word != _NOW)
    return Origin(plain, _after(_SETTING, words), _after(_CLINIC, words), _NOW in words)


def _after(mark: str, words: list[str]) -> tuple[str, ...]:
    return tuple(word.removeprefix(mark) for word in words if word.startswith(mark))


def value_at(appointment: Appointment, path: str) -> object:
    """What the appointment says at a dotted path as schedules write it, lists numbered from 1; None where it says nothing.

    Raises KeyError for a path that no appointment has.
    """
    value: object = appointment
    for step in path.split("."):
        if isinstance(value, BaseModel):
            value = getattr(value, _attribute(type(value), step))
        elif isinstance(value, tuple) and step.isdecimal():
            items = cast("tuple[object, ...]", value)
            value = items[int(step) - 1] if 0 < int(step) <= len(items) else None
        elif value is not None:
            raise KeyError(path)
    return value


@remembered(512)
def _attribute(model: type[BaseModel], name: str) -> str:
    """What the field that schedules call `name` is called in Python."""
    for attribute, field in model.model_fields.items():
        if name == (field.alias or attribute):
            return attribute
    raise KeyError(name)


def said_of(value: object) -> str:
    """A value of an appointment in words for staff."""
    if value is None:
        return "not given"
    if isinstance(value, BaseModel):
        return ", ".join(_said_fields(value)) or "not given"
    if isinstance(value, tuple):
        items = [said_of(each) for each in cast("tuple[object, ...]", value)]
        return "; ".join(f"{number}. {said}" for number, said in enumerate(items, 1)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _said_fields(part: BaseModel) -> Iterator[str]:
    for attribute, field in type(part).model_fields.items():
        value = getattr(part, attribute)
        if value is not None:
            yield f"{field.alias or attribute} {said_of(value)}"
