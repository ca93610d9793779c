"""Every program that is measured by its short name, opened when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from benchmarks.given import read_given

if TYPE_CHECKING:
    from benchmarks.peers.peer import Peer

OURS = "ours"
IN_LANGUAGES = "ours in languages"
"""Ours with the clinic of `languages.py`; its modes are such as "fixed.ar"."""
REVIEWED = "reviewed"
"""The folder of the clinic that packets are made for else."""
PEERS = {
    "reportlab": "reportlab:Reportlab",
    "typst": "typst:Typst",
    "typst-untagged": "typst:TypstUntagged",
    "weasyprint": "weasyprint:Weasyprint",
    "fpdf2": "fpdf2:Fpdf2",
    "fop": "fop:Fop",
}
"""Module and class of each peer, below `benchmarks.peers`."""


class Program(Protocol):
    """What is measured: something given of an appointment → the PDFs of its packet."""

    name: str
    makes: str

    def packet(self, given: Any) -> list[bytes]:
        """The PDFs of the documents of one appointment."""
        ...

    def close(self) -> None:
        """Ends what was started."""
        ...


def peer(key: str) -> type[Peer]:
    """The class of a peer."""
    module, name = PEERS[key].split(":")
    return cast("type[Peer]", getattr(import_module(f"benchmarks.peers.{module}"), name))


def opened(key: str, folder: Path, *, whole: bool = False) -> Program:
    """The program, ready for its first packet; `folder` is where `prepared.prepare` has written what it needs."""
    if key in (OURS, IN_LANGUAGES):
        from benchmarks.ours import Ours  # noqa: PLC0415 - a peer's process does not need it

        return Ours(whole=whole, folder=folder / ("clinic" if key == IN_LANGUAGES else REVIEWED))
    return peer(key)(folder / key)


def names(key: str) -> tuple[str, str]:
    """What the program is called, and what its PDFs are."""
    if key == OURS:
        from benchmarks.ours import Ours  # noqa: PLC0415 - a peer's process does not need it

        return Ours.name, Ours.makes
    return peer(key).name, peer(key).makes


def inputs(key: str, program: Program, folder: Path, mode: str) -> Iterator[Any]:
    """What the program is given, appointment after appointment without an end; ours never the same one twice."""
    if key in (OURS, IN_LANGUAGES):
        from benchmarks.mode import Mode  # noqa: PLC0415
        from benchmarks.ours import Ours  # noqa: PLC0415

        kind, _, language = mode.partition(".")
        return cast("Ours", program).inputs(Mode(kind), language)
    return cycle(read_given(folder / f"{mode}.json"))


def lacking(keys: Sequence[str]) -> dict[str, str]:
    """What each of the programs that cannot run here is missing."""
    said = {key: peer(key).missing() for key in keys if key != OURS}
    return {key: missing for key, missing in said.items() if missing}
