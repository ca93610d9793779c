"""Numbered objects → the bytes of a PDF file (ISO 32000-1 §7.5), in chunks that many files share.

Objects are written as text in PDF's own syntax. A chunk is a run of objects with numbers that follow one another: its streams, and
all its other objects packed in object streams (§7.5.7). Chunks that are made once stand at the head of every file they belong
to; what differs from file to file comes after them, and the table of objects is a stream too (§7.5.8).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import Any

import deflate

from handouts.memory import remembered

_DEFLATE: Any = deflate  # what it takes has no type
HEAD = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
ROW = 7  # bytes: a type, four of a place, two of a number (the widths 1 4 2)
TOGETHER = 200
"""Objects in one object stream."""
QUICK = 1
"""libdeflate's level for what is written for one file: some hundredths longer than its own choice, in half the time."""
TIGHT = 6
"""The level for what is written once and stands in many files."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Objects `first` to `end` (exclusive) as bytes that stand at `base` in their file, and their rows of the table of objects.

    The rows of objects that are written for every file anew are empty.
    """

    first: int
    base: int
    content: bytes
    rows: bytes

    @property
    def end(self) -> int:
        """The first number after its own."""
        return self.first + len(self.rows) // ROW

    @property
    def reach(self) -> int:
        """Where what comes after it begins."""
        return self.base + len(self.content)


class File:
    """The objects of one chunk, numbered from `first`; the same calls in the same order make the same bytes."""

    def __init__(self, first: int = 1) -> None:
        self._first = first
        self._contents: list[bytes] = []
        self._streams: set[int] = set()
        self._later: set[int] = set()

    def reserved(self, count: int = 1) -> int:
        """The number of an object that is written with `put`, or of the first of `count` that follow one another."""
        number = self._first + len(self._contents)
        self._contents += [b""] * count
        return number

    def later(self) -> int:
        """The number of an object that every file writes for itself, after the chunk."""
        number = self.reserved()
        self._later.add(number)
        return number

    def put(self, number: int, content: str | bytes) -> None:
        """Writes the object with a reserved number."""
        self._contents[number - self._first] = content.encode("latin-1") if isinstance(content, str) else content

    def put_all(self, number: int, contents: Sequence[bytes]) -> None:
        """Writes objects with reserved numbers that follow one another from `number`."""
        start = number - self._first
        self._contents[start : start + len(contents)] = contents

    def add(self, content: str | bytes) -> int:
        """Writes an object that is no stream; its number."""
        number = self.reserved()
        self.put(number, content)
        return number

    def add_stream(self, content: bytes) -> int:
        """Writes what `stream` made; its number."""
        number = self.add(content)
        self._streams.add(number)
        return number

    def stream(self, entries: str, content: bytes, *, packed: bool = True) -> int:
        """Writes a stream with these entries in its dictionary, packed unless that is done already; its number."""
        return self.add_stream(stream(entries, content, packed=packed))

    def chunk(self, base: int) -> Chunk:
        """All of it as it stands at `base` in a file. Raises ValueError for an object that was reserved and never written."""
        contents, first = self._contents, self._first
        empty = [number for number, content in enumerate(contents, first) if not content]
        if len(empty) > len(self._later):
            unwritten = [number for number in empty if number not in self._later]
            raise ValueError(f"objects were reserved and never written: {unwritten}")
        others = self._streams.union(empty)
        plain = [number for number in range(first, first + len(contents)) if number not in others]
        rows = [0] * len(contents)
        parts: list[bytes] = []
        at = base
        for number in sorted(self._streams):
            rows[number - first] = _row(1, at, 0)
            parts.append(object_(number, contents[number - first]))
            at += len(parts[-1])
        for start in range(0, len(plain), TOGETHER):
            pack = plain[start : start + TOGETHER]
            number = first + len(rows)
            for row, each in enumerate(pack, _row(2, number, 0)):
                rows[each - first] = row
            rows.append(_row(1, at, 0))
            parts.append(object_(number, object_stream([(each, contents[each - first]) for each in pack])))
            at += len(parts[-1])
        return Chunk(first, base, b"".join(parts), _rows(rows))


