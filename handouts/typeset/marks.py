"""What a galley is made of: marks with positions, gathered in strips, strips in galleys; values, and no PDF in them.

Positions are in points from the top left corner of the strip, y downwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from handouts.content.blocks import Block, FieldKind
from handouts.typeset.fonts import Face, Glyph
from handouts.typeset.holes import Given, Open, filled, has_holes, length
from handouts.typeset.lines import Segment, glyphs_of
from handouts.typeset.shape import Shaped
from handouts.typeset.style import Colour

MarkRole = Literal["", "marker", "label", "value"]


class Glyphs(NamedTuple):
    """Text on the baseline `y`, starting at `x`, `width` points wide; `pieces` are what is drawn for it, left to right.

    `part` is the number of the block's part that it belongs to, `role` says whether it is the bullet or number of an item
    ("marker"), stands under a field ("label") or is what a person wrote in it ("value"). `spaced`: it ends a line where the text has a space, which is not drawn.
    """

    x: float
    y: float
    text: str
    face: Face
    size: float
    href: str | None
    colour: Colour
    width: float
    pieces: tuple[Shaped, ...] = ()
    part: int = 0
    role: MarkRole = ""
    spaced: bool = False

    @property
    def glyphs(self) -> tuple[Glyph, ...]:
        """All that is drawn, left to right."""
        return glyphs_of(self.pieces)

    @classmethod
    def of(cls, segment: Segment, x: float, y: float, colour: Colour, *, part: int = 0, role: MarkRole = "") -> Glyphs:
        """`segment` with its left end at `x`, on the baseline `y`."""
        text, face, size, href = segment.text, segment.face, segment.size, segment.href
        return cls(x, y, text, face, size, href, colour, segment.width, segment.pieces, part, role, segment.spaced)

    def filled(self, given: Given) -> Glyphs:
        """The same with what is in its holes, in its place then."""
        x, width, text, pieces = filled(self.x, self.width, self.text, self.pieces, given)
        return self._replace(x=x, width=width, text=text, pieces=pieces)


class Rule(NamedTuple):
    """A straight line, `width` points thick; `spared` is how thick it is where ink is spared, None: the same."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    colour: Colour
    spared: float | None = None


class Box(NamedTuple):
    """A rectangle: a ground (`fill`), a line around it (`stroke`), or both. Grounds lie below everything else."""

    x: float
    y: float
    width: float
    height: float
    fill: Colour | None = None
    stroke: Colour | None = None


class FieldBox(NamedTuple):
    """Where a person fills in: the square of a checkbox, else the room above the line (or `lines` lines); of which part.

    `ticked`: a person has ticked it. What a person has written stands after it, as text.
    """

    name: str
    kind: FieldKind
    label: str
    x: float
    y: float
    width: float
    height: float
    lines: int = 1
    part: int = 0
    ticked: bool = False


class Picture(NamedTuple):
    """A picture's bytes (PNG or JPEG) and the words that stand for it."""

    x: float
    y: float
    width: float
    height: float
    content: bytes
    description: str


Mark = Glyphs | Rule | Box | FieldBox | Picture


class Strip(NamedTuple):
    """A piece of a galley that is never split: its height in points and its marks."""

    height: float
    marks: tuple[Mark, ...]

    def filled(self, given: Given) -> Strip:
        """The strip with what is in its holes."""
        return Strip(self.height, tuple([_filled(mark, given) for mark in self.marks]))


def _filled(mark: Mark, given: Given) -> Mark:
    if isinstance(mark, Glyphs):
        return mark.filled(given) if has_holes(mark.pieces) or isinstance(mark.x, Open) else mark
    if isinstance(mark, FieldBox) and isinstance(mark.x, Open):
        return mark._replace(x=length(mark.x, given))
    return mark


class Galley(NamedTuple):
    """A typeset block not yet on a page.

    `breaks` are the indices of strips before which a page may break, `at_need` those before which it breaks only if what stands
    together is taller than a page. Spaces are in points and fall away at the edges of
    a page. `x` is how far it stands from the left edge of the text, for the second of two languages side by side.
    """

    block: Block
    strips: tuple[Strip, ...]
    breaks: tuple[int, ...]
    space_before: float
    space_after: float
    keep_with_next: bool
    x: float = 0
    at_need: tuple[int, ...] = ()

    @property
    def height(self) -> float:
        """The height of all strips, in points."""
        return sum(strip.height for strip in self.strips)

    @property
    def is_table_head(self) -> bool:
        """Whether it is a row made of column heads."""
        return self.block.role == "tr" and all(part.role == "th" and part.scope == "col" for part in self.block.parts)


def moved(mark: Mark, right: float, down: float) -> Mark:
    """`mark` elsewhere."""
    if isinstance(mark, Glyphs):
        return Glyphs(mark[0] + right, mark[1] + down, *mark[2:])
    if isinstance(mark, Rule):
        return Rule(mark.x1 + right, mark.y1 + down, mark.x2 + right, mark.y2 + down, *mark[4:])
    return mark._replace(x=mark.x + right, y=mark.y + down)


def mirrored(strip: Strip, measure: float) -> Strip:
    """`strip`, whose marks are placed from the right end of `measure` to the left, with its marks placed from the left."""

    def turned(mark: Mark) -> Mark:
        if isinstance(mark, Rule):
            return mark._replace(x1=measure - mark.x2, x2=measure - mark.x1, y1=mark.y2, y2=mark.y1)
        return mark._replace(x=measure - mark.x - mark.width)

    return Strip(strip.height, tuple(map(turned, strip.marks)))


def stacked(strips: Iterable[Strip], right: float = 0, down: float = 0) -> Strip:
    """`strips` below one another as one strip, moved `right` and `down`; it ends with the last of them."""
    marks: list[Mark] = []
    y = down
    for strip in strips:
        marks.extend(moved(mark, right, y) for mark in strip.marks)
        y += strip.height
    return Strip(y, tuple(marks))


def text_in(strips: Iterable[Strip]) -> Iterator[Glyphs]:
    """All text in `strips`."""
    return (mark for strip in strips for mark in strip.marks if isinstance(mark, Glyphs))


def first_baseline(strips: Sequence[Strip], otherwise: float) -> float:
    """How far below the top of the first of `strips` its text stands, in points; `otherwise` if it has none."""
    for mark in strips[0].marks if strips else ():
        if isinstance(mark, Glyphs):
            return mark.y
    return otherwise
