"""What a paragraph becomes: lines of segments in their order, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from handouts.content.blocks import Field
from handouts.typeset.fonts import Face, Glyph
from handouts.typeset.holes import Given, filled, length
from handouts.typeset.shape import Shaped

Align = Literal["start", "centre", "end"]


@dataclass(frozen=True, slots=True)
class BoxSize:
    """The measures of a checkbox in a line: its side, the space after it and the space before it, in points."""

    side: float = 14.4
    after: float = 6
    before: float = 16


class LineLook(NamedTuple):
    """How lines are set: no wider than `measure` points, in type of `size` points with `leading` times the size a line.

    `box` is how large checkboxes are, `language` a BCP 47 tag.
    """

    measure: float
    size: float
    leading: float
    align: Align
    box: BoxSize
    language: str


class Segment(NamedTuple):
    """Part of a line in one face and direction, or a checkbox (`field`): `x` from the line's left end, `width`, in points.

    `text` is in logical order, `pieces` are what is drawn for it, left to right. `spaced`: it ends a line where the text has a
    space.
    """

    x: float
    text: str
    face: Face
    size: float
    href: str | None
    width: float
    field: Field | None = None
    pieces: tuple[Shaped, ...] = ()
    spaced: bool = False

    @property
    def glyphs(self) -> tuple[Glyph, ...]:
        """All that is drawn, left to right."""
        return glyphs_of(self.pieces)

    def filled(self, given: Given) -> Segment:
        """The segment with what is in its holes."""
        x, width, text, pieces = filled(self.x, self.width, self.text, self.pieces, given)
        return self._replace(x=x, width=width, text=text, pieces=pieces)


class Line(NamedTuple):
    """One line: its segments as they are read, the width they take, its height, its baseline's depth below its top (points)."""

    segments: tuple[Segment, ...]
    width: float
    height: float
    baseline: float

    @property
    def text(self) -> str:
        """The words of the line."""
        return "".join(segment.text for segment in self.segments)

    def filled(self, given: Given) -> Line:
        """The line with what is in its holes."""
        segments = tuple([segment.filled(given) for segment in self.segments])
        return self._replace(segments=segments, width=length(self.width, given))


def glyphs_of(pieces: tuple[Shaped, ...]) -> tuple[Glyph, ...]:
    """The glyphs of `pieces`; of one alone always the same object."""
    if len(pieces) == 1:
        return pieces[0].glyphs
    return tuple([glyph for piece in pieces for glyph in piece.glyphs])
