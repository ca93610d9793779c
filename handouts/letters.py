"""What people wrote → faults for the characters in it that no face here has."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import cast

from pydantic import BaseModel

from handouts.appointment import Appointment
from handouts.errors import Fault
from handouts.memory import remembered
from handouts.typeset.text import drawable

_PRINTED = ("patient", "medicines", "escort", "representative", "interpreter")
"""The parts of an appointment whose texts stand on the pages."""
_PLAIN = frozenset(map(chr, range(ord(" "), ord("~") + 1)))
"""What every face has."""
_drawable = remembered(4096)(drawable)


def without_glyphs(appointment: Appointment) -> Iterator[Fault]:
    """A fault for every text of `appointment` that holds characters no face has, all of them named at once."""
    if all(map(_drawable, set(_all_text(appointment)) - _PLAIN)):
        return
    printed = (found for part in _PRINTED for found in _texts(getattr(appointment, part), part))
    yield from undrawable(f'appointment "{appointment.id}"', printed)


def undrawable(where: str, texts: Iterable[tuple[str, str]]) -> Iterator[Fault]:
    """A fault for each of `texts`, given with its field, that holds characters no face has, told of `where`."""
    for field_, text in texts:
        missing = [char for char in dict.fromkeys(text) if not drawable(char)]
        if missing:
            shown = ", ".join(f'"{char}" (U+{ord(char):04X}, {unicodedata.name(char, "no name")})' for char in missing)
            problem = f"the fonts here have no {shown}, so it cannot be printed."
            remedy = 'Write it as on the person\'s papers, or add a font that has it: "handouts fonts add FILE.ttf".'
            yield Fault(where, problem, remedy, field=field_, value=text)


def _all_text(appointment: Appointment) -> str:
    """The texts in the printed parts of an appointment in one."""
    people = (appointment.patient, appointment.escort, appointment.representative, appointment.interpreter)
    parts = (*people, *(appointment.medicines or ()))
    return "".join([text for part in parts if part for text in vars(part).values() if isinstance(text, str)])


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Every text in a part of an appointment with its dotted path, lists numbered from 1; dates are digits."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, BaseModel):
        for name, alias in _fields(type(value)):
            inner = getattr(value, name)
            if inner is not None:
                yield from _texts(inner, f"{path}.{alias}")
    elif isinstance(value, tuple):
        for number, inner in enumerate(cast("tuple[object, ...]", value), 1):
            yield from _texts(inner, f"{path}.{number}")


@remembered(64)
def _fields(model: type[BaseModel]) -> tuple[tuple[str, str], ...]:
    """The fields of a model by the names they have in Python and in a schedule."""
    return tuple((name, field.alias or name) for name, field in model.model_fields.items())
