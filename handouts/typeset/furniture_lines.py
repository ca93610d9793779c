"""One line of header or footer → its lines on the page, which all packets share whose values break them alike."""

from __future__ import annotations

import math
from typing import Any

from handouts.content.cldr import direction_of
from handouts.memory import remembered
from handouts.typeset.filling import Filling
from handouts.typeset.furniture import parts_of
from handouts.typeset.holes import Given, length
from handouts.typeset.marks import Glyphs
from handouts.typeset.plan import Pattern
from handouts.typeset.style import Colour
from handouts.typeset.text import Align, BoxSize, Line, LineLook, LineSetter, Own, Span, require_glyphs
from handouts.typeset.values import Values

SetLine = tuple[Line, tuple[Glyphs, ...]]
"""A line and its marks, on a baseline at the strip's top."""


class StillLine:
    """A line without the values of a packet: words, look, the names of its blanks; only what is a packet's `own` has blanks."""

    def __init__(
        self, name: str, text: str, size: float, colour: Colour, language: str, strong: bool, own: bool
    ) -> None:
        parts = parts_of(text) if own else [(text, False)]
        self._spans = tuple(Span("" if blank else part, strong, blank=part if blank else "") for part, blank in parts)
        self._place = f"header and footer ({name})"
        require_glyphs(self._spans, self._place)
        self._size, self._colour, self._language = size, colour, language
        self._setters: dict[tuple[float, Align], LineSetter[SetLine]] = {}
        self.blanks = tuple(part for part, blank in parts if blank)
        self.from_left = direction_of(language) == "ltr"

    def setter(self, measure: float, align: Align) -> LineSetter[SetLine]:
        """What sets it in `measure`."""
        found = self._setters.get((measure, align))
        if found is None:
            look = LineLook(measure, self._size, 1.3, align, BoxSize(), self._language)
            found = self._setters[measure, align] = LineSetter(self._spans, look, self._place, self._finished)
        return found

    def _finished(self, line: Line) -> SetLine:
        colour, baseline = self._colour, line.baseline
        return line, tuple(
            [Glyphs(s.x, baseline, s.text, s.face, s.size, None, colour, s.width, s.pieces) for s in line.segments]
        )


@remembered(1024)
def still_line(
    name: str, text: str, size: float, colour: Colour, language: str, *, strong: bool = False, own: bool = False
) -> StillLine:
    """The line called `name`. Raises TemplateError, with that name, for words without a glyph."""
    return StillLine(name, text, size, colour, language, strong, own)


class Entry:
    """A line with the values of a packet, or one that has none.

    The packet's `Values` hold it, and it does not hold them: so all of a packet is gone as soon as the packet is. Whoever makes
    something of what is `given` for its blanks can keep that in `kept`, by a key of their own.
    """

    __slots__ = ("_lines", "_nobodys", "_still", "_values", "given", "kept", "pattern", "width")

    def __init__(self, still: StillLine, filling: Filling) -> None:
        self._still, self._nobodys = still, filling.known.nobodys
        self.kept: dict[object, Any] = {}
        self._lines: dict[tuple[float, Align], Pattern[SetLine]] = {}
        self._values = [filling.value(name) for name in still.blanks]
        self.given: Given = Own(self._values)
        self.pattern = self._pattern(math.inf, "start", filling.known)
        self.width = max([length(line.width, self.given) for line, _ in self.pattern.lines], default=0.0)

    def lines(self, measure: float, align: Align) -> Pattern[SetLine]:
        """Its lines in `measure`. Raises TooWide as `Plan.pattern`."""
        if align == "start" and self._still.from_left and self.width <= measure:
            return self.pattern  # it stands where it would in a line without end
        found = self._lines.get((measure, align))
        if found is None:
            found = self._lines[measure, align] = self._pattern(measure, align, Values(nobodys=self._nobodys))
        return found

    def _pattern(self, measure: float, align: Align, known: Values) -> Pattern[SetLine]:
        return self._still.setter(measure, align).pattern(self._values, self.given, known)


@remembered(1024)
def alone(still: StillLine) -> Entry:
    """The line as it is for everybody."""
    return Entry(still, Filling({}, Values()))
