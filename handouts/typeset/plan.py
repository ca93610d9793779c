"""A paragraph with the skeletons of its values → its plan, from which lines are made for all values of these skeletons.

All that is known before a value's glyphs are stands in the plan: runs of one face and direction, the words of the template shaped, and the
places where a line may begin. How wide the values are decides where its lines end, and that is its pattern: lines with holes, made
once for all values that break them alike. Positions are those of the characters of the paragraph with the skeletons in it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import accumulate, pairwise
from typing import Any, Generic, TypeVar
from weakref import ref

from handouts.content.cldr import Direction
from handouts.typeset.bounds import Bound, bound, hold, together
from handouts.typeset.fonts import reaches
from handouts.typeset.holes import Given, Hole, Open, Reach
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


class Pattern(Generic[T]):
    """The lines of a paragraph for all values that break them alike, with holes where the values stand.

    Values of the same skeletons break them like that if they keep to its `bounds`; None: that cannot be told without breaking them.
    `tells`: more can be learned from it of a value than that it is of some letters. Whoever makes something of the lines can keep
    that in `kept`, by a key of their own.
    """

    __slots__ = ("_bounds", "kept", "lines", "tells")

    def __init__(
        self, lines: tuple[T, ...], bounds: Callable[[], Sequence[Bound] | None] | None, *, tells: bool
    ) -> None:
        self.lines = lines
        self._bounds: Callable[[], Sequence[Bound] | None] | Sequence[Bound] | None = bounds
        self.tells = tells
        self.kept: dict[object, Any] = {}

    @property
    def bounds(self) -> Sequence[Bound] | None:
        """They are found out when they are first asked for: many a pattern is met once."""
        if callable(self._bounds):
            self._bounds = self._bounds()
        return self._bounds


class Plan(Generic[T]):
    """The lines of a paragraph, each made into what `finish` makes of it.

    `spans` hold skeletons where blanks are. `tells`: one of them is a patient's value itself. Raises as `set_lines`.
    """

    def __init__(self, spans: tuple[Span, ...], look: LineLook, finish: Callable[[Line], T], *, tells: bool) -> None:
        measure, size, leading, align, box, language = look
        given = paragraph(spans, language)
        self.text = given.text
        self.tells = tells
        self._measure, self._size, self._box = measure, size, box
        self._shift = _shift(align, given.direction)
        self._finish = finish
        self._runs = tuple(text_runs(given))
        self._blanks = tuple(run for run in self._runs if run.shaped is None and run.span.field is None)
        self._holes = tuple(Hole(run, run.start, run.end) for run in self._blanks)
        self._slots = {run.start: slot for slot, run in enumerate(self._blanks)}
        self._starts = [run.start for run in self._blanks]
        self._boxes = tuple(run.start for run in self._runs if run.span.field is not None)
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
        self._lines: dict[tuple[int, int], T | None] = {}
        self._patterns: dict[tuple[int, ...], Pattern[T]] = {}
        self._latest: Pattern[T] | None = None

    def pattern(self, values: Sequence[Value], given: Given) -> Pattern[T]:
        """The lines as `values` break them, those of the blanks in their order; `given` is what is drawn for them.

        Raises TooWide if one of them, or what it is joined to, is wider than the measure and not its own skeleton.
        """
        latest = self._latest
        if latest is not None and (bounds := latest.bounds) is not None and hold(bounds, given):
            return latest
        ends = self._broken(values, given)
        found = self._patterns.get(ends)
        if found is None:
            lines = [self._line(start, end) for start, end in pairwise((0, *ends))]
            made = tuple([line for line in lines if line is not None])
            bounds = None if self.tells else partial(_found_out, ref(self), ends)
            found = self._patterns[ends] = Pattern(made, bounds, tells=self.tells)
        self._latest = found
        return found

    def bounds(self, ends: Sequence[int]) -> Sequence[Bound] | None:
        """What values keep to that break the lines there: each line holds what stands on it, and nothing of what comes after."""
        if not self._blanks:
            return ()
        numbers = [bisect_left(self._places, end) for end in ends]
        if not self._whole or [self._places[number] for number in numbers] != [*ends]:
            return None
        found: list[Bound] = []
        for start, number in zip((0, *ends), numbers, strict=False):
            begin = self._begin(start)
            pen, stand = self._open_pen(begin), self._standing(start, self._places[number])
            room = self._most + (self._box.before if begin in self._boxes else 0.0)
            found += bound(stand.length, most=self._most) if stand else ()
            found += bound(self._open_pen(self._ends[number]) - pen, most=room)
            if number + 1 < len(self._ends):
                found += bound(self._open_pen(self._ends[number + 1]) - pen, least=room)
        return together(found)

    def _open_pen(self, at: int) -> Open:
        """Where the pen stands before character `at` if all is one line, in points, whatever the values are."""
        holes = self._holes[: bisect_left(self._starts, at)]
        fixed = self._pens[at]
        if holes and at < holes[-1].end:
            fixed = self._pens[holes[-1].start]
            holes = *holes[:-1], Reach(holes[-1].run, holes[-1].start, at)
        return Open(fixed, tuple([(hole, self._size / 1000) for hole in holes]))

    def _broken(self, values: Sequence[Value], given: Given) -> tuple[int, ...]:
        """Where each line ends: at the last place that it reaches."""
        length = len(self.text)
        if not length:
            return ()
        slots = [(values[hole.run.blank], given[hole]) for hole in self._holes]
        offsets = list(accumulate([shaped.advance * self._size / 1000 for _, shaped in slots], initial=0.0))
        if self._whole and self._reaches[-1] + offsets[-1] <= self._most and self._fits(0, length, slots):
            return (length,)
        places, reaches = self._places, self._all_reaches(slots, offsets)
        found: list[int] = []
        start = 0
        while start < length:
            first = bisect_right(places, start)
            begin = self._begin(start)
            room = self._most + self._pen(begin, slots, offsets) + (self._box.before if begin in self._boxes else 0.0)
            last = max(bisect_right(reaches, room, first) - 1, first)
            fits = self._fits(start, places[last], slots)
            while last > first and not fits:
                last -= 1
                fits = self._fits(start, places[last], slots)
            start = places[last] if fits else self._divided(start, places[last], slots, offsets, room)
            found.append(start)
        return tuple(found)

    def _divided(self, start: int, end: int, slots: Slots, offsets: Sequence[float], room: float) -> int:
        """How far a line reaches from `start`, one cluster at least, where `end` is too far."""
        if any(value.skeleton != value.text for value, _ in slots):
            raise TooWide
        edges = [edge for run in self._runs for edge in self._edges(run, slots) if start < edge < end]
        edges.append(end)
        reaches = [self._pen(self._end(edge), slots, offsets) for edge in edges]
        last = max(bisect_right(reaches, room) - 1, 0)
        while last > 0 and not self._fits(start, edges[last], slots):
            last -= 1
        return edges[last]

    def _edges(self, run: TextRun, slots: Slots) -> Iterator[int]:
        shaped = slots[self._slots[run.start]][1] if run.start in self._slots else run.shaped
        yield from (run.start + begin for begin in sorted({0, *(shaped.begins if shaped else ())}))

    def _static_pens(self) -> Sequence[float]:
        """Where the pen stands before each character if all is one line and the blanks are empty, in points."""
        moves = [0.0] * len(self.text)
        for run in self._runs:
            if run.shaped is not None:
                moves[run.start : run.end] = [move * self._size / 1000 for move in run.shaped.moves]
            elif run.span.field is not None:
                moves[run.start] = self._box.before + self._box.side + self._box.after
        return array("d", accumulate(moves, initial=0.0))

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
            run, (value, shaped) = self._blanks[slot], slots[slot]
            start, pens, scale = self._pens[run.start] + offsets[slot], shaped.pens, self._size / 1000
            places, first = run.places(value)
            for index in indices:
                found[index] = start + pens[places[self._ends[index] - run.first] - first] * scale
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

    def _fits(self, start: int, end: int, slots: Slots) -> bool:
        """Whether the line from `start` to `end` is no wider than the measure."""
        stand = self._standing(start, end)
        return stand is None or stand.width(slots) <= self._most

    def _line(self, start: int, end: int) -> T | None:
        """The line from `start` to `end`, which is made once; None where nothing but spaces stands."""
        key = start, end
        if key not in self._lines:
            stand = self._standing(start, end)
            self._lines[key] = self._finish(stand.line(self._measure, self._shift)) if stand else None
        return self._lines[key]

    def _standing(self, start: int, end: int) -> Stand | None:
        key = start, end
        if key not in self._stands:
            self._stands[key] = self._stand(start, end)
        return self._stands[key]

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
        if slot >= 0:
            whole = (start, end) == (run.start, run.end)
            return Part(run, start, end, slot, self._holes[slot] if whole else Hole(run, start, end))
        return Part(run, start, end, slot, None if run.shaped is None else run.part(run.shaped, start, end))


def _found_out(plan: ref[Plan[Any]], ends: Sequence[int]) -> Sequence[Bound] | None:
    """The bounds of a pattern, which does not keep its plan alive; None once that is gone."""
    held = plan()
    return held.bounds(ends) if held else None


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
