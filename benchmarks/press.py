"""`press run` as whole processes: from an empty cache, then warm with one process, two, and two Dask workers, in turn → a table of ratios.

`python -m benchmarks.press [--packets N] [--rounds N]`. Every run goes into a new folder and is flushed to the disk; all must come to
the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.appointments import appointments
from benchmarks.memory import megabytes_now
from benchmarks.table import number, table
from tests.press.dask_here import ROOT, DaskHere

_LOOKING = 0.2
"""Seconds between two looks at the memory."""


@dataclass
class Way:
    """A way to make the run: its options, the seconds of each round, and the most megabytes of the command with what it starts."""

    said: str
    options: Sequence[str]
    seconds: list[float] = field(default_factory=list[float])
    megabytes: float = 0.0

    def round(self, folder: Path) -> str:
        """Makes the run once; the hash of all its files. Raises RuntimeError where it fails."""
        out = folder / "out"
        command = [sys.executable, str(ROOT / "generate.py"), "press", "run", str(folder / "schedule.json"), "--drafts"]
        begun = time.perf_counter()
        process = subprocess.Popen(
            [*command, "-o", str(out), *self.options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HANDOUTS_CACHE": str(folder / "cache")},
        )
        while process.poll() is None:
            self.megabytes = max(self.megabytes, megabytes_now(process.pid))
            time.sleep(_LOOKING)
        self.seconds.append(time.perf_counter() - begun)
        if process.returncode:
            raise RuntimeError(f"press run {' '.join(self.options)} ended with {process.returncode}")
        made = _hash(out)
        shutil.rmtree(out)
        return made


def main() -> None:
    """The run from an empty cache, then all ways in every round, each round beginning with another one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.press", description=__doc__)
    parser.add_argument("--packets", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        folder = Path(name)
        rows = json.dumps(list(appointments(given.packets)), ensure_ascii=False)
        (folder / "schedule.json").write_text(rows, "utf-8")
        with DaskHere(folder / "dask") as dask:
            for _ in range(2):
                dask.worker()
            first = Way("from an empty cache, 2 processes", ("--jobs", "2"))
            ways = [
                Way("1 process", ("--jobs", "1")),
                Way("2 processes", ("--jobs", "2")),
                Way("Dask, 2 workers", ("--cluster", dask.address)),
            ]
            print(measured(first, ways, folder, given.packets, given.rounds))


def measured(first: Way, ways: Sequence[Way], folder: Path, packets: int, rounds: int) -> str:
    """The table. Raises RuntimeError if they do not come to the same bytes."""
    made = {first.round(folder), ways[-1].round(folder)}
    ways[-1].seconds.clear()  # its workers had prepared nothing
    for begin in range(rounds):
        made |= {ways[(begin + place) % len(ways)].round(folder) for place in range(len(ways))}
    if len(made) > 1:
        raise RuntimeError("not all have come to the same bytes")
    one = ways[0]
    rows = [
        [
            way.said,
            number(median(way.seconds)),
            number(packets / median(way.seconds)),
            f"{median(one.seconds) / median(way.seconds):.2f}×",
            number(way.megabytes),
        ]
        for way in (first, *ways)
    ]
    head = f"{packets:,} packets, {rounds} rounds, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
    return f"{head}\n\n{table(('', 's', 'packets a second', 'as fast as 1 process', 'MB'), rows)}"


def _hash(out: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(out.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(out)}\n".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
