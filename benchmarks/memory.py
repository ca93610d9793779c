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


def _peak(process: int) -> float:
    """Of a process that has ended, 0."""
    here = Path("/proc") / str(process)
    try:
        status = (here / "status").read_text("utf-8")
        started = (here / "task" / str(process) / "children").read_text("utf-8").split()
    except (OSError, ValueError):
        return 0
    own = next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)
    return own + sum(_peak(int(each)) for each in started)
