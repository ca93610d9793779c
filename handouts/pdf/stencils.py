"""A stencil painted with one set of fonts: the text of a block's blanks, with places for what the values of a packet give."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from handouts.pdf.brush import Brush, Place
from handouts.pdf.font_set import FontSet
from handouts.pdf.pieces import filled_parts, is_filled, pieces
from handouts.typeset.holes import Hole
from handouts.typeset.marks import Glyphs
from handouts.typeset.standing import OwnLine
from handouts.typeset.stencil import Stencil

Text = tuple[str, tuple[Place, ...]]
"""Operators with a "%s" for each of the places in them."""


class Painted(NamedTuple):
    """What is painted of strips of a stencil: the text of each piece, and what opens an address, with the depth of its strip."""

    texts: tuple[Text, ...]
    links: tuple[tuple[Glyphs, float], ...]


def painted(stencil: Stencil, fonts: FontSet, strips: tuple[int, int], unordered: Collection[Hole] = ()) -> Painted:
    """The pieces that are filled in of strips (first, last and exclusive) of `stencil`, painted once.

    In `unordered` holes the glyphs do not give their text in its order.
    """
    key = fonts.identity, strips, frozenset(unordered) if unordered else None
    found = stencil.kept.get(key)
    if found is None:
        found = stencil.kept[key] = _painted(stencil, fonts, strips, unordered)
    return found


def _painted(stencil: Stencil, fonts: FontSet, strips: tuple[int, int], unordered: Collection[Hole]) -> Painted:
    brush = Brush(fonts.fonts, unordered=unordered)
    parts = filled_parts(stencil.galley.block)
    texts: list[Text] = []
    links: list[tuple[Glyphs, float]] = []
    for piece in pieces(stencil.galley.strips[slice(*strips)]):
        if not is_filled(piece, parts):
            continue
        for mark, down in piece.marks:
            if isinstance(mark, Glyphs):
                brush.glyphs(mark, down)
                if piece.key[2]:
                    links.append((mark, down))
        texts.append(brush.taken_with_places())
    return Painted(tuple(texts), tuple(links))


def painted_line(line: OwnLine, fonts: FontSet, unordered: Collection[Hole] = ()) -> Text:
    """One of a packet's own lines in header or footer, painted once wherever it stands alike."""
    key = fonts.identity, line.tops, line.right, frozenset(unordered) if unordered else None
    found = line.pattern.kept.get(key)
    if found is None:
        brush = Brush(fonts.fonts, unordered=unordered)
        for mark in line.marks():
            brush.glyphs(mark, 0)
        found = line.pattern.kept[key] = brush.taken_with_places()
    return found
