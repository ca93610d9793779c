"""The look of a document as values: paper, sizes, spaces and colours, all lengths in points (1/72 inch)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property

from handouts.content.blocks import Tone

MM = 72 / 25.4
Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet: its name, width and height in points, and the margins, outside of which nothing is printed.

    Header and footer stand inside the margins and take their space from the body.
    """

    name: str
    width: float
    height: float
    left: float = 45
    right: float = 45
    top: float = 30
    bottom: float = 28

    @property
    def measure(self) -> float:
        """The width of the text in points."""
        return self.width - self.left - self.right


LETTER = Paper("letter", 612, 792)
A4 = Paper("a4", 595.28, 841.89)
PAPERS = {paper.name: paper for paper in (LETTER, A4)}


@dataclass(frozen=True, slots=True)
class Tint:
    """How a callout is coloured: its ground, the bar at its start and the line around it (None: none)."""

    ground: Colour
    bar: Colour | None
    frame: Colour | None


@dataclass(frozen=True)
class Style:
    """Sizes and spaces in points, leading in multiples of the size, colours as red, green and blue from 0 to 1.

    Sizes follow clear print (RNIB/UKAAF: 12 pt at least, 14 pt better); a signature has 10 mm free above its line, a
    checkbox is 5 mm wide or more; text, headings' rules and callouts' bars have a contrast of at least
    4.5:1 on its ground.
    """

    body: float = 14
    h1: float = 21
    h2: float = 16
    h3: float = 14.5
    table: float = 12
    label: float = 10
    small: float = 9
    smallest: float = 8
    leading: float = 1.26
    heading_leading: float = 1.2

    paragraph_space: float = 5
    item_space: float = 2
    before_h1: float = 4
    before_h2: float = 10
    before_h3: float = 8
    after_heading: float = 3
    block_space: float = 9

    hang: float = 18
    hang_number: float = 26
    checkbox: float = 14.4
    checkbox_gap: float = 6
    between_choices: float = 16
    cell_side: float = 7
    cell_top: float = 3.5
    callout_side: float = 12
    callout_top: float = 7
    callout_bar: float = 5

    writing_height: float = 10.2 * MM
    next_line: float = 9 * MM
    field_gutter: float = 16
    column_gutter: float = 20
    initials: float = 76
    tallest_picture: float = 220
    logo_height: float = 26
    logo_width: float = 130

    ink: Colour = (0.10, 0.11, 0.13)
    heading: Colour = (0.09, 0.22, 0.37)
    soft: Colour = (0.33, 0.36, 0.40)
    hairline: Colour = (0.72, 0.76, 0.80)
    accent: Colour = (0.20, 0.41, 0.60)
    table_head: Colour = (0.905, 0.93, 0.955)
    plain: Tint = Tint((0.955, 0.96, 0.965), None, (0.72, 0.76, 0.80))
    note: Tint = Tint((0.935, 0.96, 0.985), (0.16, 0.40, 0.64), None)
    warning: Tint = Tint((0.992, 0.945, 0.94), (0.66, 0.10, 0.10), None)
    staff: Tint = Tint((1, 1, 1), None, (0.66, 0.10, 0.10))

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Reckoned once: everything that is set is looked up by its style."""
        return hash(tuple(getattr(self, each.name) for each in fields(self)))

    def toned(self, tone: Tone) -> Style:
        """The style of a block whose messages are this far, in a translator's preview; itself for all documents."""
        return _toned(self, tone) if tone else self

    def tint(self, kind: str) -> Tint:
        """The colours of a callout of `kind`."""
        return {"note": self.note, "warning": self.warning, "staff": self.staff}.get(kind, self.plain)


_TONES: Mapping[Tone, Colour] = {
    "empty": (0.70, 0.07, 0.07),
    "doubtful": (0.52, 0.16, 0.50),
    "draft": (0.60, 0.33, 0.02),
    "reviewed": (0.05, 0.40, 0.18),
}


@cache
def _toned(style: Style, tone: Tone) -> Style:
    return replace(style, ink=_TONES[tone], heading=_TONES[tone])
