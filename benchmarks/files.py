"""Many packets onto the disk, and the same bytes again without making them → milliseconds a packet of both."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.appointments import Mode, appointments
from benchmarks.ours import Ours
from benchmarks.programs import Program
from handouts.packet import Packet

_BATCH = 50


@dataclass(frozen=True, slots=True)
class Written:
    """Milliseconds a packet: made and written with hashes, the same files written and flushed, the same bytes just written."""

    packets: int
    made: float
    flushed: float
    plain: float


def ours_written(ours: Ours, count: int, folder: Path) -> Written:
    """`count` packets of a realistic schedule, from the schedule's own words to the finished folders, as the program does it."""
    times = [0.0, 0.0, 0.0]
    for number, raws in enumerate(_batches(appointments(count, Mode.REALISTIC))):
        begun = time.perf_counter()
        packets: list[Packet] = []
        for raw in raws:
            packets.append(ours.made(raw))
            ours.write(packets[-1], folder / "made")
        times[0] += time.perf_counter() - begun
        begun = time.perf_counter()
        for packet in packets:
            ours.write(packet, folder / "flushed")
        times[1] += time.perf_counter() - begun
        bytes_ = [[document.pdf for document in packet.documents] for packet in packets]
        times[2] += _plainly(bytes_, folder / "plain", number)
    shutil.rmtree(folder)
    return Written(count, *(1000 * each / count for each in times))


def peer_written(program: Program, given: Iterator[Any], count: int, folder: Path) -> Written:
    """`count` packets in plain files with their hashes in a list."""
    made = plain = 0.0
    for number, batch in enumerate(_batches(islice(given, count))):
        begun = time.perf_counter()
        packets = [program.packet(each) for each in batch]
        hashes = [hashlib.sha256(pdf).hexdigest() for packet in packets for pdf in packet]
        made += time.perf_counter() - begun + _plainly(packets, folder / "made", number)
        (folder / "made" / f"{number}.sha256").write_text("\n".join(hashes), "utf-8")
        plain += _plainly(packets, folder / "plain", number)
    shutil.rmtree(folder)
    return Written(count, 1000 * made / count, 0, 1000 * plain / count)


def _plainly(packets: Sequence[Sequence[bytes]], folder: Path, batch: int) -> float:
    """The seconds that writing the bytes takes, without seeing them onto the disk."""
    folder.mkdir(parents=True, exist_ok=True)
    begun = time.perf_counter()
    for number, pdfs in enumerate(packets):
        for document, pdf in enumerate(pdfs):
            (folder / f"{batch}-{number}-{document}.pdf").write_bytes(pdf)
    return time.perf_counter() - begun


def _batches(every: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(islice(every, _BATCH)):
        yield batch
