"""`python -m benchmarks.record`: what the record costs: approvals with their log, and recording packets as they are made."""

from __future__ import annotations

import argparse
import cProfile
import gc
import json
import os
import pstats
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

sys.path.append(str(Path(__file__).parent.parent / "tests"))  # what its modules import by their own names

from benchmarks.appointments import appointments
from benchmarks.memory import peak_megabytes
from benchmarks.mode import Mode
from benchmarks.table import number, table
from handouts.batch import Made, packets
from handouts.cache import user_cache
from handouts.clinic import Clinic, load_clinic
from handouts.content.editions import Editions
from handouts.intake import read_all
from handouts.packet import Options, PacketMaker
from handouts.record.audit import checked
from handouts.record.backup import backed_up
from handouts.record.keeping import Record
from handouts.record.review import Decided, approve
from handouts.record.roles import Act, actor
from handouts.record.standing import Makers
from handouts.record.store import opened
from tests.record.real import NOW, real_folder

GOAL = 2.0
"""Seconds for 1,000 approvals."""
_AT = datetime.fromisoformat(NOW)
R = TypeVar("R")


def main() -> None:
    """Everything, in a folder of its own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.record", description=__doc__)
    parser.add_argument("--packets", type=int, default=1000, help="packets in the schedule (default: %(default)s)")
    parser.add_argument("--profile", action="store_true", help="show where the time of the approvals goes")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        folder = Path(name)
        os.environ["HANDOUTS_CACHE"] = str(folder / "cache")
        clinic = load_clinic(real_folder(folder / "clinic"))
        print(_measured(clinic, folder, given.packets, profiled=given.profile))


def _measured(clinic: Clinic, folder: Path, count: int, *, profiled: bool) -> str:
    schedule = folder / "schedule.json"
    schedule.write_text(json.dumps(list(appointments(count, Mode.FIXED)), ensure_ascii=False), "utf-8")
    make = PacketMaker(Editions(clinic, user_cache()), Options())
    _made(clinic, schedule, folder / "warm", make, recorded=False)
    bare, _ = _timed(lambda: _made(clinic, schedule, folder / "bare", make, recorded=False))
    recorded, ids = _timed(lambda: _made(clinic, schedule, folder / "recorded", make, recorded=True))
    again, _ = _timed(lambda: _made(clinic, schedule, folder / "recorded", make, recorded=True))
    for each in ("warm", "bare", "recorded"):
        shutil.rmtree(folder / each)
    commits, _ = _timed(lambda: _commits(folder / "bare.sqlite3", count))
    together, _ = _timed(lambda: _commits(folder / "together.sqlite3", count, at_once=True))
    store, makers, who = opened(clinic), Makers(clinic), actor(clinic, "okafor", Act.REVIEW, system_user="benchmark")
    profiler = cProfile.Profile()
    if profiled:
        profiler.enable()
    first, found = _timed(lambda: approve(store, makers, who, ids, _AT))
    profiler.disable()
    if not all(isinstance(each, Decided) for each in found):
        raise ValueError("every packet of this schedule can be approved")
    audit, _ = _timed(lambda: checked(store))
    admin = actor(clinic, "admin", Act.KEEP, system_user="benchmark")
    backup, _ = _timed(lambda: backed_up(store, clinic, admin, _AT, folder))
    if profiled:
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(45)
    rows = [
        ("packets made, not recorded", bare, bare),
        ("packets made and recorded", recorded, bare),
        ("the same schedule again", again, bare),
        ("approvals with their log", first, commits),
        ("as many commits of a row", commits, commits),
        ("as many rows in one commit", together, commits),
        ("the record checked, every file read", audit, commits),
        ("the record backed up", backup, commits),
    ]
    told = table(
        (f"of {count}", "seconds", "ms each", "times"),
        [(name, number(took), number(1000 * took / count), f"{took / beside:.2f}×") for name, took, beside in rows],
    )
    reached = GOAL * count / 1000
    verdict = "yes" if first <= reached else "no"
    goal = f"{count} approvals with log in {reached:g} s: {first:.2f} s, {verdict}. Peak {peak_megabytes():.0f} MB."
    return f"{told}\n\nTimes are beside packets not recorded, and beside commits of a row.\n{goal}"


def _timed(work: Callable[[], R]) -> tuple[float, R]:
    gc.collect()
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found


def _made(clinic: Clinic, schedule: Path, out: Path, make: PacketMaker, *, recorded: bool) -> Sequence[str]:
    """The ids of the packets of `schedule`, made by one process into the folder `out`."""
    desk = actor(clinic, "desk", Act.GENERATE, system_user="benchmark")
    record = Record(opened(clinic, create=True), desk, _AT) if recorded else None
    found = packets(read_all([schedule], clinic, _AT), make, _AT, out, record=record)
    return [str(each.manifest["packet_id"]) for each in found if isinstance(each, Made)]


def _commits(path: Path, count: int, *, at_once: bool = False) -> None:
    """So many rows, each flushed to the disk by itself or all of them together, and nothing else."""
    connection = sqlite3.connect(path, isolation_level=None)
    for line in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "CREATE TABLE line (number, told)"):
        connection.execute(line)
    if at_once:
        connection.execute("BEGIN")
    for each in range(count):
        connection.execute("INSERT INTO line VALUES (?, ?)", (each, "x" * 300))
    if at_once:
        connection.execute("COMMIT")
    connection.close()


if __name__ == "__main__":
    main()
