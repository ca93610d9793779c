"""A realistic schedule → its packets on the disk with hashes and one print file, and the same bytes written without making them.

`python -m benchmarks.schedule FOLDER short|whole COUNT…` makes each schedule twice in one process, first with what was
remembered until then and then again, and prints a line of JSON on each. `… FOLDER short|whole --jobs JOBS` makes the schedule that
FOLDER holds once, in so many processes.
"""

from __future__ import annotations

import gc
import json
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.appointments import appointments
from benchmarks.files import copied, flushed, plain
from benchmarks.memory import peak_megabytes
from benchmarks.mode import Mode
from benchmarks.ours import Ours
from handouts.output import PrintRun

_TOGETHER = 10
"""So many packets are made, then the same bytes written, in turn: both under the same load, and few in memory at a time."""


@dataclass(slots=True)
class Pass:
    """Seconds: all of it made and written, the same files written and flushed, the same bytes just written; and bytes."""

    packets: int = 0
    made: float = 0
    flushed: float = 0
    plain: float = 0
    print_bytes: int = 0
    megabytes: float = 0
    """The most memory until then."""

    @property
    def milliseconds(self) -> float:
        """What a packet took."""
        return 1000 * self.made / self.packets


@dataclass(frozen=True, slots=True)
class Many:
    """A schedule made for the first time in a process, and again."""

    first: Pass
    again: Pass


def main(folder: str, packet: str, *counts: str) -> None:
    """What the arguments say."""
    ours = Ours(whole=packet == "whole")
    place = Path(folder)
    if counts[0] == "--jobs":
        ours.schedule(place / "schedule.json", place / "packets", int(counts[1]))
        return
    for count in map(int, counts):
        found = (written(ours, appointments(count, Mode.REALISTIC), place / "files") for _ in range(2))
        print(json.dumps([asdict(each) for each in found]), flush=True)
    ours.close()


def read(line: str) -> Many:
    """What a printed line says."""
    first, again = json.loads(line)
    return Many(Pass(**first), Pass(**again))


def _packet(ours: Ours, raw: Any, out: Path, run: PrintRun) -> Path:
    """The folder of a packet that is on the disk and in the print file; raises what kept it from that."""
    made = ours.made(raw)
    folder = ours.write(made, out)
    run.add([document.filled for document in made.documents])
    if run.trouble:
        raise run.trouble
    return folder


def written(ours: Ours, raws: Iterator[Any], folder: Path) -> Pass:
    """Every packet from the schedule's own words to the finished folder and the print file, as the program does it."""
    gc.collect()
    found = Pass()
    begun = time.perf_counter()
    run = PrintRun(folder / "print.pdf")
    found.made += time.perf_counter() - begun
    while batch := list(islice(raws, _TOGETHER)):
        begun = time.perf_counter()
        made = [_packet(ours, raw, folder / "made", run) for raw in batch]
        found.made += time.perf_counter() - begun
        found.packets += len(batch)
        for each in made:
            files = {path.name: path.read_bytes() for path in each.iterdir()}
            found.flushed += flushed(folder / "flushed" / each.name, files)
            found.plain += plain(folder / "plain" / each.name, files)
        for name in ("made", "flushed", "plain"):
            shutil.rmtree(folder / name)
    begun = time.perf_counter()
    run.close()
    found.made += time.perf_counter() - begun
    found.print_bytes = (folder / "print.pdf").stat().st_size
    found.flushed += copied(folder / "print.pdf", folder / "flushed.pdf", flush=True)
    found.plain += copied(folder / "print.pdf", folder / "plain.pdf", flush=False)
    found.megabytes = peak_megabytes()
    shutil.rmtree(folder)
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
