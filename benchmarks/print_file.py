"""`python -m benchmarks.print_file`: what laying packets into a print file costs, in each way a press asks for, and how memory grows."""

from __future__ import annotations

import argparse
import gc
import os
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from benchmarks.memory import megabytes_now
from benchmarks.mode import Mode
from benchmarks.ours import Ours
from benchmarks.table import number, table
from handouts.packet import Packet
from handouts.pdf.document_parts import Record
from handouts.pdf.print_file import PrintFile
from handouts.press.impose import extracted, imposed
from handouts.typeset.style import LETTER


class _Way(NamedTuple):
    """How packets are laid into the file."""

    name: str
    copies: int = 1
    records: bool = False
    reduced_ink: bool = False


_WAYS = (
    _Way("one copy, no records"),
    _Way("records", records=True),
    _Way("records, two copies", copies=2, records=True),
    _Way("records, reduced ink", records=True, reduced_ink=True),
)


def main() -> None:
    """Every way, with the same packets over and over."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.print_file", description=__doc__)
    parser.add_argument("--packets", type=int, default=10_000, help="packets in the file (default: %(default)s)")
    parser.add_argument("--made", type=int, default=300, help="how many of them are different (default: %(default)s)")
    given = parser.parse_args()
    ours = Ours()
    packets = [ours.made_of(each) for each in islice(ours.inputs(Mode.REALISTIC), given.made)]
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        file = Path(folder) / "print.pdf"
        rows = [_row(way, packets, given.packets, file) for way in _WAYS]
        print(table(("", "µs a packet", "bytes a packet", "memory, bytes a packet", "pages"), rows))
        print(f"\n{_afterwards(packets, file)}")


def _row(way: _Way, packets: Sequence[Packet], count: int, path: Path) -> Sequence[str]:
    """How long adding takes, and what a packet leaves in the file and in memory once the file has met all that packets share."""
    documents = [[document.filled for document in packet.documents] for packet in packets]
    sets = [[(filled,) for filled in each for _ in range(way.copies)] for each in documents]
    with path.open("wb") as out:
        file = PrintFile(out, two_sided=True, reduced_ink=way.reduced_ink)

        def add(place: int) -> None:
            at = place % len(packets)
            file.add_sets(sets[at], Record(packets[at].packet_id, place + 1) if way.records else None)

        for place in range(len(packets)):
            add(place)
        gc.collect()
        before, written, begun = megabytes_now(os.getpid()), out.tell(), time.process_time()
        for place in range(len(packets), len(packets) + count):
            add(place)
        took, grown, more = time.process_time() - begun, megabytes_now(os.getpid()) - before, out.tell() - written
        pages = file.pages
        file.close()
    return way.name, number(took / count * 1e6), number(more / count), number(grown * 1e6 / count), str(pages)


def _afterwards(packets: Sequence[Packet], path: Path) -> str:
    """How long it takes to put the pages of a finished file two on a side, and to take one packet out of it."""
    with path.open("wb") as out:
        file = PrintFile(out, two_sided=True)
        spans = [
            file.add([document.filled for document in packet.documents], Record(packet.packet_id, place))
            for place, packet in enumerate(packets, 1)
        ]
        file.close()
    begun = time.process_time()
    imposed(path, 2, LETTER, spans, two_sided=True)
    between = time.process_time()
    taken = extracted(path, spans[-1])
    ended = time.process_time()
    return (
        f"{spans[-1].stop - 1} pages, two on a side: {between - begun:.2f} s; one packet taken out:"
        f" {1000 * (ended - between):.0f} ms, {len(taken)} bytes of {path.stat().st_size}."
    )


if __name__ == "__main__":
    main()
