"""A paragraph with the skeletons of its values → its plan, from which lines are made for all values of these skeletons.

All that is known before a value's glyphs are stands in the plan: runs of one face and direction, the words of the template shaped, the
places where a line may begin, and, of every line that was ever made, what stands on it and in which order. Positions are those of the
characters of the paragraph with the skeletons in it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Generic, TypeVar

from handouts.content.cldr import Direction
from handouts.typeset.fonts import reaches
from handouts.typeset.lines import Align, Line, LineLook
from handouts.typeset.spans import Span, paragraph
from handouts.typeset.stand import Part, Slots, Stand
from handouts.typeset.textruns import TextRun, text_runs
from handouts.typeset.values import Value

_ASCENT = 0.8  # of the size: where the baseline stands in a line set solid
_HAIR = 1e-6  # what two widths may differ by and still be equal, in points
_BESIDE_BOX = 4.5  # how much higher than a checkbox its line is, in points

T = TypeVar("T")


class TooWide(Exception):
    """A word is wider than the line and must be divided, which takes its own letters."""


class Plan(Generic[T]):
    """The lines of a paragraph, each made into what `finish` makes of it; what no value changes is made once.

    `spans` hold skeletons where blanks are. Raises as `set_lines`.
    """

    def __init__(self, spans: tuple[Span, ...], look: LineLook, finish: Callable[[Line], T]) -> None:
        measure, size, leading, align, box, language = look
        given = paragraph(spans, language)
        self.text = given.text
        self._measure, self._size, self._box = measure, size, box
        self._shift = _shift(align, given.direction)
        self._finish = finish
        self._runs = tuple(text_runs(given))
        self._blanks = tuple(run for run in self._runs if run.shaped is None and run.span.field is None)
        self._slots = {run.start: slot for slot, run in enumerate(self._blanks)}
        self._starts = [run.start for run in self._blanks]
        self._boxes = frozenset(run.start for run in self._runs if run.span.field is not None)
        self._height = _height(self._runs, size, leading)
        self._pens = self._static_pens()
        self._places = [*given.breaks, len(given.text)]
        self._ends = [self._end(place) for place in self._places]
        self._reaches = [self._pens[end] for end in self._ends]
        self._chunks = self._cut()
        self._inner = tuple(
            (slot, range(bisect_right(self._ends, run.start), bisect_left(self._ends, run.end)))
            for slot, run in enumerate(self._blanks)
            if run.end - run.start > 1
        )
        # Whether all is as wide as its words and blanks together, so that it is known at once whether it is one line.
        self._whole = not self._blanks or self._ends[-1] >= self._blanks[-1].end
        self._most = measure + _HAIR
        self._stands: dict[tuple[int, int], Stand | None] = {}
        self._made: dict[tuple[int, int], tuple[T, float]] = {}

    def lines(self, values: Sequence[Value]) -> list[T]:
        """The lines for `values`, those of the blanks in their order.

        Raises TooWide if one of them, or what it is joined to, is wider than the measure and not its own skeleton.
        """
        if not self.text:
            return []
        slots = [(values[run.blank], run.of(values[run.blank])) for run in self._blanks]
        offsets = list(accumulate([shaped.advance * self._size / 1000 for _, shaped in slots], initial=0.0))
        places, length = self._places, len(self.text)
        if self._whole and self._reaches[-1] + offsets[-1] <= self._most:
            made, width = self._line(0, length, slots)
            if width <= self._most:
                return [made] if made is not None else []
        reaches = self._all_reaches(slots, offsets)
        found: list[T] = []
        start = 0
        while start < length:
            first = bisect_right(places, start)
            begin = self._begin(start)
            room = self._most + self._pen(begin, slots, offsets) + (self._box.before if begin in self._boxes else 0.0)
            last = max(bisect_right(reaches, room, first) - 1, first)
            made, width = self._line(start, places[last], slots)
            while last > first and width > self._most:
                last -= 1
                made, width = self._line(start, places[last], slots)
            end = places[last]
            if width > self._most:
                end, made = self._divided(start, end, slots, offsets, room)
            if made is not None:
                found.append(made)
            start = end
        return found

    def _divided(
        self, start: int, end: int, slots: Slots, offsets: Sequence[float], room: float
    ) -> tuple[int, T | None]:
        """As much from `start` as fits, one cluster at least, where `end` is too far."""
        if any(value.plain and value.skeleton != value.text for value, _ in slots):
            raise TooWide
        edges = [edge for run in self._runs for edge in self._edges(run, slots) if start < edge < end]
        edges.append(end)
        reaches = [self._pen(self._end(edge), slots, offsets) for edge in edges]
        last = max(bisect_right(reaches, room) - 1, 0)
        made, width = self._line(start, edges[last], slots)
        while last > 0 and width > self._most:
            last -= 1
            made, width = self._line(start, edges[last], slots)
        return edges[last], made

    def _edges(self, run: TextRun, slots: Slots) -> Iterator[int]:
        shaped = slots[self._slots[run.start]][1] if run.start in self._slots else run.shaped
        yield from (run.start + begin for begin in sorted({0, *(shaped.begins if shaped else ())}))

    def _static_pens(self) -> list[float]:
        """Where the pen stands before each character if all is one line and the blanks are empty, in points."""
        moves = [0.0] * len(self.text)
        for run in self._runs:
            if run.shaped is not None:
                moves[run.start : run.end] = [move * self._size / 1000 for move in run.shaped.moves]
            elif run.span.field is not None:
                moves[run.start] = self._box.before + self._box.side + self._box.after
        return list(accumulate(moves, initial=0.0))

    def _cut(self) -> tuple[list[float], ...]:
        """`_reaches` in parts: those before the end of the first blank's run, of the second, …, and all that come after."""
        edges = [0, *(bisect_left(self._ends, run.end) for run in self._blanks), len(self._ends)]
        return tuple(self._reaches[first:last] for first, last in pairwise(edges))

    def _all_reaches(self, slots: Slots, offsets: Sequence[float]) -> list[float]:
        """Where the pen stands at the end of what comes before each place, spaces left out."""
        if not slots:
            return self._reaches
        found: list[float] = []
        for chunk, offset in zip(self._chunks, offsets, strict=True):
            found += [reach + offset for reach in chunk] if offset else chunk
        for slot, indices in self._inner:
            for index in indices:
                found[index] = self._pen_within(slot, self._ends[index], slots, offsets)
        return found

    def _pen(self, at: int, slots: Slots, offsets: Sequence[float]) -> float:
        """Where the pen stands before character `at` if all is one line, in points."""
        passed = bisect_left(self._starts, at)
        if passed and at < self._blanks[passed - 1].end:
            return self._pen_within(passed - 1, at, slots, offsets)
        return self._pens[at] + offsets[passed]

    def _pen_within(self, slot: int, at: int, slots: Slots, offsets: Sequence[float]) -> float:
        """The same before a character in a blank's run."""
        run, (value, shaped) = self._blanks[slot], slots[slot]
        return self._pens[run.start] + offsets[slot] + shaped.pens[run.within(value, at)] * self._size / 1000

    def _end(self, place: int) -> int:
        while place > 0 and self.text[place - 1] == " ":
            place -= 1
        return place

    def _begin(self, place: int) -> int:
        while place < len(self.text) and self.text[place] == " ":
            place += 1
        return place

    def _line(self, start: int, end: int, slots: Slots) -> tuple[T, float] | tuple[None, float]:
        """The line from `start` to `end`, and its width; None where nothing but spaces stands."""
        key = start, end
        known = self._made.get(key)
        if known:
            return known
        if key not in self._stands:
            self._stands[key] = self._stand(start, end)
        stand = self._stands[key]
        if stand is None:
            return None, 0.0
        line = stand.line(slots, self._measure, self._shift)
        made = self._finish(line), line.width
        if stand.fixed:
            self._made[key] = made
        return made

    def _stand(self, start: int, end: int) -> Stand | None:
        """What stands between `start` and `end`."""
        first, last = self._begin(start), self._end(end)
        if first >= last:
            return None
        parts = [
            self._part(run, max(first, run.start), min(last, run.end))
            for run in self._runs
            if run.start < last and run.end > first
        ]
        height, baseline = self._height
        if any(part.run.span.field for part in parts) and height < self._box.side + _BESIDE_BOX:
            baseline += (self._box.side + _BESIDE_BOX - height) / 2
            height = self._box.side + _BESIDE_BOX
        spaced = self.text[last : last + 1] == " "
        return Stand(parts, self._size, self._box, (height, baseline), spaced=spaced)

    def _part(self, run: TextRun, start: int, end: int) -> Part:
        slot = self._slots.get(run.start, -1)
        return Part(run, start, end, slot, None if run.shaped is None else run.part(run.shaped, start, end))


def _height(runs: Sequence[TextRun], size: float, leading: float) -> tuple[float, float]:
    """The height of a line and where its baseline is, in points: as the leading says, or as much as the faces need."""
    height = size * leading
    baseline = (height - size) / 2 + size * _ASCENT
    needed = [reaches()[run.setting.face] for run in runs if run.setting.face in reaches()]
    if needed:
        up, down = (max(each[side] for each in needed) * size / 1000 for side in (0, 1))
        below = max(down, height - max(baseline, up))
        baseline = max(baseline, up)
        height = max(height, baseline + below)
    return height, baseline


def _shift(align: Align, direction: Direction) -> float:
    """Which share of the free room stands left of a line."""
    right = {"start": "ltr", "end": "rtl"}.get(align) != direction
    return 0.5 if align == "centre" else 1.0 if right else 0.0
