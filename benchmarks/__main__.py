"""`python -m benchmarks`: ours and the peers in alternating rounds, in processes of their own, and onto the disk → tables."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.command import command, write_schedule
from benchmarks.files import Written, peer_written
from benchmarks.languages import LANGUAGES, write_clinic
from benchmarks.mode import Mode
from benchmarks.prepared import prepare
from benchmarks.processes import Child, Request, Rounds, Turn, alternating, at_once, cold, lines, watched
from benchmarks.profiled import profile
from benchmarks.programs import IN_LANGUAGES, OURS, PEERS, inputs, lacking, opened
from benchmarks.report import report
from benchmarks.results import Processes, Results, Run
from benchmarks.schedule import Many, read

_WARM_OTHERS = 3
_FEWEST = 5
"""Typst remembers what it has set in its last ten documents: with fewer packets in turn it would be asked what it knows already."""
_MODES = (Mode.FIXED, Mode.RANDOM, Mode.REALISTIC)
_PEERS_WRITTEN, _PEERS_WRITTEN_QUICKLY = 30, 2
_LONG = 10_000


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add("--quick", action="store_true", help="less of everything: about two minutes")
    add("--peers", default=",".join(PEERS), help="which peers, with commas between (default: %(default)s)")
    add("--rounds", type=int, help="rounds of each mode (7; quick: 3)")
    add("--seconds", type=float, help="for each program in a round (1.5; quick: 0.2)")
    add("--running", type=float, help="seconds of the runs on one and two processes (10; quick: 1)")
    add("--cold", type=int, help="cold starts of each program (5; quick: 1)")
    add("--sample", type=int, help="appointments of each mode that the peers go through (40; quick: 5)")
    add("--warm", type=int, help="packets of ours before any is timed (100; quick: 20)")
    add("--files", type=int, help="packets of ours in a schedule that is made as files (1000; quick: 40; 0: none)")
    add("--all", action="store_true", help="a schedule of 10,000 packets too")
    add(
        "--whole",
        action="store_true",
        help="the whole packet that patients get, not the short one (the peers' sizes stay)",
    )
    add("--profile", action="store_true", help="only show where our time goes")
    given = parser.parse_args()
    usual = {"rounds": (7, 3), "seconds": (1.5, 0.2), "running": (10.0, 1.0), "cold": (5, 1), "sample": (40, 5)}
    for name, (full, quick) in {**usual, "warm": (100, 20), "files": (1000, 40)}.items():
        if getattr(given, name) is None:
            setattr(given, name, quick if given.quick else full)
    given.sample = max(given.sample, _FEWEST)
    return given


def main() -> None:
    """Everything, in the order in which it is printed; nothing of the user's own cache is read or written."""
    given = _arguments()
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        folder = Path(name)
        os.environ["HANDOUTS_CACHE"] = str(folder / "cache")
        if given.profile:
            for line in profile(whole=given.whole, folder=folder, packets=20 if given.quick else 100):
                print(line)
            return
        keys = [OURS, *filter(None, given.peers.split(","))]
        missing = lacking(keys)
        for text in _measured(given, [key for key in keys if key not in missing], folder):
            print(f"\n{text}", flush=True)
    print()
    for key, reason in missing.items():
        print(f"{key}: not measured, {reason}")


def _measured(given: argparse.Namespace, keys: Sequence[str], folder: Path) -> list[str]:
    """What is printed: what a packet is, and the tables."""
    _say("making the work ready")
    work = prepare(folder, keys, _MODES, given.sample, whole=given.whole)
    children = {key: Child(key, folder, whole=given.whole) for key in keys}
    rounds: dict[Mode, Mapping[str, Rounds]] = {}
    for mode in _MODES:
        _say(f"{given.rounds} rounds, {mode}")
        turns = {key: Turn(child, mode, _warm(key, given)) for key, child in children.items()}
        rounds[mode] = alternating(turns, given.rounds, given.seconds)
    processes = {key: _processes(key, child, folder, given) for key, child in children.items()}
    for child in children.values():
        child.close()
    empty = cold(OURS, folder, Mode.REALISTIC, given.cold, whole=given.whole, empty=True)
    languages = _languages(folder, given)
    load = os.getloadavg()[0]
    results = Results(
        rounds,
        languages,
        processes,
        empty,
        _many(folder, given),
        tuple(_runs(folder, given)),
        _files(keys, folder, given),
    )
    head = f"A packet: {work}. {os.cpu_count()} processors, load {load:.1f}; times are medians of the rounds."
    return [head, *report(results)]


