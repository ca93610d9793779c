"""The command that users have, as it is run on a schedule of synthetic appointments."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.appointments import appointments
from handouts.cli.packet import packet

JOBS = 2 if "jobs" in inspect.signature(packet).parameters else 1
"""In how many processes the command can be told to work."""


def write_schedule(path: Path, count: int) -> None:
    """The first `count` appointments of a realistic schedule as a file."""
    path.write_text(json.dumps(list(appointments(count)), ensure_ascii=False), "utf-8")


def command(schedule: Path, out: Path, *, many: bool = False) -> Sequence[str]:
    """The command that makes the packets of `schedule` in the folder `out`; `many`: a print file too, in all processes it can."""
    words = [sys.executable, "generate.py", "packet", str(schedule), "-o", str(out)]
    if many:
        words += ["--print-file", str(out / "print.pdf")]
        words += ["--jobs", str(JOBS)] if JOBS > 1 else []
    return words
