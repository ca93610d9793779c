"""Everything that can go wrong, each with its exit code.

HandoutsError            a base that carries faults and an exit code
├── RefusedAppointment    1   this appointment cannot be made; the others are
├── NotWritten            1   a finished packet could not be put on the disk
├── NotPrinted            1   a printer that did not take what it was sent
├── NotAllowed            1   a decision that this person, or nobody, may take now
├── WrongUsage            2   the command was called in a way that cannot work
├── UnreadableInput       3   a file cannot be read as what it should be
│   ├── DamagedRecord     3   the store does not hold what it should
│   └── UnusableKey       3   what was to sign with cannot be used: wrong password, expired, not there
├── ContentError          4   something stands between the content and any packet
│   ├── SettingError      4   a setting of the clinic is missing or wrong
│   ├── TemplateError     4   a template or procedure.toml breaks a rule
│   └── CatalogError      4   a catalog cannot be used as it is
├── MissingProgram        5   a program or package that is needed is not there
└── Tampered              6   a document or the log is not as it was
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What the command tells the shell (the contract of the design)."""

    DONE = 0
    SOME_ROWS_FAILED = 1
    WRONG_USAGE = 2
    UNREADABLE_INPUT = 3
    NOT_APPROVED = 4
    MISSING_PROGRAM = 5
    TAMPERED = 6
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, told so that a person at the front desk can act on it.

    `where` is a file with a row or a line ("schedule.csv, row 14"), `field` the column, setting or attribute, `value` what
    stood there, `problem` what is wrong with it and what was expected, `remedy` what to do.
    """

    where: str
    problem: str
    remedy: str = ""
    field: str = ""
    value: str | None = None

    def __str__(self) -> str:
        place = f'{self.where}, "{self.field}"' if self.field else self.where
        shown = "" if self.value is None else f'"{_visible(self.value)}": '
        return f"{place}: {shown}{self.problem}" + (f" {self.remedy}" if self.remedy else "")


class HandoutsError(Exception):
    """The base of all that this program raises on purpose; `faults` holds every fault that was found, not the first."""

    exit_code: ClassVar[ExitCode]

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults

    @classmethod
    def gathered(cls, faults: Iterable[Fault]) -> None:
        """Raise this error with all of `faults`, or do nothing when there are none."""
        found = tuple(faults)
        if found:
            raise cls(*found)


class RefusedAppointment(HandoutsError):
    """One appointment that cannot become a packet."""

    exit_code = ExitCode.SOME_ROWS_FAILED


class NotWritten(HandoutsError):
    """A finished packet that the disk did not take."""

    exit_code = ExitCode.SOME_ROWS_FAILED


class NotPrinted(HandoutsError):
    """A printer, or the queue before it, that does not take what it was sent."""

    exit_code = ExitCode.SOME_ROWS_FAILED


class NotAllowed(HandoutsError):
    """A decision that cannot be taken: the state does not allow it, or the person may not."""

    exit_code = ExitCode.SOME_ROWS_FAILED


class WrongUsage(HandoutsError):
    """A command called in a way that cannot work."""

    exit_code = ExitCode.WRONG_USAGE


class UnreadableInput(HandoutsError):
    """A file that cannot be read as what it should be."""

    exit_code = ExitCode.UNREADABLE_INPUT


class DamagedRecord(UnreadableInput):
    """A store, or a file in it, that is not what it should be."""


class UnusableKey(UnreadableInput):
    """A key or certificate that cannot be signed with."""


class ContentError(HandoutsError):
    """Content that is faulty, missing or not approved."""

    exit_code = ExitCode.NOT_APPROVED


class SettingError(ContentError):
    """A setting of clinic.toml that is missing or wrong."""


class TemplateError(ContentError):
    """A template or procedure.toml that breaks a rule of the design."""


class CatalogError(ContentError):
    """A catalog that cannot be read or lacks a message."""


class MissingProgram(HandoutsError):
    """A program or package that is needed and is not there."""

    exit_code = ExitCode.MISSING_PROGRAM


class Tampered(HandoutsError):
    """Something that was changed after it was approved, signed or recorded."""

    exit_code = ExitCode.TAMPERED


def _visible(value: str, longest: int = 80) -> str:
    """`value` as one short line in which control and direction characters can be seen."""
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in value)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"
