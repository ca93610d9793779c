"""A stencil painted with one set of fonts: the text of a block's blanks, with places for what the values of a packet give."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from handouts.pdf.brush import Brush, Place
from handouts.pdf.font_set import NO_FONTS, FontSet
from handouts.pdf.pieces import filled_parts, is_filled, pieces
from handouts.typeset.holes import Hole
from handouts.typeset.marks import Glyphs
from handouts.typeset.standing import OwnLine
from handouts.typeset.stencil import Stencil

Text = tuple[str, tuple[Place, ...]]
"""Operators with a "%s" for each of the places in them."""


class Painted(NamedTuple):
    """What is painted of strips of a stencil: the text of each piece, all places in them, what opens an address with its strip's depth."""

    texts: tuple[Text, ...]
    places: tuple[Place, ...]
    links: tuple[tuple[Glyphs, float], ...]


def painted(
    stencil: Stencil,
    fonts: FontSet,
    strips: tuple[int, int],
    unordered: Collection[Hole] = (),
    extra: FontSet = NO_FONTS,
) -> Painted:
    """The pieces that are filled in of strips (first, last and exclusive) of `stencil`, painted once.

    In `unordered` holes the glyphs do not give their text in its order. `extra` are a packet's own fonts for words that `fonts` do not
    have; without them such words raise NotCovered.
    """
    key = fonts.identity, strips, frozenset(unordered) if unordered else None
    found = None if extra.met else stencil.kept.get(key)
    if found is None:
        found = _painted(stencil, strips, Brush(fonts.fonts, extra.fonts, unordered=unordered))
        if not extra.met:
            stencil.kept[key] = found
    return found


def _painted(stencil: Stencil, strips: tuple[int, int], brush: Brush) -> Painted:
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
    return Painted(tuple(texts), tuple([place for _, places in texts for place in places]), tuple(links))


def painted_line(line: OwnLine, fonts: FontSet, unordered: Collection[Hole] = (), extra: FontSet = NO_FONTS) -> Text:
    """One of a packet's own lines in header or footer, painted once wherever it stands alike; `extra` is as of `painted`."""
    key = fonts.identity, line.tops, line.right, frozenset(unordered) if unordered else None
    found = None if extra.met else line.pattern.kept.get(key)
    if found is None:
        brush = Brush(fonts.fonts, extra.fonts, unordered=unordered)
        for mark in line.marks():
            brush.glyphs(mark, 0)
        found = brush.taken_with_places()
        if not extra.met:
            line.pattern.kept[key] = found
    return found
