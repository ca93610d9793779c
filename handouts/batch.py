"""Schedules → packets on the disk, in one process or several; what is wrong with one packet never stops the others."""

from __future__ import annotations

import gc
import json
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from handouts.appointment import Appointment
from handouts.errors import Fault, HandoutsError, NotAllowed, RefusedAppointment
from handouts.intake import Schedule
from handouts.output import MANIFEST, PrintRun, Writing, end, files_of, manifest, open_folder, sweep
from handouts.packet import PacketMaker
from handouts.pdf.filling import Filled
from handouts.workers import in_processes

if TYPE_CHECKING:
    from handouts.record.keeping import Keeping, Record
    from handouts.record.packets import Making, Outcome

_AT_ONCE = 16
"""Packets that a process is given at once, and has written at once."""


@dataclass(frozen=True)
class Made:
    """A packet that is on the disk, in `folder`, and what its `manifest` says of it."""

    manifest: Mapping[str, object]
    folder: Path


@dataclass(frozen=True)
class Failed:
    """An appointment or a file of which nothing came, and why."""

    error: HandoutsError


def prepare(make: PacketMaker, found: Schedule) -> None:
    """Make every edition that the appointments need, so that what is wrong with content stops the run before any patient.

    Raises the first ContentError met, with all its faults.
    """
    _ = make.editions.approvals
    needed = dict.fromkeys(
        (appointment.procedure, language)
        for _, appointment in found.appointments
        for language in make.languages(appointment)
    )
    with make.editions.cache.together():
        for procedure, language in needed:
            make.editions.press(language)
            for kind in make.kinds(procedure):
                make.editions.wordings(procedure, kind, language)


def packets(
    found: Schedule,
    make: PacketMaker,
    now: datetime,
    out: Path,
    print_run: PrintRun | None = None,
    *,
    jobs: int = 1,
    record: Record | None = None,
) -> Iterator[Made | Failed]:
    """What could not be read or was refused, then every appointment's packet, made and written below `out`.

    With `jobs` above 1 that many processes make them; results come in the order of the appointments all the same, and so do the
    bytes. What is on the disk goes into the print file too, if one is wanted; last comes what kept that from being written.
    With a `record`, packets are taken into it, and those that it has already stay as they are there.
    """
    gc.freeze()  # what was made before any patient stays: the collector of garbage need not look through it again and again
    try:
        open_folder(out)
        sweep(out)
        yield from map(Failed, (*found.unreadable, *found.refused))
        given = found.appointments
        keeping = record.keeping(make.editions.clinic, [appointment for _, appointment in given]) if record else None
        work = _Work(make, now, out, keeping, printing=print_run is not None)
        at_once = _AT_ONCE if record or jobs > 1 else 1  # one process alone tells of each packet once it is there
        parts = [given[start : start + at_once] for start in range(0, len(given), at_once)]
        with make.editions.cache.together() if jobs < 2 else nullcontext():  # forks keep what they make themselves
            for result in chain.from_iterable(_taken(record, some) for some in in_processes(work, parts, jobs)):
                if print_run and result.documents:
                    print_run.add(result.documents)
                yield result.told
        if print_run:
            print_run.close()
            if print_run.trouble:
                yield Failed(print_run.trouble)
    finally:
        if print_run:
            print_run.drop()


_Appointment = tuple[str, Appointment]


class _Result(NamedTuple):
    """What came of an appointment; its documents if they are to be printed, and what the record is to take in."""

    told: Made | Failed
    documents: Sequence[Filled] = ()
    making: Making | None = None


@dataclass(frozen=True)
class _Work:
    """Makes and writes one packet; with `printing` it hands on what a print file needs of it."""

    make: PacketMaker
    now: datetime
    out: Path
    keeping: Keeping | None
    printing: bool

    def __call__(self, given: Sequence[_Appointment]) -> Sequence[_Result]:
        """Some packets, on the disk together."""
        with self.make.editions.cache.together():
            begun = [self._begun(where, appointment) for where, appointment in given]
        end([writing for writing, _ in begun if writing])
        troubles = (writing.trouble if writing else None for writing, _ in begun)
        ended = zip(given, troubles, begun, strict=True)
        return [
            _Result(Failed(told_with_row(where, trouble))) if trouble else result
            for (where, _), trouble, (_, result) in ended
        ]

    def _begun(self, where: str, appointment: Appointment) -> tuple[Writing | None, _Result]:
        """A packet that is made and not yet on the disk, and what comes of it if it gets there."""
        try:
            if self.keeping:
                packet, files, making = self.keeping.made(self.make, appointment, self.now)
            else:
                packet = self.make(appointment, self.now)
                files, making = files_of(packet), None
            writing = Writing(self.out / packet.packet_id, files)
            documents = [document.filled for document in packet.documents] if self.printing else []
        except HandoutsError as trouble:
            return None, _Result(Failed(told_with_row(where, trouble)))
        except Exception as trouble:  # noqa: BLE001 - a fault of ours in one packet must not take the others with it
            return None, _Result(Failed(RefusedAppointment(our_fault(where, trouble))))
        return writing, _Result(Made(manifest(packet), writing.folder), documents, making)


def _taken(record: Record | None, results: Sequence[_Result]) -> Sequence[_Result]:
    """`results` once what is new of them is in the record; what it did not take has failed."""
    new = [result for result in results if result.making]
    if record is None or not new:
        return results
    try:
        outcomes = record.take([result.making for result in new if result.making])
    except HandoutsError as trouble:
        return [_Result(Failed(trouble)) if result.making else result for result in results]
    became: dict[int, Outcome | Fault] = {id(result): each for result, each in zip(new, outcomes, strict=True)}
    return [_as_recorded(record, result, became.get(id(result))) for result in results]


def _as_recorded(record: Record, result: _Result, became: Outcome | Fault | None) -> _Result:
    """`result` as the record has it: failed, or, where another run was first, with that run's files on the disk."""
    if isinstance(became, Fault):
        return _Result(Failed(NotAllowed(became)))
    if became != "same" or not isinstance(result.told, Made) or result.making is None:
        return result
    try:
        files = record.files(result.making.packet_id)
    except HandoutsError as trouble:
        return _Result(Failed(trouble))
    writing = Writing(result.told.folder, files)
    end([writing])
    if writing.trouble:
        return _Result(Failed(writing.trouble))
    return result._replace(told=Made(json.loads(files[MANIFEST]), writing.folder))


def told_with_row(where: str, trouble: HandoutsError) -> HandoutsError:
    """What is wrong with an appointment, or with what became of it, told with the row it stands in."""
    if isinstance(trouble, RefusedAppointment):
        return RefusedAppointment(*(replace(fault, where=where) for fault in trouble.faults))
    return type(trouble)(*(replace(fault, where=f"{where}: {fault.where}") for fault in trouble.faults))


def our_fault(where: str, trouble: Exception) -> Fault:
    """A fault of the program itself, told without the message, which could hold a patient's values."""
    last = traceback.extract_tb(trouble.__traceback__)[-1]
    place = f"{Path(last.filename).name}, line {last.lineno}"
    return Fault(
        where, f"the program failed ({type(trouble).__name__} at {place}).", "Report this; the others are made."
    )
