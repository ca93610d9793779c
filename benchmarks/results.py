"""What was measured in one run, and by which words its kinds are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.files import Written
from benchmarks.mode import Mode
from benchmarks.processes import Answer, Rounds, Watched
from benchmarks.schedule import Many


@dataclass(frozen=True, slots=True)
class Processes:
    """A cold start in seconds, and a run on one and on two processes."""

    cold: float
    one: Answer
    two: Sequence[Answer]


@dataclass(frozen=True, slots=True)
class Run:
    """A schedule of so many packets, made by whole processes from their start to their end."""

    said: str
    packets: int
    watched: Watched
    from_empty: bool = False
    """Whether the cache was empty."""
    two: bool = False
    """Whether it was the benchmark's own packet on two processes."""


@dataclass(frozen=True, slots=True)
class Results:
    """Everything; what was not measured is empty.

    `empty` are the seconds of a cold start of ours without a cache, `many` schedules made twice in one process.
    """

    rounds: Mapping[Mode, Mapping[str, Rounds]] = field(default_factory=dict[Mode, Mapping[str, Rounds]])
    languages: Mapping[str, Rounds] = field(default_factory=dict[str, Rounds])
    processes: Mapping[str, Processes] = field(default_factory=dict[str, Processes])
    empty: float = 0
    many: Sequence[Many] = ()
    runs: Sequence[Run] = ()
    files: Mapping[str, Written] = field(default_factory=dict[str, Written])
