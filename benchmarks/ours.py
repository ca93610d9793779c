"""Ours: appointments → packets, as `handouts` makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.appointments import appointments
from benchmarks.mode import Mode
from benchmarks.work import Work
from handouts.appointment import Appointment
from handouts.batch import Failed, packets, prepare
from handouts.cache import Cache, V, user_cache
from handouts.intake import read
from handouts.memory import collect_seldom
from handouts.output import PrintRun, write
from handouts.packed import Packing
from handouts.packet import Packet


class _Counting(Cache):
    """A cache that counts the layouts it is asked for, which is once for each that the process has not met."""

    plates = 0

    def value(self, kind: str, key_now: Callable[[], str], packing: Packing, make: Callable[[], V]) -> V:
        self.plates += kind == "plate"
        return super().value(kind, key_now, packing, make)


class Ours:
    """One maker for all packets, with its own memory of what it has set and the cache that HANDOUTS_CACHE names.

    `folder` is the clinic's, the demo clinic's if none is given.
    """

    name = "handouts"
    makes = "PDF/UA-1 + A-2a"

    def __init__(self, *, whole: bool = False, folder: Path | None = None) -> None:
        collect_seldom()  # as the command does
        self._cache = _Counting(user_cache().folder)
        self._work = Work(whole=whole, cache=self._cache, folder=folder)
        self._make = self._work.maker()
        self._together = ExitStack()
        self._together.enter_context(self._cache.together())  # as the command does over a run of one process

    @property
    def layouts(self) -> int:
        """How many layouts it has met."""
        return self._cache.plates

    def schedule(self, path: Path, out: Path, jobs: int) -> None:
        """Every appointment of a file on the disk and in a print file, by `jobs` processes; raises what kept one from it."""
        self._together.close()  # the run does that itself
        found = read(path, self._work.editions.clinic, self._work.now)
        prepare(self._make, found)
        for result in packets(found, self._make, self._work.now, out, PrintRun(out / "print.pdf"), jobs=jobs):
            if isinstance(result, Failed):
                raise result.error

    def inputs(self, mode: Mode, language: str = "") -> Iterator[Appointment]:
        """Appointments of `mode`, read and checked, no two the same; all patients' language is `language` if there is one."""
        for raw in appointments(1_000_000, mode):
            if language:
                raw["patient"]["language"] = language
            yield self._work.appointment(raw)

    def made(self, raw: Mapping[str, Any]) -> Packet:
        """The packet of an appointment as it stands in a schedule."""
        return self.made_of(self._work.appointment(raw))

    def made_of(self, given: Appointment) -> Packet:
        """The packet of an appointment that is read."""
        return self._make(given, self._work.now)

    def packet(self, given: Appointment) -> list[bytes]:
        """The PDFs of the documents of one appointment."""
        return [document.pdf for document in self.made_of(given).documents]

    def write(self, packet: Packet, out: Path) -> Path:
        """The packet's folder, as the program writes it: with hashes, flushed to the disk, whole or absent."""
        return write(packet, out)

    def close(self) -> None:
        """Puts what waits into the cache."""
        self._together.close()
