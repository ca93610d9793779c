"""Before anything is timed: our clinic, every peer's templates, and what the peers are given of each appointment, in one folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.appointments import appointments
from benchmarks.given import write_given
from benchmarks.mode import Mode
from benchmarks.programs import OURS, REVIEWED, peer
from benchmarks.work import PROCEDURE, Work, size
from tests.approved import reviewed_demo


def prepare(folder: Path, keys: Sequence[str], modes: Sequence[Mode], sample: int, *, whole: bool) -> str:
    """Writes them; what a packet is, in words. `sample` is how many appointments of a mode the peers go through."""
    work = Work(whole=whole, folder=reviewed_demo(folder / REVIEWED).folder)
    lists = {name: entry.item for name, entry in work.editions.procedure(PROCEDURE).lists.items()}
    logo = work.editions.pictures[work.editions.clinic.logo or ""]
    for key in keys:
        if key != OURS:
            peer(key).prepare(folder / key, work.papers(), lists, logo)
    said: list[str] = []
    make = work.maker()
    for mode in modes:
        raws = list(appointments(sample, mode))
        write_given(folder / f"{mode}.json", [work.given(raw) for raw in raws])
        pages, words, blanks = size([make(work.appointment(raw), work.now) for raw in raws[:4]])
        said.append(f"{mode}: {pages:.1f} pages, {words:.0f} words, {blanks:.0f} blanks")
    return "; ".join(said)
