"""Packets of ours → how long each stage of making them takes, measured around the functions that the stages are."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import handouts.packet
import handouts.pdf.filling
from benchmarks.ours import Ours
from handouts.appointment import Appointment
from handouts.output import PrintRun, write
from handouts.plates import Plates

CONTENT = "content"
"""What is left of a packet when all others are taken away: facts, wordings, blanks, the words of header and footer."""
_STAGES: tuple[tuple[str, Any, str], ...] = (
    ("blocks without blanks", Plates, "arranged"),
    ("filled blocks", handouts.packet, "set_filled"),
    ("furniture", handouts.packet, "set_furniture"),
    ("plate found", Plates, "plate"),
    ("plate made or read", Plates, "_made"),
    ("filling in", handouts.packet, "fill"),
    ("codes of the pages", handouts.pdf.filling, "painted"),
    ("stamping", handouts.packet, "stamp"),
)
"""Stages by the functions that they are, and where they are asked for; a stage inside another one is taken from that."""
HASHES, FILES, PRINT_FILE = "hashes", "files, flushed", "print file"
ALL = (CONTENT, *(stage for stage, _, _ in _STAGES), HASHES, FILES, PRINT_FILE)


def stages(ours: Ours, given: Iterable[Appointment], folder: Path) -> dict[str, float]:
    """Milliseconds a packet in each stage, from an appointment that is read to its files and its pages in a print file."""
    clock = _Clock()
    packets = 0
    run = PrintRun(folder / "print.pdf")
    with _watched(clock):
        for each in given:
            packet = clock.around(CONTENT, ours.made_of)(each)
            clock.around(HASHES, lambda packet=packet: [document.sha256 for document in packet.documents])()
            clock.around(FILES, write)(packet, folder)
            clock.around(PRINT_FILE, run.add)([document.filled for document in packet.documents])
            packets += 1
        clock.around(PRINT_FILE, run.close)()
    shutil.rmtree(folder)
    return {stage: 1000 * clock.took[stage] / packets for stage in ALL}


class _Clock:
    """Seconds in each stage, without those of the stages inside it."""

    def __init__(self) -> None:
        self.took: Counter[str] = Counter()
        self._inside = [0.0]

    def around(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, its time told to `stage`."""

        def timed(*args: Any, **kwargs: Any) -> Any:
            self._inside.append(0.0)
            begun = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                took = time.perf_counter() - begun
                self.took[stage] += took - self._inside.pop()  # type: ignore[assignment]
                self._inside[-1] += took

        return timed


@contextmanager
def _watched(clock: _Clock) -> Generator[None, None, None]:
    """While it lasts the functions of all stages are watched."""
    functions = [getattr(place, name) for _, place, name in _STAGES]
    try:
        for (stage, place, name), function in zip(_STAGES, functions, strict=True):
            setattr(place, name, clock.around(stage, function))
        yield
    finally:
        for (_, place, name), function in zip(_STAGES, functions, strict=True):
            setattr(place, name, function)
