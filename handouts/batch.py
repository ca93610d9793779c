"""Schedules → packets on the disk, one appointment after the other; what is wrong with one never stops the others."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from handouts.errors import Fault, HandoutsError, RefusedAppointment
from handouts.intake import Schedule
from handouts.output import PrintRun, open_folder, sweep, write
from handouts.packet import Packet, PacketMaker


@dataclass(frozen=True)
class Made:
    """A packet that is on the disk, in `folder`."""

    packet: Packet
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
    for procedure, language in needed:
        make.editions.press(language)
        for kind in make.kinds(procedure):
            make.editions.wordings(procedure, kind, language)


def packets(
    found: Schedule, make: PacketMaker, now: datetime, out: Path, print_run: PrintRun | None = None
) -> Iterator[Made | Failed]:
    """What could not be read or was refused, then every appointment's packet, made and written below `out`.

    What is on the disk goes into the print file too, if one is wanted; last comes what kept that from being written.
    """
    try:
        open_folder(out)
        sweep(out)
        yield from map(Failed, (*found.unreadable, *found.refused))
        for where, appointment in found.appointments:
            try:
                packet = make(appointment, now)
                folder = write(packet, out)
                if print_run:
                    print_run.add(packet)
                yield Made(packet, folder)
            except RefusedAppointment as trouble:
                yield Failed(RefusedAppointment(*(replace(fault, where=where) for fault in trouble.faults)))
            except HandoutsError as trouble:
                yield Failed(type(trouble)(*(replace(f, where=f"{where}: {f.where}") for f in trouble.faults)))
            except Exception as trouble:  # noqa: BLE001 - a fault of ours in one packet must not take the others with it
                yield Failed(RefusedAppointment(_our_fault(where, trouble)))
        if print_run:
            print_run.close()
            if print_run.trouble:
                yield Failed(print_run.trouble)
    finally:
        if print_run:
            print_run.drop()


def _our_fault(where: str, trouble: Exception) -> Fault:
    """A fault of the program itself, told without the message, which could hold a patient's values."""
    last = traceback.extract_tb(trouble.__traceback__)[-1]
    place = f"{Path(last.filename).name}, line {last.lineno}"
    return Fault(
        where, f"the program failed ({type(trouble).__name__} at {place}).", "Report this; the others are made."
    )
