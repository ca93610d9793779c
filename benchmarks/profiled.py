"""Warm packets of ours → where their time goes, by module and by function."""

from __future__ import annotations

import cProfile
import pstats
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.languages import LANGUAGES, write_clinic
from benchmarks.mode import Mode
from benchmarks.ours import Ours
from benchmarks.stages import ALL, FILES, HASHES, PRINT_FILE, stages
from benchmarks.table import number, table
from handouts.appointment import Appointment

_MOST = 25


def profile(*, whole: bool, folder: Path, packets: int) -> Iterator[str]:
    """The lines of a report on `packets` packets of each kind, after so many others: by stage, then under Python's profiler."""
    write_clinic(folder / "clinic")
    kinds = [(str(mode), mode, "", None) for mode in (Mode.FIXED, Mode.RANDOM, Mode.REALISTIC)]
    _, *others = LANGUAGES.items()
    kinds += [(f"fixed, {name}", Mode.FIXED, tag, folder / "clinic") for tag, name in others]
    found: dict[str, dict[str, float]] = {}
    profiles: list[str] = []
    for said, mode, language, clinic in kinds:
        ours = Ours(whole=whole, folder=clinic)
        given = ours.inputs(mode, language)
        for each in islice(given, packets):
            ours.packet(each)
        found[said] = stages(ours, list(islice(given, packets)), folder / "stages")
        profiles += (f"\n{said}:", *_profile(ours, list(islice(given, packets))))
    yield _stages(found)
    yield from profiles


def _stages(found: Mapping[str, Mapping[str, float]]) -> str:
    """A table of the stages, a column a mode."""
    rows = [[stage, *(number(found[mode][stage]) for mode in found)] for stage in ALL]
    made = [[each[stage] for stage in ALL if stage not in (HASHES, FILES, PRINT_FILE)] for each in found.values()]
    rows.append(["to the bytes of its PDFs", *(number(sum(each)) for each in made)])
    return table(("stage, ms a packet", *(str(mode) for mode in found)), rows)


def _profile(ours: Ours, watched: Sequence[Appointment]) -> Iterator[str]:
    """Times are milliseconds a packet, longer than unwatched."""
    packets = len(watched)
    profiler = cProfile.Profile()
    profiler.enable()
    for each in watched:
        ours.packet(each)
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
    own_code = [item for item in ranked if "handouts" in Path(item[0][0]).parts and item[0][2] != "<module>"]
    for (file, line, function), (calls, _, within, overall, _) in own_code[:_MOST]:
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
