"""The command that users have, as it is run on a schedule of synthetic appointments."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.appointments import appointments
from tests.approved import reviewed


def write_schedule(path: Path, count: int) -> None:
    """The first `count` appointments of a realistic schedule as a file."""
    path.write_text(json.dumps(list(appointments(count)), ensure_ascii=False), "utf-8")


def command(schedule: Path, out: Path, *, many: bool = False) -> Sequence[str]:
    """The command that makes the packets of `schedule` in the folder `out`; `many`: a print file too."""
    words = [sys.executable, "generate.py", "packet", str(schedule), "--clinic", str(reviewed().folder), "-o", str(out)]
    if many:
        words += ["--print-file", str(out / "print.pdf")]
    return words
