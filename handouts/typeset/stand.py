"""Parts of runs → what stands on a line, and that with the values of a packet → the line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from handouts.typeset.bidi import visual_order
from handouts.typeset.lines import BoxSize, Line, Segment
from handouts.typeset.shape import Shaped
from handouts.typeset.textruns import TextRun
from handouts.typeset.values import Value

Slots = Sequence[tuple[Value, Shaped]]
"""The value of each run of a blank, and what is drawn for it where it is whole."""


class Part(NamedTuple):
    """What a line takes of a run: characters `start` to `end` of the paragraph.

    `slot` is the number of a blank's run (-1: none), `shaped` what is drawn for another's (None: a checkbox).
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

    `spaced`: the text has a space after it. It is `fixed` if there is no blank in it.
    """

    def __init__(
        self, parts: Sequence[Part], size: float, box: BoxSize, height: tuple[float, float], *, spaced: bool
    ) -> None:
        self.fixed = all(part.slot < 0 for part in parts)
        self._size, self._box, self._height = size, box, height
        self._drawn = [part.shaped for part in parts]
        self._widths = [self._width(part, index) for index, part in enumerate(parts)]
        self._open = tuple(
            (index, part, (part.start, part.end) == (part.run.start, part.run.end))
            for index, part in enumerate(parts)
            if part.slot >= 0
        )
        order = visual_order([part.run.level for part in parts])
        self._order = () if order == list(range(len(parts))) else tuple(order)
        self._joints = tuple(_joints(parts, spaced=spaced))

    def _width(self, part: Part, index: int) -> float:
        if part.shaped is not None:
            return part.shaped.advance * self._size / 1000
        return 0.0 if part.slot >= 0 else (self._box.before if index else 0) + self._box.side + self._box.after

    def line(self, slots: Slots, measure: float, shift: float) -> Line:
        """The line, each part in the place its level gives it; `shift` is the share of the free room that stands left of it."""
        size, box = self._size, self._box
        drawn, widths = self._drawn, self._widths
        if self._open:
            drawn, widths = drawn.copy(), widths.copy()
            for index, part, whole in self._open:
                value, shaped = slots[part.slot]
                if not whole:
                    shaped = part.run.part(shaped, part.start, part.end, value)
                drawn[index] = shaped
                widths[index] = shaped.advance * size / 1000
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
