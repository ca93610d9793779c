"""The same parts of a run in one process, in two, and on a Dask cluster of two workers, in turn → a table of ratios.

`python -m benchmarks.press [--packets N] [--rounds N]`. All are warm: what is made before any patient is made before anything is timed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.appointments import appointments
from benchmarks.memory import megabytes_now
from benchmarks.table import number, table
from handouts.appointment import Appointment
from handouts.clinic import Clinic
from handouts.errors import Fault, HandoutsError
from handouts.intake.rows import premises
from handouts.press.bundle import bundle_of
from handouts.press.cluster import on_cluster
from handouts.workers import in_processes
from tests.approved import reviewed
from tests.press.dask_here import DaskHere, Packets

_PART = 40
"""Packets of a part: about as many as a print file holds."""
_LOOKING = 0.5
"""Seconds between two looks at the memory."""

Part = Sequence[Appointment]
Made = tuple[Mapping[str, bytes], int, int]
"""The files of a part, the process that made it, and how many it had made."""


class Run:
    """How one way of making the parts has done: seconds of each round, and the most megabytes of all processes together."""

    def __init__(self, said: str, results: Callable[[], Iterable[Made | Fault]]) -> None:
        self.said = said
        self._results = results
        self.seconds: list[float] = []
        self.megabytes = 0.0

    def round(self) -> set[str]:
        """Makes all parts; the names of the files. Raises HandoutsError for a part that was not made."""
        names: set[str] = set()
        begun, due = time.perf_counter(), 0.0
        for made in self._results():
            if isinstance(made, Fault):
                raise HandoutsError(made)
            names |= made[0].keys()
            if time.perf_counter() >= due:
                self.megabytes = max(self.megabytes, megabytes_now(os.getpid()))
                due = time.perf_counter() + _LOOKING
        self.seconds.append(time.perf_counter() - begun)
        return names


def main() -> None:
    """All of them in every round, each round beginning with another one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.press", description=__doc__)
    parser.add_argument("--packets", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        os.environ["HANDOUTS_CACHE"] = str(Path(name) / "cache")
        with DaskHere(Path(name) / "dask") as dask:
            for _ in range(2):
                dask.worker()
            print(measured(runs(dask.address, given.packets), given.packets, given.rounds))


def runs(address: str, packets: int) -> list[Run]:
    """The ways to make this many packets, one process first."""
    clinic = reviewed()
    now = clinic.clock
    if now is None:
        raise RuntimeError("the demo clinic has no clock")
    work, bundle, parts = Packets(now, clinic.folder), bundle_of(clinic), list(_parts(clinic, now, packets))

    def on_dask() -> Iterator[Made | Fault]:
        return on_cluster(address, bundle, partial(Packets, now), parts, work, _tell)

    return [
        Run("1 process", lambda: map(work, parts)),
        Run("2 processes", lambda: in_processes(work, parts, 2)),
        Run("Dask, 2 workers", on_dask),
    ]


def measured(found: list[Run], packets: int, rounds: int) -> str:
    """The table; before the first round each makes all once. Raises RuntimeError if they do not make the same files."""
    if len({frozenset(run.round()) for run in found}) > 1:
        raise RuntimeError("not all have made the same files")
    for run in found:
        run.seconds.clear()
    for begin in range(rounds):
        for place in range(len(found)):
            found[(begin + place) % len(found)].round()
    one = found[0]
    rows = [
        [
            run.said,
            number(median(run.seconds)),
            number(packets / median(run.seconds)),
            f"{median(first / own for first, own in zip(one.seconds, run.seconds, strict=True)):.2f}×",
            number(run.megabytes),
        ]
        for run in found
    ]
    head = f"{packets:,} packets, {rounds} rounds, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
    return f"{head}\n\n{table(('', 's', 'packets a second', 'as fast as 1 process', 'MB'), rows)}"


def _parts(clinic: Clinic, now: datetime, packets: int) -> Iterator[Part]:
    context = premises(clinic, now)
    rows = [Appointment.model_validate(raw, context=context) for raw in appointments(packets)]
    return (rows[start : start + _PART] for start in range(0, len(rows), _PART))


def _tell(fault: Fault) -> None:
    print(fault, file=sys.stderr)


if __name__ == "__main__":
    main()
