"""The packets of a print file and their sets → its tree of document parts (ISO 32000-2 §14.12; PDF/VT, ISO 16612-2, has it since PDF 1.6).

A press picks, stops and reprints by it. The root is the run, below it stands a part a packet, below that one a set: the pages that
are stapled together. Of a packet there is its id and its place in the run, and nothing personal.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from handouts.pdf.file import text_string
from handouts.pdf.long_file import LongFile

_LEVELS = "/NodeNameList[/Run/Packet/Set]"
_PACKETS = 1
"""The level of the tree that is a record, counted from the root's 0."""


@dataclass(frozen=True, slots=True)
class Record:
    """Which packet pages belong to: its id, and its place in the run, from 1."""

    packet_id: str
    sequence: int


class DocumentParts:
    """The tree while packets are added; of each a number is kept."""

    def __init__(self, file: LongFile) -> None:
        self._file = file
        self._root, self._run = file.reserved(), file.reserved()
        self._packets = array("Q")

    def packet(self) -> int:
        """The number of the next packet's part."""
        self._packets.append(self._file.reserved())
        return self._packets[-1]

    def put_set(self, number: int, packet: int, pages: Sequence[int]) -> None:
        """Writes the part with this number: a set of `packet`, of these page objects, which follow one another."""
        last = f"/End {pages[-1]} 0 R" if len(pages) > 1 else ""
        self._file.put(number, f"<</Type/DPart/Parent {packet} 0 R/Start {pages[0]} 0 R{last}>>")

    def put_packet(self, number: int, record: Record, sets: Sequence[int]) -> None:
        """Writes the part of a packet; its metadata are its id and its place (§14.12.4.2)."""
        told = f"/DPM<</PacketID {text_string(record.packet_id)}/Sequence {record.sequence}>>"
        self._file.put(number, f"<</Type/DPart/Parent {self._run} 0 R/DParts[[{_named(sets)}]]{told}>>")

    def close(self) -> str:
        """Writes the root; the catalog's entry."""
        self._file.put(self._run, f"<</Type/DPart/Parent {self._root} 0 R/DParts[[{_named(self._packets)}]]>>")
        root = f"<</Type/DPartRoot/DPartRootNode {self._run} 0 R/RecordLevel {_PACKETS}{_LEVELS}>>"
        self._file.put(self._root, root)
        return f"/DPartRoot {self._root} 0 R"


def _named(numbers: Sequence[int]) -> str:
    return " ".join([f"{number} 0 R" for number in numbers])
