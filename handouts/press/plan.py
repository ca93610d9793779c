"""What a run is asked for, as plain values: all that its bytes follow from, beside the clinic and the schedule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Literal

from handouts.appointment import Appointment
from handouts.errors import Fault, HandoutsError
from handouts.intake import Schedule
from handouts.packet import Options
from handouts.record.printable import Printable
from handouts.typeset.style import PAPERS
from handouts.typeset.variant import STYLES


@dataclass(frozen=True)
class Plan:
    """How a run is made: as of `now` (aware), on which paper, in which look.

    A print file has at most `file_sheets` sheets; `up` pages stand on a side (1, 2 or 4); `encrypted` says that files are, not
    with what.
    """

    now: datetime
    language: str | None = None
    paper: str = "letter"
    variant: str = "standard"
    drafts: bool = False
    up: Literal[1, 2, 4] = 1
    reduced_ink: bool = False
    file_sheets: int = 500
    encrypted: bool = False

    @property
    def options(self) -> Options:
        """How packets are made that are final; drafts are made by what follows from it (`PacketMaker.of_drafts`)."""
        return Options((), self.language, PAPERS[self.paper], STYLES[self.variant])

    @property
    def told(self) -> Mapping[str, object]:
        """It as JSON has it."""
        return {**asdict(self), "now": self.now.isoformat()}


@dataclass(frozen=True)
class Row:
    """A row of the schedule in its place in the run, from 1; one that could not be read has `faults` and no appointment."""

    sequence: int
    where: str
    appointment: Appointment | None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Part:
    """Consecutive rows that are made together, for about one print file: `number` is that file's, `last` the run's last sequence.

    `printable` is what the record has of their packets.
    """

    number: int
    rows: tuple[Row, ...]
    last: int
    printable: Printable

    @property
    def sent(self) -> Part:
        """It for a machine without the record."""
        return replace(self, printable=replace(self.printable, files=None))


def rows_of(found: Schedule, ordered: Sequence[tuple[str, Appointment]], first: int = 1) -> Sequence[Row]:
    """The rows of a schedule as the run has them: what could not be read or was refused, then the appointments as `ordered`."""
    refused = [*map(_refused, (*found.unreadable, *found.refused))]
    given = [*refused, *((where, appointment, ()) for where, appointment in ordered)]
    return [Row(number, *each) for number, each in enumerate(given, first)]


def parts_of(rows: Sequence[Row], printable: Printable, size: int, first: int = 1) -> Iterator[Part]:
    """`rows` in parts of `size`, numbered from `first`."""
    last = rows[-1].sequence if rows else 0
    for number, start in enumerate(range(0, len(rows), size), first):
        some = tuple(rows[start : start + size])
        appointments = [row.appointment for row in some if row.appointment]
        yield Part(number, some, last, printable.of(appointments))


def _refused(trouble: HandoutsError) -> tuple[str, None, tuple[Fault, ...]]:
    return trouble.faults[0].where, None, trouble.faults
