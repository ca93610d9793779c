"""Numbered objects → a PDF file that is written while it grows; nothing of it is kept but the places of its objects.

Objects are as in `file.py`: text in PDF's own syntax, streams by themselves and all others packed in object streams.
"""

from __future__ import annotations

import hashlib
import sys
from array import array
from typing import BinaryIO

from handouts.pdf.file import HEAD, ROW, TIGHT, TOGETHER, File, object_, object_stream, stream

_STREAM, _PACKED = 1 << 56, 2 << 56


class LongFile:
    """A file while objects are added to it; `out` is written to from its beginning to its end."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._at = 0
        self._rows = array("Q", [0xFFFF])  # the table of objects: 8 bits of type, 40 of place, 16 of number
        self._digest = hashlib.sha256()
        self._waiting: list[tuple[int, bytes]] = []
        self._write(HEAD)

    def reserved(self) -> int:
        """The number of an object that is written with `put`."""
        self._rows.append(0)
        return len(self._rows) - 1

    def put(self, number: int, content: str) -> None:
        """Writes the object with a reserved number, which is no stream."""
        self._waiting.append((number, content.encode("latin-1")))
        if len(self._waiting) == TOGETHER:
            self._flush()

    def add(self, content: str) -> int:
        """Writes an object that is no stream; its number."""
        number = self.reserved()
        self.put(number, content)
        return number

    def stream(self, entries: str, content: bytes) -> int:
        """Writes a stream with these entries in its dictionary; its number."""
        return self.add_stream(stream(entries, content, level=TIGHT))

    def add_stream(self, content: bytes) -> int:
        """Writes what `stream` of `file.py` made; its number."""
        number = self.reserved()
        self._rows[number] = _STREAM | self._at << 16
        self._write(object_(number, content))
        return number

    def part(self) -> File:
        """Takes objects with the next numbers, for `take`; nothing else is written until then."""
        return File(len(self._rows))

    def take(self, part: File) -> None:
        """Writes the objects of `part`."""
        chunk = part.chunk(self._at)
        for start in range(0, len(chunk.rows), ROW):
            row = int.from_bytes(chunk.rows[start : start + ROW], "big")
            self._rows.append((row >> 48) << 56 | row & 0xFFFFFFFFFFFF)
        self._write(chunk.content)

    def close(self, catalog: int, information: int) -> None:
        """Writes what waits and the table of objects; the file is whole after it."""
        self._flush()
        table = self.reserved()
        start = self._at
        self._rows[table] = _STREAM | start << 16
        if sys.byteorder == "little":
            self._rows.byteswap()
        named = self._digest.hexdigest()[:32]
        entries = (
            f"/Type/XRef/W[1 5 2]/Size {table + 1}/Root {catalog} 0 R/Info {information} 0 R/ID[<{named}><{named}>]"
        )
        self._write(object_(table, stream(entries, self._rows.tobytes(), level=TIGHT)))
        self._write(b"startxref\n%d\n%%%%EOF\n" % start)

    def _flush(self) -> None:
        """Writes the objects that wait, packed together (§7.5.7)."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        together = self.reserved()
        for index, (number, _) in enumerate(waiting):
            self._rows[number] = _PACKED | together << 16 | index
        self._rows[together] = _STREAM | self._at << 16
        self._write(object_(together, object_stream(waiting, TIGHT)))

    def _write(self, content: bytes) -> None:
        self._digest.update(content)
        self._out.write(content)
        self._at += len(content)
