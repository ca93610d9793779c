"""A TrueType face and some of its glyphs → a font program that has these alone (ISO/IEC 14496-22; ISO 32000-1 §9.9).

Glyphs are copied from where they stand in the face's file, so that a program of a few costs the same whatever the face has.
Hints and layout are left out: pages show glyphs at their places, and no reader lays them out again.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Mapping, Sequence
from itertools import accumulate
from mmap import ACCESS_READ, mmap
from pathlib import Path

if sys.platform != "win32":
    from mmap import MADV_DONTNEED

_VERSION = 0x00010000
_WHOLE = 0xB1B0AFBA  # what all of a program adds up to
_ADJUSTMENT, _LOCA_FORMAT = slice(8, 12), slice(50, 52)  # places in `head`
_LONG_METRICS = slice(34, 36)  # in `hhea`
_GLYPHS, _HINTS = slice(4, 6), slice(14, 28)  # in `maxp`
_NO_HINTS = b"\0\1" + bytes(12)

# Where a glyph begins and the next one does, in the two formats of `loca`
_SHORT, _LONG = struct.Struct(">2H"), struct.Struct(">2I")

# What the parts of a composed glyph say of themselves
_WORDS, _SCALE, _MORE, _TWO_SCALES, _MATRIX, _INSTRUCTIONS = 0x01, 0x08, 0x20, 0x40, 0x80, 0x100


class Outlines:
    """The glyphs of a face as its file has them. Raises OSError if the file is not there.

    What a damaged file lacks counts as zero or as an empty glyph.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._file = mmap(file.fileno(), 0, access=ACCESS_READ)
        entries = range(12, 12 + 16 * _number(self._file[4:6]), 16)
        self._places = {
            self._file[at : at + 4]: (_number(self._file[at + 8 : at + 12]), _number(self._file[at + 12 : at + 16]))
            for at in entries
        }
        self._head, self._hhea, self._maxp = (self._table(tag) for tag in (b"head", b"hhea", b"maxp"))
        self._loca, self._unit = (_LONG, 1) if _number(self._head[_LOCA_FORMAT]) else (_SHORT, 2)
        self._entry = self._loca.size // 2
        self._glyphs = min(_number(self._maxp[_GLYPHS]), self._places[b"loca"][1] // self._entry - 1)
        self._long = _number(self._hhea[_LONG_METRICS])

    def program(self, glyphs: Sequence[int], characters: Mapping[int, int] | None = None) -> bytes:
        """The program whose glyphs are `glyphs` in this order, the first being 0; behind them stands what they are composed of.

        `characters` are code points below U+FFFF with their glyphs' numbers in the program, for a font that is asked by them.
        """
        drawn = list(glyphs)
        numbers = {glyph: number for number, glyph in enumerate(drawn)}
        outlines: list[bytes] = []
        for glyph in drawn:  # grows as parts are met
            outline = self._outline(glyph)
            outlines.append(outline if _is_simple(outline) else _composed(outline, numbers, drawn))
        metrics = b"".join([self._metrics(glyph) for glyph in drawn])
        self._leave()
        places = accumulate(map(len, outlines), initial=0)
        count = struct.pack(">H", len(drawn))
        tables = {
            b"glyf": b"".join(outlines),
            b"head": _with(self._head, (_ADJUSTMENT, bytes(4)), (_LOCA_FORMAT, b"\0\1")),
            b"hhea": _with(self._hhea, (_LONG_METRICS, count)),
            b"hmtx": metrics,
            b"loca": struct.pack(f">{len(drawn) + 1}I", *places),
            b"maxp": _with(self._maxp, (_GLYPHS, count), (_HINTS, _NO_HINTS)),
        }
        return _assembled({b"cmap": _character_map(characters), **tables} if characters else tables)

    def _table(self, tag: bytes) -> bytes:
        start, length = self._places.get(tag, (0, 0))
        return self._file[start : start + length]

    def _leave(self) -> None:
        """What was read of the file is no longer counted as memory of this process, until it is read again."""
        if sys.platform != "win32":
            self._file.madvise(MADV_DONTNEED)

    def _outline(self, glyph: int) -> bytes:
        """The glyph's entry in `glyf`, without hints, its length a multiple of four; b"" for one that leaves no ink."""
        if glyph >= self._glyphs:
            return b""
        start, stop = self._loca.unpack_from(self._file, self._places[b"loca"][0] + glyph * self._entry)
        base, length = self._places[b"glyf"]
        if not start < stop <= length // self._unit:
            return b""
        outline = self._file[base + start * self._unit : base + stop * self._unit]
        if _is_simple(outline):
            at = 10 + 2 * _number(outline[:2])  # behind the box and the ends of contours
            hints = _number(outline[at : at + 2])
            if hints:
                outline = outline[:at] + bytes(2) + outline[at + 2 + hints :]
        return outline + bytes(-len(outline) % 4)

    def _metrics(self, glyph: int) -> bytes:
        """Width and left side bearing; the last glyphs of a face share one width."""
        place = self._places[b"hmtx"][0]
        if glyph < self._long:
            return self._file[place + 4 * glyph : place + 4 * glyph + 4]
        last, own = place + 4 * (self._long - 1), place + 2 * (self._long + glyph)
        return self._file[last : last + 2] + self._file[own : own + 2]


def _is_simple(outline: bytes) -> bool:
    """Whether a glyph has contours of its own, or none."""
    return not outline or outline[0] < 0x80


def _composed(outline: bytes, numbers: dict[int, int], drawn: list[int]) -> bytes:
    """A composed glyph with the numbers that its parts have in the program; parts not met before go into `numbers` and `drawn`."""
    made = bytearray(outline)
    at, more = 10, True
    while more:
        flags, part = _number(made[at : at + 2]), _number(made[at + 2 : at + 4])
        if part not in numbers:
            numbers[part] = len(drawn)
            drawn.append(part)
        made[at : at + 4] = struct.pack(">2H", flags & ~_INSTRUCTIONS, numbers[part])
        at += 8 if flags & _WORDS else 6
        at += 2 if flags & _SCALE else 4 if flags & _TWO_SCALES else 8 if flags & _MATRIX else 0
        more = bool(flags & _MORE)
    return bytes(made[:at]) + bytes(-at % 4)


def _character_map(characters: Mapping[int, int]) -> bytes:
    """The table `cmap` in format 4, by Unicode, every character a segment by itself."""
    points = sorted(characters)
    segments = len(points) + 1
    ends = (*points, 0xFFFF)
    shifts = (*[(characters[point] - point) & 0xFFFF for point in points], 1)
    body = struct.pack(f">{4 * segments + 1}H", *ends, 0, *ends, *shifts, *[0] * segments)
    head = struct.pack(">7H", 4, 14 + len(body), 0, 2 * segments, *_search(segments, 2))
    return struct.pack(">4HI", 0, 1, 3, 1, 12) + head + body


def _assembled(tables: Mapping[bytes, bytes]) -> bytes:
    """The program of these tables, in the order of their tags."""
    at = 12 + 16 * len(tables)
    entries = [struct.pack(">I4H", _VERSION, len(tables), *_search(len(tables), 16))]
    contents: dict[bytes, bytes] = {}
    total = 0
    for tag, table in tables.items():
        contents[tag] = padded = table + bytes(-len(table) % 4)
        checked = _sum(padded)
        entries.append(struct.pack(">4s3I", tag, checked, at, len(table)))
        total += checked
        at += len(padded)
    directory = b"".join(entries)
    rest = struct.pack(">I", (_WHOLE - total - _sum(directory)) & 0xFFFFFFFF)
    contents[b"head"] = _with(contents[b"head"], (_ADJUSTMENT, rest))
    return directory + b"".join(contents.values())


def _search(count: int, size: int) -> tuple[int, int, int]:
    """How programs look through `count` entries of `size` bytes: the largest power of two in it, its exponent, the rest."""
    exponent = count.bit_length() - 1
    return size << exponent, exponent, size * (count - (1 << exponent))


def _sum(padded: bytes) -> int:
    return sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF


def _with(table: bytes, *values: tuple[slice, bytes]) -> bytes:
    """`table` with other bytes at these places."""
    made = bytearray(table)
    for place, value in values:
        made[place] = value
    return bytes(made)


def _number(content: bytes | bytearray) -> int:
    return int.from_bytes(content, "big")
