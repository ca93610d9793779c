"""Ours: appointments → packets, as `handouts` makes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.appointments import Mode, appointments
from benchmarks.work import Work
from handouts.appointment import Appointment
from handouts.output import write
from handouts.packet import Packet

DRAWS_CODE = False
"""Whether our pages have their code yet; the peers' have."""
PRINT_FILE = False
"""Whether many packets can go into one print file yet."""


class Ours:
    """One maker for all packets, with its own memory of what it has set."""

    name = "handouts"
    makes = "PDF/UA-1 + A-2a"

    def __init__(self, *, whole: bool = False) -> None:
        self._work = Work(whole=whole)
        self._make = self._work.maker()

    def inputs(self, mode: Mode) -> Iterator[Appointment]:
        """Appointments of `mode`, read and checked, no two the same."""
        return map(self._work.appointment, appointments(1_000_000, mode))

    def made(self, raw: Mapping[str, Any]) -> Packet:
        """The packet of an appointment as it stands in a schedule."""
        return self._make(self._work.appointment(raw), self._work.now)

    def packet(self, given: Appointment) -> list[bytes]:
        """The PDFs of the documents of one appointment."""
        return [document.pdf for document in self._make(given, self._work.now).documents]

    def write(self, packet: Packet, out: Path) -> None:
        """The packet's folder, as the program writes it: with hashes, flushed to the disk, whole or absent."""
        write(packet, out)

    def close(self) -> None:
        """Nothing was started."""
