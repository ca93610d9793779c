"""Which face is used for which text, and how wide its glyphs are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont  # pyright: ignore[reportMissingTypeStubs]  # it has none

_FACES = Path(__file__).parent / "faces"
_STAND_INS = {"\u202f": "\u00a0", "\u2011": "-", "\u2010": "-"}


@dataclass(frozen=True, slots=True)
class Face:
    """A TrueType face: the name it has in the file that is written, and where its bytes are."""

    name: str
    path: Path


REGULAR = Face("NotoSans-Regular", _FACES / "NotoSans-Regular.ttf")
BOLD = Face("NotoSans-Bold", _FACES / "NotoSans-Bold.ttf")
FACES = (REGULAR, BOLD)


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph of a shaped text, in the order it is drawn: its number in the face and how the pen moves.

    `text` is what it stands for, in logical order ("" for a glyph after the first of its cluster). `advance` is how far the pen
    moves after it, `right` and `up` how far from the pen it is drawn, in thousandths of the size.
    """

    number: int
    text: str
    advance: float
    right: float = 0
    up: float = 0


@cache
def advances(face: Face) -> Mapping[str, float]:
    """The advance of every character that `face` has, in thousandths of the size; opened once in a process.

    A special space or hyphen that the face lacks has the advance of the plain one, which is drawn in its stead.
    """
    with TTFont(face.path, lazy=True) as opened:
        tables: Any = opened
        unit = 1000 / float(tables["head"].unitsPerEm)
        metrics = tables["hmtx"].metrics
        widths = {chr(code): float(metrics[glyph][0]) * unit for code, glyph in tables.getBestCmap().items()}
    for special, plain in _STAND_INS.items():
        widths.setdefault(special, widths[plain])
    return widths


@cache
def stand_ins(face: Face) -> Mapping[int, str]:
    """The special spaces and hyphens that `face` lacks, with what is drawn in their stead, for `str.translate`."""
    with TTFont(face.path, lazy=True) as opened:
        tables: Any = opened
        own = frozenset(tables.getBestCmap())
    return {ord(special): plain for special, plain in _STAND_INS.items() if ord(special) not in own}


@cache
def numbers(face: Face) -> Mapping[str, int]:
    """The number of the glyph for every character that `face` has."""
    with TTFont(face.path, lazy=True) as opened:
        tables: Any = opened
        return {chr(code): int(tables.getGlyphID(glyph)) for code, glyph in tables.getBestCmap().items()}


def shaped(face: Face, text: str) -> tuple[Glyph, ...]:
    """`text` as glyphs of `face`, one a character; KeyError for a character it does not have."""
    glyphs, widths = numbers(face), advances(face)
    return tuple(Glyph(glyphs[char], char, widths[char]) for char in text)


def advance(face: Face, char: str) -> float:
    """How far `char` moves the pen in `face`, in thousandths of the size; KeyError for one it does not have."""
    return advances(face)[char]


def covers(face: Face, char: str) -> bool:
    """Whether `face` has a glyph for `char`."""
    return char in advances(face)


def width(face: Face, text: str, size: float) -> float:
    """The width of `text` on one line, in points."""
    widths = advances(face)
    return sum([widths[char] for char in text]) * size / 1000
