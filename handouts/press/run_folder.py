"""A run's folder → the print files in it, as its manifest tells them, opened and checked."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from handouts.errors import DamagedRecord, Fault, UnreadableInput, WrongUsage
from handouts.press.manifest import JSON, final_on


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class Set(_Told):
    """What is stapled together: its document, its pages and sheets in the print file; of one that is printed again maybe a `part`."""

    kind: str
    language: str = ""
    first_page: Annotated[int, Field(ge=1)]
    last_page: int
    first_sheet: Annotated[int, Field(ge=1)]
    last_sheet: int
    part: bool = False


class PrintFile(_Told):
    """A file for the printer, and the sets in it, one after the other; one of sheets that are printed again says `of` which file."""

    file: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+\.pdf$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    pages: Annotated[int, Field(ge=1)]
    sheets: Annotated[int, Field(ge=1)]
    sets: Annotated[tuple[Set, ...], Field(min_length=1, strict=False)]
    of: str = ""
    of_first_sheet: int = 0
    of_last_sheet: int = 0

    @property
    def sheets_of_it(self) -> tuple[int, int]:
        """The sheets, from 1, of the print file that they were first printed in."""
        return (self.of_first_sheet, self.of_last_sheet) if self.of else (1, self.sheets)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        """No page before the first set, none of a set that is another's too, none behind the last page."""
        next_page, next_sheet = 1, 1
        for number, each in enumerate(self.sets):
            begins = each.first_page == 1 if number == 0 else each.first_page >= next_page
            if not begins or each.first_sheet < next_sheet:
                raise ValueError(f"set {number + 1} of {self.file} does not follow the one before")
            if each.last_page < each.first_page or each.last_sheet < each.first_sheet:
                raise ValueError(f"set {number + 1} of {self.file} has no pages")
            next_page, next_sheet = each.last_page + 1, each.last_sheet + 1
        if next_page - 1 > self.pages or next_sheet - 1 > self.sheets:
            raise ValueError(f"{self.file} has fewer pages than its sets")
        return self


class Packet(_Told):
    """A packet of a run, or a row that was refused: then it has neither id nor status."""

    packet_id: str
    status: str
    print_file: str
    first_sheet: int
    last_sheet: int


class FinishedRun(_Told):
    """What sending needs to know of a run, as its manifest tells."""

    paper: Literal["letter", "a4"]
    two_sided: bool
    up: int = 1
    encrypted: bool = False
    print_files: Annotated[tuple[PrintFile, ...], Field(strict=False)]
    reprints: Annotated[tuple[PrintFile, ...], Field(strict=False)] = ()
    throw_away: Annotated[tuple[Packet, ...], Field(strict=False)] = ()
    packets: Annotated[tuple[Packet, ...], Field(strict=False)] = ()

    def final(self, files: Sequence[str]) -> tuple[str, ...]:
        """The ids of the packets in these print files, or in those they were printed again from, that are more than drafts.

        Those that are to be thrown away are among them: the record says of them too whether they may be printed.
        """
        told = {each.file: each for each in (*self.print_files, *self.reprints)}
        places = [(each.of or each.file, *each.sheets_of_it) for each in map(told.__getitem__, files)]
        there = [each.model_dump() for each in (*self.packets, *self.throw_away)]
        return tuple(dict.fromkeys(name for place in places for name in final_on(there, *place)))

    def file(self, name: str) -> PrintFile:
        """The print file of this name. Raises WrongUsage if the run has none."""
        for each in (*self.print_files, *self.reprints):
            if each.file == name:
                return each
        known = ", ".join(each.file for each in (*self.print_files, *self.reprints)) or "none"
        raise WrongUsage(Fault("the command", "is no print file of this run.", f"It has {known}.", "--file", name))


def run_in(folder: Path) -> FinishedRun:
    """The run in `folder`. Raises UnreadableInput without a manifest that can be read, WrongUsage where files are encrypted."""
    path = folder / JSON
    try:
        run = FinishedRun.model_validate_json(path.read_bytes())
    except OSError as trouble:
        remedy = "Give the folder of a run that has ended; press run makes it."
        raise UnreadableInput(Fault(str(path), f"cannot be read: {trouble.strerror}.", remedy)) from None
    except ValidationError as trouble:
        first = trouble.errors()[0]
        field = ".".join(map(str, first["loc"]))
        remedy = "Run the same press run again: it writes the manifest anew."
        raise UnreadableInput(Fault(str(path), f"is no manifest of a run: {first['msg']}.", remedy, field)) from None
    if run.encrypted:
        problem = "its files are encrypted, to be carried; a printer cannot open them."
        raise WrongUsage(Fault(str(folder), problem, "Print the run into another folder without --password-file."))
    return run


@contextmanager
def opened(folder: Path, print_file: PrintFile) -> Generator[BinaryIO, None, None]:
    """The file, open, if it is what the manifest tells. Raises DamagedRecord."""
    path = folder / print_file.file
    remedy = "Run the same press run again: it makes this file anew."
    try:
        document = path.open("rb")
    except OSError as trouble:
        raise DamagedRecord(Fault(str(path), f"cannot be read: {trouble.strerror}.", remedy)) from None
    with document:
        if hashlib.file_digest(document, "sha256").hexdigest() != print_file.sha256:
            raise DamagedRecord(Fault(str(path), "is not as it was made, and is not sent.", remedy))
        yield document


def check(folder: Path, print_files: Sequence[PrintFile]) -> None:
    """Raise DamagedRecord with every file that is not what the manifest tells, before any is sent."""
    faults: list[Fault] = []
    for each in print_files:
        try:
            with opened(folder, each):
                pass
        except DamagedRecord as trouble:
            faults += trouble.faults
    DamagedRecord.gathered(faults)
