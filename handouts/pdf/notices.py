"""What stands on pages that are not for use: a mark across every page, and words where one would sign."""

from __future__ import annotations

import math
from dataclasses import dataclass

from handouts.content.blocks import FieldKind
from handouts.memory import remembered
from handouts.typeset.marks import FieldBox, Glyphs
from handouts.typeset.style import Colour, Paper, Style
from handouts.typeset.text import Line, Span, set_lines

_MARK_GREY: Colour = (0.89, 0.89, 0.89)
_LARGEST = 64.0


@dataclass(frozen=True, slots=True)
class Signing:
    """Whether one may sign, tick and write in the file; if not, `instead` stands where one would sign ("Not for signature").

    In one that is `answered` all is ticked and written already, and one may only sign.
    """

    allowed: bool = True
    instead: str = ""
    language: str = "en"
    answered: bool = False

    def fills(self, kind: FieldKind) -> bool:
        """Whether a field of this `kind` is one to fill in on a screen, and not only on paper."""
        return self.allowed and (kind == "signature" or not self.answered)


@remembered(32)
def mark_across(text: str, paper: Paper) -> tuple[tuple[Glyphs, ...], tuple[float, float]]:
    """`text` from corner to corner, a line below the other, as large as fits, and the direction (cosine, sine) it runs in.

    Raises as `set_lines` for a character without a glyph.
    """
    diagonal = math.hypot(paper.width, paper.height)
    lines = [_line(line) for line in text.splitlines()]
    places = [(number - (len(lines) - 1) / 2) * 1.3 for number in range(len(lines))]
    loss = 2 * max(paper.width / paper.height, paper.height / paper.width)
    # A line beside the diagonal is shorter: it ends where it meets the edge of the paper.
    fits = (0.92 * diagonal / (line.width + abs(place) * loss) for place, line in zip(places, lines, strict=True))
    size = min([_LARGEST, *(0.78 * diagonal / line.width for line in lines), *fits])
    across, down = paper.width / diagonal, paper.height / diagonal
    marks: list[Glyphs] = []
    for place, line in zip(places, lines, strict=True):
        below = place * size + 0.357 * size
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


def instead_of_signing(box: FieldBox, style: Style, signing: Signing) -> tuple[Glyphs, ...]:
    """What stands in the middle of a field that is not to be signed."""
    return tuple(
        [mark._replace(x=mark.x + box.x, y=mark.y + box.y) for mark in _instead(box.width, box.height, style, signing)]
    )


@remembered(256)
def _instead(width: float, height: float, style: Style, signing: Signing) -> tuple[Glyphs, ...]:
    """What stands in a field of this size, from its top left corner."""
    text, language = [Span(signing.instead)], signing.language
    lines = set_lines(text, width - 6, style.smallest, leading=1.15, align="centre", place="mark", language=language)
    y = 3 + (height - 3 - sum(line.height for line in lines)) / 2
    marks: list[Glyphs] = []
    for line in lines:
        marks += [Glyphs.of(each, 3 + each.x, y + line.baseline, style.soft) for each in line.segments]
        y += line.height
    return tuple(marks)
