"""Parts of runs → what stands on a line, with holes for values → the line, and how wide it is with the values of a packet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from handouts.typeset.bidi import visual_order
from handouts.typeset.holes import Hole, Open
from handouts.typeset.lines import BoxSize, Line, Segment
from handouts.typeset.shape import Shaped
from handouts.typeset.textruns import TextRun
from handouts.typeset.values import Value

Slots = Sequence[tuple[Value, Shaped]]
"""The value of each run of a blank, and what is drawn for it where it is whole."""


class Part(NamedTuple):
    """What a line takes of a run: characters `start` to `end` of the paragraph.

    `slot` is the number of a blank's run (-1: none), `shaped` what is drawn, of a blank a hole (None: a checkbox).
    """

    run: TextRun
    start: int
    end: int
    slot: int
    shaped: Shaped | None


class _Joint(NamedTuple):
    """Parts of a line, `first` to `last` (inclusive), that make one segment of the look of `run`, the run of the first of them.

    `rtl`: the first of them stands at the right.
    """

    first: int
    last: int
    run: TextRun
    rtl: bool
    spaced: bool


class Stand:
    """What stands on a line: `parts` as they are read, `height` the line's height and its baseline, in points.

    `spaced`: the text has a space after it. Where a blank is there is a hole.
    """

    def __init__(
        self, parts: Sequence[Part], size: float, box: BoxSize, height: tuple[float, float], *, spaced: bool
    ) -> None:
        self._size, self._box, self._height = size, box, height
        self._drawn = [part.shaped for part in parts]
        self._widths = [self._width(shaped, index) for index, shaped in enumerate(self._drawn)]
        holes = zip(self._drawn, parts, strict=True)
        self._holes = tuple([(hole, part.slot) for hole, part in holes if isinstance(hole, Hole)])
        self._fixed = sum([width for width, part in zip(self._widths, parts, strict=True) if part.slot < 0])
        order = visual_order([part.run.level for part in parts])
        self._order = () if order == list(range(len(parts))) else tuple(order)
        self._joints = tuple(_joints(parts, spaced=spaced))

    def _width(self, shaped: Shaped | None, index: int) -> float:
        if shaped is not None:
            return shaped.advance * self._size / 1000
        return (self._box.before if index else 0) + self._box.side + self._box.after

    def width(self, slots: Slots) -> float:
        """How wide it is with these values, in points."""
        width, unit = self._fixed, self._size / 1000
        for hole, slot in self._holes:
            value, shaped = slots[slot]
            width += (shaped if hole.whole else hole.of(value)).advance * unit
        return width

    @property
    def length(self) -> Open:
        """The same as a length."""
        return Open(self._fixed, tuple([(hole, self._size / 1000) for hole, _ in self._holes]))

    def line(self, measure: float, shift: float) -> Line:
        """The line, each part in the place its level gives it; `shift` is the share of the free room that stands left of it."""
        size, box, drawn, widths = self._size, self._box, self._drawn, self._widths
        places, pen = self._places(widths)
        left = (measure - pen) * shift if shift else 0.0
        segments: list[Segment] = []
        for first, last, run, rtl, spaced in self._joints:
            shaped, face = drawn[first], run.setting.face
            if shaped is None:
                x = left + places[first] + (box.after if run.level % 2 else box.before if first else 0)
                segments.append(Segment(x, "", face, size, None, box.side, run.span.field, (), spaced))
                continue
            text, wide, pieces = shaped.text, widths[first], (shaped,)
            if first != last:
                pieces = tuple([piece for piece in drawn[first : last + 1] if piece is not None])
                text = "".join([piece.text for piece in pieces])
                for more in widths[first + 1 : last + 1]:
                    wide += more
                pieces = pieces[::-1] if rtl else pieces
            x = left + places[last if rtl else first]
            segments.append(Segment(x, text, face, size, run.span.href, wide, None, pieces, spaced))
        return Line(tuple(segments), pen, *self._height)

    def _places(self, widths: Sequence[float]) -> tuple[list[float], float]:
        """Where parts of these widths stand, and how wide they are together."""
        if not self._order:
            places = list(accumulate(widths, initial=0.0))
            return places, places[-1]
        places = [0.0] * len(widths)
        pen = 0.0
        for index in self._order:
            places[index] = pen
            pen += widths[index]
        return places, pen


def _joints(parts: Sequence[Part], *, spaced: bool) -> Iterator[_Joint]:
    """Neighbours of the same look and level as one segment; `spaced`: after the last of them the text has a space."""
    first = 0
    for index in range(1, len(parts) + 1):
        if index < len(parts) and _look(parts[index]) == _look(parts[first]):
            continue
        run = parts[first].run
        yield _Joint(first, index - 1, run, bool(run.level % 2), spaced and index == len(parts))
        first = index


def _look(part: Part) -> object:
    """What neighbours have in common that make one segment; each checkbox stands for itself."""
    run = part.run
    return run.start if run.span.field else (run.level, run.setting.face, run.span.href)
