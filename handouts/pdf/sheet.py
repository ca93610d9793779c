"""A master, its galleys and furniture → what stands on each page, in its place; no PDF yet, so that its fonts can be gathered."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from handouts.typeset.fonts import Face, Glyph
from handouts.typeset.furniture import SetFurniture
from handouts.typeset.marks import FieldBox, Galley, Glyphs, Mark, Strip
from handouts.typeset.master import Master, Place
from handouts.typeset.style import Colour, Paper, Style
from handouts.typeset.text import Line, Span, set_lines

_MARK_GREY: Colour = (0.89, 0.89, 0.89)
_LARGEST = 64.0


@dataclass(frozen=True, slots=True)
class Signing:
    """Whether one may sign, tick and write in the file; if not, `instead` stands where one would sign ("Not for signature")."""

    allowed: bool = True
    instead: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Placed:
    """A mark of the block `galley`, moved by `x` and `y` points from the page's top left corner.

    `repeated`: it is there once more, at the head of a page. `words` stand in a field that is not to be signed.
    """

    galley: int
    mark: Mark
    x: float
    y: float
    repeated: bool = False
    words: tuple[Glyphs, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on one page: the marks of its blocks, header and footer."""

    body: tuple[Placed, ...]
    header: tuple[Placed, ...]
    footer: tuple[Placed, ...]

    @property
    def texts(self) -> Iterator[tuple[Face, Sequence[Glyph]]]:
        """All text on it, in its faces."""
        for placed in (*self.body, *self.header, *self.footer):
            for mark in (placed.mark, *placed.words):
                if isinstance(mark, Glyphs):
                    yield mark.face, mark.glyphs


def sheets(master: Master, galleys: Sequence[Galley], furniture: SetFurniture, signing: Signing) -> tuple[Sheet, ...]:
    """Every page of `master`. Raises as `set_lines` for a character without a glyph."""
    paper, style, count = master.paper, master.style, len(master.pages)
    header = tuple(_placed(furniture.header, paper.left, paper.top))
    found: list[Sheet] = []
    for index, page in enumerate(master.pages):
        strip = furniture.footer(index + 1, count)
        footer = tuple(_placed(strip, paper.left, paper.height - paper.bottom - strip.height))
        found.append(Sheet(tuple(_body(page, galleys, style, signing)), header, footer))
    return tuple(found)


def mark_across(text: str, paper: Paper) -> tuple[tuple[Glyphs, ...], tuple[float, float]]:
    """`text` from corner to corner, a line below the other, as large as fits, and the direction (cosine, sine) it runs in.

    Raises as `set_lines` for a character without a glyph.
    """
    diagonal = math.hypot(paper.width, paper.height)
    lines = [_line(line) for line in text.splitlines()]
    size = min([_LARGEST, *(0.78 * diagonal / line.width for line in lines)])
    across, down = paper.width / diagonal, paper.height / diagonal
    marks: list[Glyphs] = []
    for number, line in enumerate(lines):
        below = (number - (len(lines) - 1) / 2) * 1.3 * size + 0.357 * size
        x, y = paper.width / 2 + below * down, paper.height / 2 + below * across
        for each in line.segments:
            along = (each.x - line.width / 2) * size
            start = x + along * across, y - along * down
            shown = each.text, each.face, size, None, _MARK_GREY, each.width * size, each.pieces
            marks.append(Glyphs(*start, *shown))
    return tuple(marks), (across, down)


def _line(text: str) -> Line:
    """`text` as one line in type of one point."""
    return set_lines([Span(text, strong=True)], math.inf, 1, place="mark")[0]


def _placed(strip: Strip, x: float, y: float) -> Iterator[Placed]:
    return (Placed(0, mark, x, y) for mark in strip.marks)


def _body(page: Iterable[Place], galleys: Sequence[Galley], style: Style, signing: Signing) -> Iterator[Placed]:
    for place in page:
        y = place.y
        for strip in galleys[place.galley].strips[place.first : place.last]:
            for mark in strip.marks:
                words: tuple[Glyphs, ...] = ()
                if isinstance(mark, FieldBox) and mark.kind in ("signature", "initials") and not signing.allowed:
                    words = tuple(_instead(mark, style, signing))
                yield Placed(place.galley, mark, place.x, y, place.repeated, words)
            y += strip.height


def _instead(box: FieldBox, style: Style, signing: Signing) -> Iterator[Glyphs]:
    """What stands in the middle of a field that is not to be signed."""
    room, text, language = box.width - 6, [Span(signing.instead)], signing.language
    lines = set_lines(text, room, style.smallest, leading=1.15, align="centre", place="mark", language=language)
    y = box.y + 3 + (box.height - 3 - sum(line.height for line in lines)) / 2
    for line in lines:
        for each in line.segments:
            yield Glyphs.of(each, box.x + 3 + each.x, y + line.baseline, style.soft)
        y += line.height