def _warm(key: str, given: argparse.Namespace) -> int:
    """How many packets a program makes before any is timed."""
    if key == OURS:
        return given.warm
    return 1 if given.quick else 30 if key == "fop" else _WARM_OTHERS


def _processes(key: str, child: Child, folder: Path, given: argparse.Namespace) -> Processes:
    _say(f"processes: {key}")
    request = Request(Mode.REALISTIC, given.running)
    (one,) = at_once([child], request)
    second = Child(key, folder, whole=given.whole)
    at_once([second], Request(Mode.REALISTIC, 0, _warm(key, given)))
    two = at_once([child, second], request)
    second.close()
    return Processes(cold(key, folder, Mode.REALISTIC, given.cold, whole=given.whole), one, two)


def _languages(folder: Path, given: argparse.Namespace) -> dict[str, Rounds]:
    _say("languages")
    write_clinic(folder / "clinic")
    child = Child(IN_LANGUAGES, folder, whole=given.whole)
    turns = {tag: Turn(child, f"{Mode.FIXED}.{tag}", given.warm) for tag in LANGUAGES}
    found = alternating(turns, given.rounds, given.seconds)
    child.close()
    return found


def _many(folder: Path, given: argparse.Namespace) -> list[Many]:
    """Schedules of several lengths in one process, each made twice."""
    counts = [*([given.files] if given.files else []), *([_LONG] if given.all else [])]
    if not counts:
        return []
    _say(f"files: {', '.join(map(str, counts))} packets, twice")
    size = "whole" if given.whole else "short"
    arguments = ["-m", "benchmarks.schedule", str(folder / "many"), size, *map(str, counts)]
    return [read(line) for line in lines([sys.executable, *arguments], folder / "cache-many")]


def _runs(folder: Path, given: argparse.Namespace) -> Iterator[Run]:
    """Whole processes that make a schedule: of the benchmark's own packet on two processors, and the command."""
    schedule, out = folder / "schedule.json", folder / "packets"
    if given.files:
        _say(f"files: two processes, {given.files} packets")
        write_schedule(schedule, given.files)
        size = "whole" if given.whole else "short"
        own = [sys.executable, "-m", "benchmarks.schedule", str(folder), size, "--jobs", "2"]
        done = watched(own, folder / "cache-two")
        yield Run("handouts, the benchmark's packets, 2 processes, empty cache", given.files, done, True, True)
        shutil.rmtree(out)
    for count, empty in ((1, True), (1, False), (given.files, True), (given.files, False), (_LONG * given.all, False)):
        if not count:
            continue
        _say(f"files: the command, {count} packets")
        write_schedule(schedule, count)
        done = watched(command(schedule, out, many=count > 1), folder / f"cache-command-{min(count, 2)}")
        said = f"its command, whole packets, {'empty' if empty else 'warm'} cache"
        yield Run(said, count, done, from_empty=empty)
        shutil.rmtree(out)


def _files(keys: Sequence[str], folder: Path, given: argparse.Namespace) -> dict[str, Written]:
    written: dict[str, Written] = {}
    for key in keys if given.files else ():
        if key == OURS:
            continue
        _say(f"files: {key}")
        program = opened(key, folder, whole=given.whole)
        count = min(given.files, _PEERS_WRITTEN_QUICKLY if given.quick else _PEERS_WRITTEN)
        written[key] = peer_written(program, inputs(key, program, folder, Mode.REALISTIC), count, folder / "files")
        program.close()
    return written


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
