"""The marks of a block → pieces in the order they are read, each belonging to one element, and what of it no value changes."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from handouts.typeset.marks import FieldBox, Galley, Glyphs, Mark, Picture, Strip

LINKED = ("tel:", "https:")
"""What the addresses begin with that a file opens."""

Key = tuple[int, str, str]
"""What a piece of text belongs to: the block's part, its role in it, the address that it opens ("" for none)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Marks that follow one another and belong to one element, each with the depth in points of its strip's top.

    A field, a picture and each area of a link are a piece of their own, and no text goes on beyond them.
    """

    key: Key
    marks: tuple[tuple[Mark, float], ...]

    @property
    def only(self) -> Mark:
        """Its first mark, which is the only one but in a piece of plain text."""
        return self.marks[0][0]


def key_of(mark: Glyphs) -> Key:
    """What `mark` belongs to."""
    return mark.part, mark.role, mark.href if mark.href and mark.href.startswith(LINKED) else ""


def pieces(strips: Iterable[Strip]) -> Iterator[Piece]:
    """The pieces of `strips`, which stand below one another."""
    key: Key | None = None
    held: list[tuple[Mark, float]] = []
    down = 0.0
    for strip in strips:
        for mark in strip.marks:
            if isinstance(mark, Glyphs):
                own = key_of(mark)
                if held and (own != key or own[2]):
                    yield Piece(key or own, tuple(held))
                    held = []
                key = own
                held.append((mark, down))
            elif isinstance(mark, FieldBox | Picture):
                if held and key:
                    yield Piece(key, tuple(held))
                    held = []
                yield Piece((0, "", ""), ((mark, down),))
        down += strip.height
    if held and key:
        yield Piece(key, tuple(held))


def text_of(strips: Iterable[Strip]) -> Iterator[Piece]:
    """The pieces of `strips` that are text."""
    return (piece for piece in pieces(strips) if isinstance(piece.only, Glyphs))


def shape(strips: Iterable[Strip]) -> Hashable:
    """All of `strips` that decides on what is around their text: two blocks of one shape have the same pages, lines and elements.

    That is how high each strip is, what is in it beside text, and which pieces it has.
    """
    return tuple([(strip.height, _others(strip)) for strip in strips])


def _others(strip: Strip) -> Hashable:
    found: list[Hashable] = []
    last: Hashable = None
    for mark in strip.marks:
        if isinstance(mark, Glyphs):
            own = key_of(mark)
            if own == last and not own[2]:
                continue
            last = own
            found.append(own)
        else:
            found.append(mark)
            if isinstance(mark, FieldBox | Picture):
                last = None
    return tuple(found)


def shapes(galleys: Sequence[Galley]) -> Hashable:
    """The shapes of `galleys`."""
    return tuple([shape(galley.strips) for galley in galleys])
