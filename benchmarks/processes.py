"""Every program in a process of its own, asked in turn → milliseconds a packet, packets a second, memory, cold starts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import IO, Any, cast

from benchmarks.memory import megabytes_now

_ROOT = Path(__file__).resolve().parent.parent
_LOOKING = 0.05
"""Seconds between two looks at a program's memory."""


@dataclass(frozen=True, slots=True)
class Request:
    """Packets of a mode, for so many seconds, and so many at least."""

    mode: str
    seconds: float
    least: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """How many packets count, the seconds they took, their bytes, and the most memory until then."""

    packets: int
    took: float
    size: int
    megabytes: float

    @property
    def rate(self) -> float:
        """Packets a second."""
        return self.packets / self.took


class Child:
    """A program in its own process."""

    def __init__(self, key: str, folder: Path, *, whole: bool) -> None:
        command = _command(key, folder, whole=whole)
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=_ROOT, stdin=pipe, stdout=pipe, text=True)

    def ask(self, request: Request) -> None:
        """Sends the request."""
        sent = cast("IO[str]", self._process.stdin)
        sent.write(json.dumps(asdict(request)) + "\n")
        sent.flush()

    def answer(self) -> Answer:
        """What came of it; raises RuntimeError when the process has ended."""
        line = cast("IO[str]", self._process.stdout).readline()
        if not line:
            raise RuntimeError(f"{self._process.args!r} has failed")
        found: dict[str, Any] = json.loads(line)
        return Answer(**found)

    def close(self) -> None:
        """Ends the process."""
        self._process.communicate()


@dataclass(slots=True)
class Rounds:
    """The milliseconds a packet took in each round, and all bytes of all packets."""

    times: list[float] = field(default_factory=list[float])
    packets: int = 0
    size: int = 0

    @property
    def milliseconds(self) -> float:
        """The median of the rounds."""
        return median(self.times)

    @property
    def kilobytes(self) -> float:
        """The mean size of a packet."""
        return self.size / self.packets / 1000


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is and with which packets, and how many of them before anything is timed."""

    child: Child
    mode: str
    warm: int


def alternating(turns: Mapping[str, Turn], rounds: int, seconds: float) -> dict[str, Rounds]:
    """Every one in every round, one at a time, each round beginning with another one; before the first, some to warm up."""
    found = {key: Rounds() for key in turns}
    for turn in turns.values():
        at_once([turn.child], Request(turn.mode, 0, turn.warm))
    order = list(turns)
    for number in range(rounds):
        first = number % len(order)
        for key in order[first:] + order[:first]:
            (answer,) = at_once([turns[key].child], Request(turns[key].mode, seconds))
            found[key].times.append(1000 / answer.rate)
            found[key].packets += answer.packets
            found[key].size += answer.size
    return found


def at_once(children: Iterable[Child], request: Request) -> list[Answer]:
    """The request to all of them at the same time."""
    asked = list(children)
    for child in asked:
        child.ask(request)
    return [child.answer() for child in asked]


def cold(key: str, folder: Path, mode: str, times: int, *, whole: bool, empty: bool = False) -> float:
    """The median of seconds that a process takes from its start to its end to make one packet; `empty`: without a cache before."""
    command = [*_command(key, folder, whole=whole), mode]
    if not empty:
        return median(seconds(command) for _ in range(times))
    return median(_from_empty(command, folder / f"cold-{number}") for number in range(times))


def _from_empty(command: Sequence[str], cache: Path) -> float:
    took = seconds(command, cache)
    shutil.rmtree(cache)
    return took


def seconds(command: Sequence[str], cache: Path | None = None) -> float:
    """How long a program runs, with this cache or the usual one; raises CalledProcessError when it fails."""
    nothing = subprocess.DEVNULL
    begun = time.perf_counter()
    subprocess.run(command, check=True, cwd=_ROOT, env=_with(cache), stdout=nothing, stderr=nothing)
    return time.perf_counter() - begun


def lines(command: Sequence[str], cache: Path) -> list[str]:
    """What a program prints; raises CalledProcessError when it fails."""
    ended = subprocess.run(command, check=True, cwd=_ROOT, env=_with(cache), stdout=subprocess.PIPE, text=True)
    return ended.stdout.splitlines()


def _with(cache: Path | None) -> dict[str, str]:
    """The environment, with this cache; compiled modules are kept, as those of programs that are installed."""
    found = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**found, "HANDOUTS_CACHE": str(cache)} if cache else found


@dataclass(frozen=True, slots=True)
class Watched:
    """How long a program ran, and the most memory that it needed at one time with those it had started, of many looks."""

    seconds: float
    megabytes: float


def watched(command: Sequence[str], cache: Path) -> Watched:
    """A program from its start to its end; raises CalledProcessError when it fails."""
    nothing = subprocess.DEVNULL
    begun, most = time.perf_counter(), 0.0
    process = subprocess.Popen(command, cwd=_ROOT, env=_with(cache), stdout=nothing, stderr=nothing)
    while process.returncode is None:
        most = max(most, megabytes_now(process.pid))
        with suppress(subprocess.TimeoutExpired):
            process.wait(_LOOKING)
    took = time.perf_counter() - begun
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Watched(took, most)


def _command(key: str, folder: Path, *, whole: bool) -> list[str]:
    return [sys.executable, "-m", "benchmarks.child", key, str(folder), "whole" if whole else "short"]
