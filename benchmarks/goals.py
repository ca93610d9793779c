"""Results of one run → which of the goals it has reached; all of them but memory, bytes and three seconds are ratios."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.languages import LANGUAGES
from benchmarks.mode import Mode
from benchmarks.programs import OURS
from benchmarks.results import Results, Run
from benchmarks.schedule import Many
from benchmarks.table import number, table

_SCHEDULE, _LONG = 1000, 10_000
_SAME = 1.1
"""Up to so many times is the same cost."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What is wanted, and what came out; no `reached`: it was not measured. `least`: at least so much, else at most."""

    said: str
    wanted: float
    reached: float | None
    unit: str = "×"
    least: bool = False

    @property
    def verdict(self) -> str:
        """Whether it is reached."""
        if self.reached is None:
            return "not measured"
        return "yes" if (self.reached >= self.wanted if self.least else self.reached <= self.wanted) else "no"


def goals(found: Results) -> list[Goal]:
    """Every goal, in the order of the tables."""
    return [*_warm(found), *_languages(found), *_schedule(found), *_long(found), *_cold(found)]


def goals_table(found: Results) -> str:
    """The goals as a table."""
    rows: list[list[str]] = []
    for goal in goals(found):
        wanted = f"{'≥' if goal.least else '≤'} {number(goal.wanted)} {goal.unit}"
        reached = "–" if goal.reached is None else f"{number(goal.reached)} {goal.unit}"
        rows.append([goal.said, wanted, reached, goal.verdict])
    return table(("goal", "wanted", "in this run", "reached"), rows)


def _warm(found: Results) -> Iterator[Goal]:
    fixed, random = found.rounds.get(Mode.FIXED, {}), found.rounds.get(Mode.RANDOM, {})
    for said, rounds, peer, wanted in (
        ("warm, layouts exist: faster than Typst, ua-1", fixed, "typst", 40),
        ("warm, layouts exist: faster than reportlab", fixed, "reportlab", 75),
        ("every layout new: faster than Typst, ua-1", random, "typst", 5),
    ):
        both = OURS in rounds and peer in rounds
        reached = rounds[peer].milliseconds / rounds[OURS].milliseconds if both else None
        yield Goal(said, wanted, reached, least=True)


def _languages(found: Results) -> Iterator[Goal]:
    english, *others = LANGUAGES
    for tag in others:
        both = tag in found.languages and english in found.languages
        reached = found.languages[tag].milliseconds / found.languages[english].milliseconds if both else None
        yield Goal(f"warm, {LANGUAGES[tag]}: as long as English", 2, reached)


def _schedule(found: Results) -> Iterator[Goal]:
    again = found.many[0].again if found.many else None
    said = f"{again.packets if again else _SCHEDULE:,} warm: as long as writing the bytes"
    yield Goal(f"{said}, flushed", 3, again and again.made / again.flushed)
    yield Goal(f"{said} plainly", 3, again and again.made / again.plain)
    for said, own in (("2 processes", True), ("the command, whole packets", False)):
        fits = [run for run in found.runs if run.from_empty and run.packets == _SCHEDULE and run.two == own]
        yield Goal(f"1,000 from an empty cache, {said}", 3, _seconds(fits), "s")


def _seconds(runs: list[Run]) -> float | None:
    return runs[0].watched.seconds if runs else None


def _long(found: Results) -> Iterator[Goal]:
    short, long = _of(found, _SCHEDULE), _of(found, _LONG)
    same = long.again.milliseconds / short.again.milliseconds if short and long else None
    yield Goal("10,000: a packet's cost as in 1,000", _SAME, same)
    yield Goal("10,000: peak memory", 130, long and long.again.megabytes, "MB")
    command = [run.watched.megabytes for run in found.runs if run.packets == _LONG]
    yield Goal("10,000: peak memory of the command, whole packets", 130, max(command, default=None), "MB")
    yield Goal("10,000: print file, a packet", 8, long and long.again.print_bytes / long.again.packets / 1000, "kB")


def _cold(found: Results) -> Iterator[Goal]:
    ours, peer = found.processes.get(OURS), found.processes.get("reportlab")
    yield Goal("cold start, warm cache: as long as reportlab", 1, ours and peer and ours.cold / peer.cold)
    yield Goal("cold start, empty cache: as long as reportlab", 1, peer and found.empty / peer.cold if ours else None)


def _of(found: Results, packets: int) -> Many | None:
    return next((many for many in found.many if many.again.packets == packets), None)
