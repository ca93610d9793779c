"""`python -m benchmarks`: ours and the peers in alternating rounds, in processes of their own, and onto the disk → tables."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.appointments import Mode, appointments
from benchmarks.files import Written, ours_written, peer_written
from benchmarks.ours import DRAWS_CODE, PRINT_FILE, Ours
from benchmarks.prepared import prepare
from benchmarks.processes import Answer, Child, Request, Rounds, alternating, at_once, cold, seconds
from benchmarks.profiled import profile
from benchmarks.programs import OURS, PEERS, inputs, lacking, names, opened
from benchmarks.table import number, table, times

_WARM = {OURS: 5, "fop": 30}
_WARM_OTHERS = 3
_FEWEST = 5
"""Typst remembers what it has set in its last ten documents: with fewer packets in turn it would be asked what it knows already."""
_MODES = (Mode.FIXED, Mode.RANDOM, Mode.REALISTIC)
_PEERS_WRITTEN, _PEERS_WRITTEN_QUICKLY = 30, 4


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add("--quick", action="store_true", help="less of everything: about two minutes")
    add("--peers", default=",".join(PEERS), help="which peers, with commas between (default: %(default)s)")
    add("--rounds", type=int, help="rounds of each mode (7; quick: 3)")
    add("--seconds", type=float, help="for each program in a round (1.5; quick: 0.25)")
    add("--running", type=float, help="seconds of the runs on one and two processes (10; quick: 1.5)")
    add("--cold", type=int, help="cold starts of each program (5; quick: 2)")
    add("--sample", type=int, help="appointments of each mode that the peers go through (40; quick: 5)")
    add("--files", type=int, help="packets of ours written as files (1000; quick: 40; 0: none)")
    add("--all", action="store_true", help="write 10,000 packets instead of --files")
    add(
        "--whole",
        action="store_true",
        help="the whole packet that patients get, not the short one (the peers' sizes stay)",
    )
    add("--profile", action="store_true", help="only show where our time goes")
    given = parser.parse_args()
    usual = {"rounds": (7, 3), "seconds": (1.5, 0.25), "running": (10.0, 1.5), "cold": (5, 2), "sample": (40, 5)}
    for name, (full, quick) in {**usual, "files": (1000, 40)}.items():
        if getattr(given, name) is None:
            setattr(given, name, quick if given.quick else full)
    given.sample = max(given.sample, _FEWEST)
    if given.all:
        given.files = 10_000
    return given


def main() -> None:
    """Everything, in the order in which it is printed."""
    given = _arguments()
    if given.profile:
        _say_profile(whole=given.whole)
        return
    keys = [OURS, *filter(None, given.peers.split(","))]
    missing = lacking(keys)
    keys = [key for key in keys if key not in missing]
    warm = {key: _WARM.get(key, _WARM_OTHERS) for key in keys}
    if given.quick:
        warm = {key: min(count, 5 if key in _WARM else 1) for key, count in warm.items()}
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        results = _measured(given, keys, warm, Path(name))
    print("\n" + "\n\n".join(results) + "\n")
    for key, reason in missing.items():
        print(f"{key}: not measured, {reason}")
    if not DRAWS_CODE:
        print("handouts: its pages have no DataMatrix code yet; the peers draw one on every page.")
    if not PRINT_FILE:
        print("handouts: many packets in one print file: not there yet.")


def _measured(given: argparse.Namespace, keys: Sequence[str], warm: Mapping[str, int], folder: Path) -> list[str]:
    """What is printed: what a packet is, and the tables."""
    _say("making the work ready")
    work = prepare(folder, keys, _MODES, given.sample, whole=given.whole)
    children = {key: Child(key, folder, whole=given.whole) for key in keys}
    found: dict[Mode, dict[str, Rounds]] = {}
    for mode in _MODES:
        _say(f"{given.rounds} rounds, {mode}")
        found[mode] = alternating(children, mode, given.rounds, given.seconds, warm)
    processes = {key: _processes(key, child, folder, given, warm[key]) for key, child in children.items()}
    for child in children.values():
        child.close()
    _say("cold start of the command")
    command = _command(folder, given.cold)
    written = _files(keys, folder, given)
    head = f"A packet: {work}. {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; times are medians of the rounds."
    said = f"ours as the command, with its files, cold: {command:.2f} s (the whole packet)"
    tables = [_speed(found), _whole_processes(processes, found[Mode.FIXED]), said]
    return [head, *tables, *([_files_table(written)] if written else [])]


@dataclass(frozen=True, slots=True)
class _Processes:
    """A cold start in seconds, and a run on one and on two processes."""

    cold: float
    one: Answer
    two: list[Answer]


def _processes(key: str, child: Child, folder: Path, given: argparse.Namespace, warm: int) -> _Processes:
    _say(f"processes: {key}")
    request = Request(Mode.REALISTIC, given.running)
    (one,) = at_once([child], request)
    second = Child(key, folder, whole=given.whole)
    at_once([second], Request(Mode.REALISTIC, 0, warm))
    two = at_once([child, second], request)
    second.close()
    return _Processes(cold(key, folder, Mode.REALISTIC, given.cold, whole=given.whole), one, two)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _say_profile(*, whole: bool) -> None:
    ours = Ours(whole=whole)
    for mode in (Mode.FIXED, Mode.RANDOM):
        print(f"\n{mode}:")
        for line in profile(ours, ours.inputs(mode), 20, 5):
            print(line)


def _files(keys: Sequence[str], folder: Path, given: argparse.Namespace) -> dict[str, Written]:
    written: dict[str, Written] = {}
    for key in keys if given.files else ():
        _say(f"files: {key}")
        program = opened(key, folder, whole=given.whole)
        if isinstance(program, Ours):
            written[key] = ours_written(program, given.files, folder / "files")
        else:
            count = min(given.files, _PEERS_WRITTEN_QUICKLY if given.quick else _PEERS_WRITTEN)
            written[key] = peer_written(program, inputs(key, program, folder, Mode.REALISTIC), count, folder / "files")
        program.close()
    return written


def _command(folder: Path, repeated: int) -> float:
    schedule = folder / "schedule.json"
    schedule.write_text(json.dumps(next(appointments(1)), ensure_ascii=False), "utf-8")
    command = [sys.executable, "generate.py", "packet", str(schedule), "-o", str(folder / "packets")]
    return min(seconds(command) for _ in range(repeated))


def _speed(found: Mapping[Mode, Mapping[str, Rounds]]) -> str:
    heads = ("ms a packet (times ours)", "PDFs", "warm, layouts exist", "every layout new", "realistic", "kB a packet")
    rows: list[list[str]] = []
    for key, realistic in found[Mode.REALISTIC].items():
        cells = [times(found[mode][key].milliseconds, found[mode][OURS].milliseconds) for mode in _MODES]
        rows.append([*names(key), *cells, number(realistic.kilobytes)])
    return table(heads, rows)


def _whole_processes(found: Mapping[str, _Processes], rounds: Mapping[str, Rounds]) -> str:
    heads = ("whole processes", "cold start, s", "packets/s, 1 process", "2 processes", "peak MB", "rounds, warm, ms")
    rows: list[list[str]] = []
    for key, each in found.items():
        rates = [number(each.one.rate), number(sum(answer.rate for answer in each.two))]
        spread = f"{number(min(rounds[key].times))} … {number(max(rounds[key].times))}"
        start = times(each.cold, found[OURS].cold)
        rows.append([names(key)[0], start, *rates, number(max(a.megabytes for a in each.two)), spread])
    return table(heads, rows)


def _files_table(written: Mapping[str, Written]) -> str:
    heads = (
        "files with sha256, ms a packet",
        "packets",
        "made, written",
        "files flushed",
        "bytes alone",
        "ratio",
        "print file",
    )
    rows: list[list[str]] = []
    for key, each in written.items():
        flushed = number(each.flushed) if each.flushed else "–"
        cells = [
            str(each.packets),
            number(each.made),
            flushed,
            number(each.plain),
            f"{number(each.made / each.plain)}×",
        ]
        rows.append([names(key)[0], *cells, "not there yet" if key == OURS else "–"])
    return table(heads, rows)


if __name__ == "__main__":
    main()
