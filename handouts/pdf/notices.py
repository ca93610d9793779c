"""What stands on pages that are not for use: a mark across every page, and words where one would sign."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from handouts.typeset.marks import FieldBox, Glyphs
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
            shown = each.text, each.face, size, None, _MARK_GREY, each.width * size, each.glyphs
            marks.append(Glyphs(*start, *shown))
    return tuple(marks), (across, down)


def _line(text: str) -> Line:
    """`text` as one line in type of one point."""
    return set_lines([Span(text, strong=True)], math.inf, 1, place="mark")[0]


def instead_of_signing(box: FieldBox, style: Style, signing: Signing) -> Iterator[Glyphs]:
    """What stands in the middle of a field that is not to be signed."""
    room, text, language = box.width - 6, [Span(signing.instead)], signing.language
    lines = set_lines(text, room, style.smallest, leading=1.15, align="centre", place="mark", language=language)
    y = box.y + 3 + (box.height - 3 - sum(line.height for line in lines)) / 2
    for line in lines:
        for each in line.segments:
            yield Glyphs.of(each, box.x + 3 + each.x, y + line.baseline, style.soft)
        y += line.height
