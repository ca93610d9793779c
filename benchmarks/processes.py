"""Every program in a process of its own, asked in turn → milliseconds a packet, packets a second, memory, cold starts."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import IO, Any, cast

_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Request:
    """Packets of a mode, for so many seconds, and so many at least."""

    mode: str
    seconds: float
    least: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """How many packets, the seconds they took, their bytes, and the most memory until then."""

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


def alternating(
    children: Mapping[str, Child], mode: str, rounds: int, seconds: float, warm: Mapping[str, int]
) -> dict[str, Rounds]:
    """Every program in every round, one at a time, each round beginning with another one; before the first, some to warm up."""
    found = {key: Rounds() for key in children}
    for key, child in children.items():
        at_once([child], Request(mode, 0, warm[key]))
    order = list(children)
    for number in range(rounds):
        first = number % len(order)
        for key in order[first:] + order[:first]:
            (answer,) = at_once([children[key]], Request(mode, seconds))
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


def cold(key: str, folder: Path, mode: str, times: int, *, whole: bool) -> float:
    """The median of seconds that a process takes from its start to its end to make one packet."""
    command = [*_command(key, folder, whole=whole), mode]
    return median(seconds(command) for _ in range(times))


def seconds(command: Sequence[str]) -> float:
    """How long a program runs; raises CalledProcessError when it fails."""
    begun = time.perf_counter()
    subprocess.run(command, check=True, cwd=_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begun


def _command(key: str, folder: Path, *, whole: bool) -> list[str]:
    return [sys.executable, "-m", "benchmarks.child", key, str(folder), "whole" if whole else "short"]
