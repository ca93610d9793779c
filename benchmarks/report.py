"""Results of one run → tables."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.goals import goals_table
from benchmarks.languages import LANGUAGES
from benchmarks.mode import Mode
from benchmarks.programs import OURS, names
from benchmarks.results import Results
from benchmarks.table import number, table, times


def report(found: Results) -> Iterator[str]:
    """Every table of what was measured, the goals last."""
    yield _speed(found)
    if found.languages:
        yield _languages(found)
    yield _whole_processes(found)
    if found.many:
        yield _many(found)
    if found.runs:
        yield _runs(found)
    if found.files:
        yield _files(found)
    yield goals_table(found)


def _speed(found: Results) -> str:
    heads = ("ms a packet (times ours)", "PDFs", "warm, layouts exist", "every layout new", "realistic", "kB a packet")
    rows: list[list[str]] = []
    modes = (Mode.FIXED, Mode.RANDOM, Mode.REALISTIC)
    for key, realistic in found.rounds[Mode.REALISTIC].items():
        both = [(found.rounds[mode][key], found.rounds[mode][OURS]) for mode in modes]
        cells = [times(each.milliseconds, ours.milliseconds) for each, ours in both]
        rows.append([*names(key), *cells, number(realistic.kilobytes)])
    return table(heads, rows)


def _languages(found: Results) -> str:
    heads = ("ours, warm, layouts exist", "ms a packet (times English)", "kB a packet", "rounds, ms")
    first = found.languages[next(iter(LANGUAGES))].milliseconds
    rows: list[list[str]] = []
    for tag, each in found.languages.items():
        spread = f"{number(min(each.times))} … {number(max(each.times))}"
        rows.append([LANGUAGES[tag], times(each.milliseconds, first), number(each.kilobytes), spread])
    return table(heads, rows)


def _whole_processes(found: Results) -> str:
    heads = ("whole processes", "cold start, s", "packets/s, 1 process", "2 processes", "peak MB", "rounds, warm, ms")
    rows: list[list[str]] = []
    ours = found.processes[OURS].cold
    for key, each in found.processes.items():
        rates = [number(each.one.rate), number(sum(answer.rate for answer in each.two))]
        spread = found.rounds[Mode.FIXED][key].times
        said = [number(max(a.megabytes for a in each.two)), f"{number(min(spread))} … {number(max(spread))}"]
        rows.append([names(key)[0], times(each.cold, ours), *rates, *said])
        if key == OURS:
            rows.append(["… from an empty cache", times(found.empty, ours), "–", "–", "–", "–"])
    return table(heads, rows)


def _many(found: Results) -> str:
    heads = (
        "a schedule in one process, ms a packet",
        "packets",
        "made, written",
        "files flushed (ratio)",
        "bytes alone (ratio)",
        "print file, kB a packet",
        "peak MB",
    )
    rows: list[list[str]] = []
    for many in found.many:
        for said, each in (("for the first time", many.first), ("warm: made before", many.again)):
            alone = [
                f"{number(1000 * took / each.packets)} ({each.made / took:.2f}×)" for took in (each.flushed, each.plain)
            ]
            size = number(each.print_bytes / each.packets / 1000)
            rows.append(
                [said, str(each.packets), number(each.milliseconds), *alone, size, number(each.megabytes)],
            )
    return table(heads, rows)


def _runs(found: Results) -> str:
    heads = ("whole processes, files and print file", "packets", "seconds", "ms a packet", "peak MB")
    rows: list[list[str]] = []
    for run in found.runs:
        seconds = run.watched.seconds
        each = number(1000 * seconds / run.packets)
        rows.append([run.said, str(run.packets), number(seconds), each, number(run.watched.megabytes)])
    return table(heads, rows)


def _files(found: Results) -> str:
    heads = ("peers, files with sha256, ms a packet", "packets", "made, written", "bytes alone", "ratio")
    rows: list[list[str]] = []
    for key, each in found.files.items():
        ratio = f"{number(each.made / each.plain)}×"
        rows.append([names(key)[0], str(each.packets), number(each.made), number(each.plain), ratio])
    return table(heads, rows)
