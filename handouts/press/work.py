"""The parts of a run → each made and on the disk: by processes of this machine, or by the workers of a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from handouts.clinic import Clinic
from handouts.errors import Fault, NotWritten
from handouts.press.part import PartMade, Press, make_part, maker_in
from handouts.press.plan import Part
from handouts.press.run import placed
from handouts.workers import in_processes


def here(press: Press, out: Path, password: str, jobs: int) -> Callable[[Sequence[Part]], Iterator[PartMade]]:
    """What makes parts with `jobs` processes, each of which puts its own on the disk."""

    def made(part: Part) -> PartMade:
        return placed(make_part(press, part), out, password)

    return lambda parts: in_processes(made, parts, jobs)


def on_cluster(
    address: str, clinic: Clinic, press: Press, out: Path, password: str, tell: Callable[[Fault], None]
) -> Callable[[Sequence[Part]], Iterator[PartMade]]:
    """What has parts made by the workers of the scheduler at `address`, and puts them on the disk here; `tell` as there.

    What it gives raises MissingProgram where there is no cluster, and at its end NotWritten for parts that no worker lived to make:
    the others are there, and the same command goes on.
    """
    from handouts.press.bundle import bundle_of  # noqa: PLC0415 - most runs are made here
    from handouts.press.cluster import on_cluster as results_of  # noqa: PLC0415

    def made(parts: Sequence[Part]) -> Iterator[PartMade]:
        lost: list[Fault] = []
        sent = [part.sent for part in parts]
        with_record = {part.number: part for part in parts}

        def alone(part: Part) -> PartMade:
            return make_part(press, with_record[part.number])

        for result in results_of(address, bundle_of(clinic), partial(maker_in, press.plan), sent, alone, tell):
            if isinstance(result, Fault):
                lost.append(result)
            else:
                yield placed(result, out, password)
        NotWritten.gathered(lost)

    return made
