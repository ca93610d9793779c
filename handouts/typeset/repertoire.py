"""An edition → all glyphs that its documents may show: those of its words, and of the letters that names are written in.

Fonts are cut to this once, and files that hold nothing else share them. It is no limit: what a value has beside it comes in a
small font of its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from handouts.content.blocks import Group
from handouts.errors import RefusedAppointment, SettingError, TemplateError
from handouts.typeset.arrangement import surrounded
from handouts.typeset.fonts import Face, Glyph
from handouts.typeset.galley import set_block
from handouts.typeset.marks import text_in
from handouts.typeset.shape import script_of
from handouts.typeset.style import Paper, Style
from handouts.typeset.text import Span, drawable, set_lines

_RANGES = (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x1EA0, 0x1EFA))
_LATIN = "".join(map(chr, _RANGES)).replace("\xad", "") + "‐–—‘’“”•…\u202f·ƏəȘșȚțẞƠơƯư"
_JOINED = ("Arab",)


def _range(first: int, last: int) -> str:
    return "".join(map(chr, range(first, last + 1)))


_LETTERS = {
    "Latn": _LATIN,
    "Grek": _range(0x386, 0x3CE),
    "Cyrl": _range(0x400, 0x45F) + "ҐґҒғҚқҢңҮүҰұҺһӘәӨө",
    "Hebr": _range(0x5D0, 0x5EA) + "׳״",
    "Arab": _range(0x620, 0x63A) + _range(0x641, 0x64A) + "پچژکگیےۓہھٹڈڑںۀ،؛؟",
    "Deva": _range(0x904, 0x939) + "क़ख़ग़ज़ड़ढ़फ़य़",
    "Thai": _range(0xE01, 0xE2E),
    "Hira": _range(0x3041, 0x3096) + _range(0x30A1, 0x30FC),
}
"""Letters of names by script: the main ones of each, as its alphabet is taught, with those of the languages around."""

_LIGATURES = "ff fi fl ffi ffl"
_AMID = {"Deva": "A। क"}
"""Signs of a script that are taken from the face of what stands before them."""

_SIGNS = {
    "Deva": "\u093e\u093f\u0940\u0941\u0942\u0943\u0947\u0948\u094b\u094c\u0902\u0901\u094d",
    "Thai": _range(0xE30, 0xE4E),
}
"""Signs that stand around a letter, by script."""


def texts(
    root: Group, paper: Paper, style: Style, pictures: Mapping[str, bytes]
) -> Iterator[tuple[Face, Sequence[Glyph]]]:
    """The glyphs of every block of `root` with its blanks left empty; blocks that cannot be set have none."""
    for block, surroundings in surrounded(root, paper, style):
        try:
            galley = set_block(block, dict.fromkeys(block.blanks, ""), surroundings, pictures)
        except (TemplateError, SettingError, RefusedAppointment):
            continue
        yield from ((mark.face, mark.glyphs) for mark in text_in(galley.strips))


def letters(roots: Iterable[Group], language: str) -> Iterator[tuple[Face, Sequence[Glyph]]]:
    """The glyphs of names' letters in the scripts of `roots`, and in Latin, in both weights."""
    said = {char for root in roots for block in root.blocks() for char in block.canonical}
    scripts = {"Latn", *map(script_of, said)}
    for script in sorted(scripts & _LETTERS.keys()):
        yield from words(_spelled(script), language)
    yield from words((_AMID[script] for script in sorted(scripts & _AMID.keys())), language)


def words(given: Iterable[str], language: str) -> Iterator[tuple[Face, Sequence[Glyph]]]:
    """The glyphs of these texts, in both weights."""
    for text in given:
        for strong in (False, True):
            for line in set_lines([Span(text, strong)], math.inf, 1, language=language):
                yield from ((segment.face, segment.glyphs) for segment in line.segments)


def _spelled(script: str) -> Iterator[str]:
    """Texts in which each letter stands as it may, alone and where it joins others."""
    there = [char for char in _LETTERS[script] if drawable(char)]
    yield "\u2060".join(there) if script == "Latn" else " ".join(there)
    if script == "Latn":
        yield _LIGATURES
    if script in _JOINED:
        yield " ".join(char * 3 for char in there)
    for letter in there if script in _SIGNS else ():
        yield " ".join(letter + sign for sign in _SIGNS[script] if drawable(sign))
