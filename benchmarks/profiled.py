"""Warm packets of ours → where their time goes, by module and by function."""

from __future__ import annotations

import cProfile
import pstats
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.programs import Program

_MOST = 25


def profile(program: Program, given: Iterator[Any], packets: int, warm: int) -> Iterator[str]:
    """The lines of a report on `packets` packets after `warm` others; times are milliseconds a packet, slower than unwatched."""
    for each in islice(given, warm):
        program.packet(each)
    watched = list(islice(given, packets))
    profiler = cProfile.Profile()
    profiler.enable()
    for each in watched:
        program.packet(each)
    profiler.disable()
    stats: dict[tuple[str, int, str], tuple[int, int, float, float, Any]] = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    own: Counter[str] = Counter()
    for (file, _, function), (_, _, within, _, _) in stats.items():
        own[_module(file, function)] += within  # type: ignore[assignment]
    total = sum(own.values())
    yield f"{1000 * total / packets:.1f} ms a packet under the profiler; in the module's own code:"
    for module, within in own.most_common(_MOST):
        yield f"  {1000 * within / packets:8.2f} ms {within / total:6.1%}  {module}"
    yield "functions with all they call:"
    ranked = sorted(stats.items(), key=lambda item: -item[1][3])
    ours = [item for item in ranked if "handouts" in Path(item[0][0]).parts and item[0][2] != "<module>"]
    for (file, line, function), (calls, _, within, overall, _) in ours[:_MOST]:
        place = f"{_module(file, function)}:{line} {function}"
        yield f"  {1000 * overall / packets:8.2f} ms, own {1000 * within / packets:7.2f}, {calls / packets:8.1f} calls  {place}"


def _module(file: str, function: str) -> str:
    if file == "~":
        return f"built in: {function[:60]}"
    parts = Path(file).parts
    for top in ("handouts", "site-packages"):
        if top in parts:
            after = parts[len(parts) - 1 - parts[::-1].index(top) :]
            return "/".join(after if top == "handouts" else after[1:])
    return "/".join(parts[-2:])