def finished(
    chunks: Sequence[Chunk], later: Mapping[int, bytes], *, catalog: int, information: int, identifier: str
) -> bytes:
    """The file of `chunks`, each based where the one before it ends, the first after `HEAD`.

    `later` are the objects that stand in no chunk, by number; `identifier` is in hexadecimal digits (§14.4).
    """
    rows = bytearray(b"".join((_FREE, *(chunk.rows for chunk in chunks))))
    parts = [HEAD, *(chunk.content for chunk in chunks)]
    at = chunks[-1].reach
    for number, content in later.items():
        _set_row(rows, number, 1, at, 0)
        parts.append(object_(number, content))
        at += len(parts[-1])
    table = len(rows) // ROW
    _set_row(rows, table, 1, at, 0)
    entries = (
        f"/Type/XRef/W[1 4 2]/Size {table + 1}/Root {catalog} 0 R/Info {information} 0 R"
        f"/ID[<{identifier}><{identifier}>]"
    )
    parts.append(object_(table, stream(entries, bytes(rows), packed=False)))
    parts.append(b"startxref\n%d\n%%%%EOF\n" % at)
    return b"".join(parts)


def object_(number: int, content: bytes) -> bytes:
    """An object as it stands in a file by itself (§7.3.10)."""
    return b"%d 0 obj\n%b\nendobj\n" % (number, content)


def _set_row(rows: bytearray, index: int, kind: int, place: int, last: int) -> None:
    start = ROW * index
    rows[start : start + ROW] = _row(kind, place, last).to_bytes(ROW, "big")


def _rows(rows: Sequence[int]) -> bytes:
    """All of `rows` as they stand in the table of objects, each the last `ROW` of eight bytes."""
    wide = struct.pack(f">{len(rows)}Q", *rows)
    narrow = bytearray(ROW * len(rows))
    for place in range(ROW):
        narrow[place::ROW] = wide[place + 8 - ROW :: 8]
    return bytes(narrow)


def _row(kind: int, place: int, last: int) -> int:
    return kind << 48 | place << 16 | last


_FREE = bytes(5) + b"\xff\xff"  # the head of the list of free objects (§7.5.4)


def object_stream(objects: Sequence[tuple[int, bytes]], level: int = QUICK) -> bytes:
    """A stream that holds these objects by number, none of which is a stream itself (§7.5.7)."""
    contents = [content for _, content in objects]
    places = accumulate([len(content) + 1 for content in contents], initial=0)
    numbers = [number for number, _ in objects]
    head = " ".join(map(str, chain.from_iterable(zip(numbers, places, strict=False)))).encode() + b"\n"
    body = b"\n".join(contents)
    return stream(f"/Type/ObjStm/N {len(objects)}/First {len(head)}", head + body, level=level)


def stream(entries: str, content: bytes, *, packed: bool = True, level: int = QUICK) -> bytes:
    """A stream object (§7.3.8); an end of line stands before `endstream` (ISO 19005-2 §6.1.7.1)."""
    if packed:
        content, entries = packed_bytes(content, level), f"{entries}/Filter/FlateDecode"
    head = f"<<{entries}/Length {len(content)}>>\nstream\n".encode("latin-1")
    return b"".join((head, content, b"\nendstream"))


def packed_bytes(content: bytes, level: int) -> bytes:
    """`content` as FlateDecode unpacks it (§7.4.4): by libdeflate, which is the same on every machine, whatever Python's zlib is."""
    return bytes(_DEFLATE.zlib_compress(content, level))


def text_string(text: str) -> str:
    """A text string (§7.9.2.2): in ASCII as it is, all else in UTF-16."""
    if text.isascii() and text.isprintable():
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        return f"({escaped})"
    return f"<FEFF{in_utf_16(text)}>"


def in_utf_16(text: str) -> str:
    """The text in hexadecimal digits of UTF-16."""
    return text.encode("utf-16-be").hex().upper()


def name(text: str) -> str:
    """A name (§7.3.5)."""
    plain = (
        chr(byte) if (chr(byte).isalnum() and byte < 128) or byte in b"+-._" else f"#{byte:02X}"
        for byte in text.encode()
    )
    return f"/{''.join(plain)}"


@remembered(2048)
def number(value: float) -> str:
    """A number with at most two digits after the point."""
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


def numbers(values: Iterable[float]) -> str:
    """Numbers with spaces between them."""
    return " ".join(map(number, values))
