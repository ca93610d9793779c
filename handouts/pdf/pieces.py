"""The marks of a block → pieces in the order they are read, each belonging to one element, and what of it no value changes."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Hashable, Iterable, Iterator
from typing import NamedTuple

from handouts.content.blocks import BlankPlace, Block
from handouts.memory import remembered
from handouts.typeset.marks import FieldBox, Glyphs, Mark, Picture, Strip
from handouts.typeset.same import Same
from handouts.typeset.standing import SetFurniture
from handouts.typeset.stencil import Stencil

LINKED = ("tel:", "https:")
"""What the addresses begin with that a file opens."""

Key = tuple[int, str, str]
"""What a piece of text belongs to: the block's part, its role in it, the address that it opens ("" for none)."""


class Piece(NamedTuple):
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


@remembered(4096)
def filled_parts(block: Block) -> frozenset[int]:
    """The numbers of the parts of `block` that hold blanks; their text differs from patient to patient."""
    numbered = enumerate(block.parts)
    return frozenset([number for number, part in numbered if any(isinstance(run, BlankPlace) for run in part.runs)])


def is_filled(piece: Piece, parts: Collection[int]) -> bool:
    """Whether `piece` is text of one of these parts; bullets, numbers and labels never are."""
    return piece.key[0] in parts and not piece.key[1] and isinstance(piece.only, Glyphs)


def shape(strips: Iterable[Strip], parts: Collection[int]) -> Hashable:
    """All of `strips` that decides on what is around the text of these parts.

    Two blocks of one shape have the same pages, lines and elements. It is how high each strip is, what is in it beside that text
    and where, and which pieces it has.
    """
    return tuple([(strip.height, _others(strip, parts)) for strip in strips])


def _others(strip: Strip, parts: Collection[int]) -> Hashable:
    found: list[Hashable] = []
    last: Key | None = None
    for mark in strip.marks:
        if isinstance(mark, Glyphs):
            if last and not mark.href and last == (mark.part, mark.role, ""):
                continue
            own = key_of(mark)
            if own != last or own[2]:
                filled = own[0] in parts and not own[1]
                found.append(own if filled else (own, mark.x, mark.y))
            last = own
        else:
            found.append(mark)
            if isinstance(mark, FieldBox | Picture):
                last = None
    return tuple(found)


def outline(strips: Iterable[Strip], parts: Collection[int]) -> Hashable:
    """All of `strips` but the text of these parts: of that there is only which pieces it has, and where between the others."""
    return tuple([(strip.height, tuple(_outlined(strip, parts))) for strip in strips])


def _outlined(strip: Strip, parts: Collection[int]) -> Iterator[Hashable]:
    last: Key | None = None
    for mark in strip.marks:
        if isinstance(mark, Glyphs) and mark.part in parts and not mark.role:
            if last and not mark.href and last == (mark.part, "", ""):
                continue
            own = key_of(mark)
            if own != last or own[2]:
                yield own
            last = own
        else:
            yield mark
            last = None


class Shape:
    """A shape that is the same object wherever it is met, so that it can be told from another at once; it reads as a hash."""

    __slots__ = ("_read", "_told")

    def __init__(self, told: Hashable) -> None:
        self._told = told
        self._read = ""

    def __repr__(self) -> str:
        self._read = self._read or hashlib.sha256(repr(self._told).encode()).hexdigest()
        return self._read


_met = remembered(8192)(Shape)


def shape_of(stencil: Stencil) -> Shape:
    """The shape of a block with blanks, whatever their values are."""
    found = stencil.kept.get(_SHAPE)
    if found is None:
        galley = stencil.galley
        found = stencil.kept[_SHAPE] = _met(shape(galley.strips, filled_parts(galley.block)))
    return found


def edge_shape(furniture: SetFurniture) -> Shape:
    """All of header and footers that is the same for everybody."""
    standing = furniture.standing
    found = standing.kept.get(_SHAPE)
    if found is None:
        told = shape((standing.header, standing.footer(1, 1)), ())
        said = furniture.furniture.of_nobody
        found = standing.kept[_SHAPE] = _met((said, standing.size, standing.order, told))
    return found


def outline_of(stencil: Stencil) -> Shape:
    """A block with blanks and its outline, whatever the values are."""
    found = stencil.kept.get(_OUTLINE)
    if found is None:
        galley = stencil.galley
        told = outline(galley.strips, filled_parts(galley.block))
        found = stencil.kept[_OUTLINE] = _met((Same(galley.block), told))
    return found


_SHAPE, _OUTLINE = "shape", "outline"
