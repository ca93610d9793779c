"""A process → the most memory it has needed, with those it has started."""

from __future__ import annotations

import os
import resource
from pathlib import Path


def peak_megabytes(process: int | None = None) -> float:
    """The most memory that this or another process and those it has started have needed at one time each.

    Linux tells it of each process by itself; elsewhere `ru_maxrss` does of this one alone, which begins with what the parent had.
    """
    if not Path("/proc/self/status").exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 if process is None else 0
    return _peak(process or os.getpid())


def megabytes_now(process: int) -> float:
    """What a process and those it has started need at this moment, what they share counted once; 0 where it cannot be told."""
    return _proportional(process) + sum(megabytes_now(each) for each in _started(process))


def _proportional(process: int) -> float:
    try:
        rolled_up = Path(f"/proc/{process}/smaps_rollup").read_text("utf-8")
    except OSError:
        return 0
    return _kilobytes(rolled_up, "Pss:") / 1024


def _peak(process: int) -> float:
    """Of a process that has ended, 0."""
    try:
        status = Path(f"/proc/{process}/status").read_text("utf-8")
    except OSError:
        return 0
    return _kilobytes(status, "VmHWM:") / 1024 + sum(map(_peak, _started(process)))


def _started(process: int) -> list[int]:
    try:
        return list(map(int, Path(f"/proc/{process}/task/{process}/children").read_text("utf-8").split()))
    except OSError:
        return []


def _kilobytes(text: str, name: str) -> int:
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith(name)), 0)
