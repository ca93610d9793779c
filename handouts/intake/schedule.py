"""Files people have → Schedule: the appointments that can become packets, and what is wrong with each of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from handouts.appointment import Appointment
from handouts.clinic import Clinic
from handouts.errors import Fault, RefusedAppointment, UnreadableInput
from handouts.intake.csv_file import read_csv
from handouts.intake.json_file import read_json
from handouts.intake.raw import RawAppointment, content, printable
from handouts.intake.rows import appointment, premises

READERS: Mapping[str, Callable[[bytes, str], list[RawAppointment]]] = {".csv": read_csv, ".json": read_json}
"""How a file is read, by its suffix: from its bytes and its name."""


@dataclass(frozen=True)
class Schedule:
    """Every appointment of the files, each with its place ("schedule.csv, row 14"), and one error for each refused.

    `unreadable` has an error for each file that could not be read at all.
    """

    appointments: tuple[tuple[str, Appointment], ...]
    refused: tuple[RefusedAppointment, ...]
    unreadable: tuple[UnreadableInput, ...] = ()


def read(path: Path, clinic: Clinic, now: datetime) -> Schedule:
    """The schedule in one file; `now` is aware. Raises UnreadableInput when the file as a whole cannot be read."""
    found = read_all((path,), clinic, now)
    for trouble in found.unreadable:
        raise trouble
    return found


def read_all(paths: Iterable[Path], clinic: Clinic, now: datetime) -> Schedule:
    """The schedule in several files, in which no appointment stands twice; `now` is aware.

    A file that cannot be read keeps none of the others.
    """
    raws: list[RawAppointment] = []
    unreadable: list[UnreadableInput] = []
    for path in paths:
        try:
            raws.extend(_raw(path))
        except UnreadableInput as trouble:
            unreadable.append(trouble)
    here = premises(clinic, now)
    read: list[tuple[str, Appointment]] = []
    refused: list[RefusedAppointment] = []
    first: dict[tuple[str, int], str] = {}
    raws.reverse()
    while raws:
        raw = raws.pop()  # once it is checked, what stood in the file is let go
        try:
            found = appointment(raw, here)
        except RefusedAppointment as trouble:
            refused.append(trouble)
            continue
        before = first.setdefault((found.id, found.revision), raw.where)
        if before is raw.where:
            read.append((raw.where, found))
        else:
            problem = f"is also that of {before}, with the same revision."
            remedy = "Remove one, give it another id, or count its revision up."
            refused.append(RefusedAppointment(Fault(raw.where, problem, remedy, field="id", value=found.id)))
    return Schedule(tuple(read), tuple(refused), tuple(unreadable))


def _raw(path: Path) -> list[RawAppointment]:
    name = printable(path.name)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = " or ".join(READERS)
        raise UnreadableInput(Fault(name, "the file's name tells no format that can be read.", f"Its end is {known}."))
    return reader(content(path), name)
