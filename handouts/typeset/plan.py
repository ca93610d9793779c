"""A paragraph with the skeletons of its values → its plan, from which lines are made for all values of these skeletons.

All that is known before a value's glyphs are stands in the plan: runs of one face and direction, the words of the template shaped, the
places where a line may begin, and, of every line that was ever made, what stands on it and in which order. Positions are those of the
characters of the paragraph with the skeletons in it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Generic, NamedTuple, TypeVar

from handouts.content.cldr import Direction
from handouts.typeset.bidi import visual_order
from handouts.typeset.fonts import plain_face, reaches
from handouts.typeset.lines import Align, BoxSize, Line, Segment
from handouts.typeset.shape import Setting, Shaped, context, face_runs, remembered, script_runs, setting, shape
from handouts.typeset.spans import Paragraph, Span, paragraph
from handouts.typeset.values import Value

_ASCENT = 0.8  # of the size: where the baseline stands in a line set solid
_WORD_SPACES = " \u00a0\u202f"
_HAIR = 1e-6  # what two widths may differ by and still be equal, in points
_BESIDE_BOX = 4.5  # how much higher than a checkbox its line is, in points

T = TypeVar("T")


class TooWide(Exception):
    """A word is wider than the line and must be divided, which takes its own letters."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Characters `start` to `end` of a paragraph in one face, look and direction; a checkbox has neither.

    `before` and `after` are what it is joined to. `shaped` is None for a checkbox, and for a blank, of which `blank` is the number,
    `drawn` its skeleton as it is drawn, whose first character is the paragraph's `first`; `whole`: the run is all of the value and
    the skeleton is drawn as it is.
    """

    start: int
    end: int
    span: Span
    level: int
    setting: Setting
    before: str = ""
    after: str = ""
    shaped: Shaped | None = None
    blank: int = 0
    drawn: str = ""
    first: int = 0
    whole: bool = False

    def of(self, value: Value) -> Shaped:
        """What a blank's run is for `value`."""
        return value.shaped(self.text(value), self.setting, self.before, self.after)

    def text(self, value: Value) -> str:
        """What stands in a blank's run."""
        if self.whole:
            return value.text
        text, places = value.drawn(self.drawn)
        return text[places[self.start - self.first] : places[self.end - self.first]]

    def within(self, value: Value, at: int) -> int:
        """Where `at`, which is in a blank's run, is in its text."""
        places = value.drawn(self.drawn)[1]
        return places[at - self.first] - places[self.start - self.first]

    def part(self, shaped: Shaped, start: int, end: int, value: Value | None = None) -> Shaped:
        """The part of it, `shaped`, between `start` and `end`; of a blank's with the length that `value` has there."""
        if (start, end) == (self.start, self.end):
            return shaped
        begin, stop = start - self.start, end - self.start
        if value:
            begin, stop = self.within(value, start), self.within(value, end)
        kept = shaped.part(begin, stop)
        if kept:
            return kept
        text = shaped.text[begin:stop]
        joined = (start == self.start and self.before) or (end == self.end and self.after)
        before, after = (self.before, self.after) if joined else ("", "")
        if value:
            return value.shaped(text, self.setting, before, after)
        return shape(text, self.setting, before, after) if joined else remembered(text, self.setting)


@dataclass(frozen=True, slots=True)
class _Part:
    """What a line takes of a run, `start` to `end`; `slot` is the number of a blank's run (-1: none)."""

    run: _Run
    start: int
    end: int
    slot: int
    shaped: Shaped | None

    def of(self, value: Value, shaped: Shaped) -> Shaped:
        """What it is for `value`, all of which is `shaped`."""
        return self.run.part(shaped, self.start, self.end, value)


class _Joint(NamedTuple):
    """Parts of a line, `first` to `last` (inclusive), that make one segment of the look of `run`, the run of the first of them.

    `rtl`: the first of them stands at the right.
    """

    first: int
    last: int
    run: _Run
    rtl: bool
    spaced: bool


@dataclass(frozen=True, slots=True)
class _Stand:
    """What stands on a line: its parts as they are read, from left to right (`order`), and as segments."""

    parts: tuple[_Part, ...]
    order: tuple[int, ...]
    joints: tuple[_Joint, ...]
    fixed: bool
    height: float
    baseline: float


class Plan(Generic[T]):
    """The lines of a paragraph, each made into what `finish` makes of it; what no value changes is made once.

    `spans` hold skeletons where blanks are. Other arguments are as in `set_lines`, which says what is raised.
    """

    def __init__(
        self,
        spans: tuple[Span, ...],
        measure: float,
        size: float,
        leading: float,
        align: Align,
        box: BoxSize,
        language: str,
        finish: Callable[[Line], T],
    ) -> None:
        given = paragraph(spans, language)
        self.text = given.text
        self._measure, self._size, self._box = measure, size, box
        self._shift = _shift(align, given.direction)
        self._finish = finish
        self._runs = tuple(_runs(given))
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
        self._stands: dict[tuple[int, int], _Stand | None] = {}
        self._made: dict[tuple[int, int], tuple[T, float]] = {}

    def lines(self, values: Sequence[Value]) -> list[T]:
        """The lines for `values`, those of the blanks in their order.

        Raises TooWide if one of them, or what it is joined to, is wider than the measure and not its own skeleton.
        """
        if not self.text:
            return []
        slots = [(values[run.blank], run.of(values[run.blank])) for run in self._blanks]
        offsets = list(accumulate([shaped.advance * self._size / 1000 for _, shaped in slots], initial=0.0))
        measure = self._measure + _HAIR
        places, length = self._places, len(self.text)
        found: list[T] = []
        start = 0
        reaches: list[float] = []
        while start < length:
            first = bisect_right(places, start)
            begin = self._begin(start)
            room = measure + self._pen(begin, slots, offsets) + (self._box.before if begin in self._boxes else 0.0)
            if not start and self._pen(self._ends[-1], slots, offsets) <= room:
                last = len(places) - 1
            else:
                reaches = reaches or self._all_reaches(slots, offsets)
                last = max(bisect_right(reaches, room, first) - 1, first)
            made, width = self._line(start, places[last], slots)
            while last > first and width > measure:
                last -= 1
                made, width = self._line(start, places[last], slots)
            end = places[last]
            if width > measure:
                end, made = self._divided(start, end, slots, offsets, room)
            if made is not None:
                found.append(made)
            start = end
        return found

    def _divided(
        self, start: int, end: int, slots: Sequence[tuple[Value, Shaped]], offsets: Sequence[float], room: float
    ) -> tuple[int, T | None]:
        """As much from `start` as fits, one cluster at least, where `end` is too far."""
        if any(value.plain and value.skeleton != value.text for value, _ in slots):
            raise TooWide
        edges = [edge for run in self._runs for edge in self._edges(run, slots) if start < edge < end]
        edges.append(end)
        reaches = [self._pen(self._end(edge), slots, offsets) for edge in edges]
        last = max(bisect_right(reaches, room) - 1, 0)
        made, width = self._line(start, edges[last], slots)
        while last > 0 and width > self._measure + _HAIR:
            last -= 1
            made, width = self._line(start, edges[last], slots)
        return edges[last], made

    def _edges(self, run: _Run, slots: Sequence[tuple[Value, Shaped]]) -> Iterator[int]:
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

    def _all_reaches(self, slots: Sequence[tuple[Value, Shaped]], offsets: Sequence[float]) -> list[float]:
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

    def _pen(self, at: int, slots: Sequence[tuple[Value, Shaped]], offsets: Sequence[float]) -> float:
        """Where the pen stands before character `at` if all is one line, in points."""
        passed = bisect_left(self._starts, at)
        if passed and at < self._blanks[passed - 1].end:
            return self._pen_within(passed - 1, at, slots, offsets)
        return self._pens[at] + offsets[passed]

    def _pen_within(self, slot: int, at: int, slots: Sequence[tuple[Value, Shaped]], offsets: Sequence[float]) -> float:
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

    def _line(
        self, start: int, end: int, slots: Sequence[tuple[Value, Shaped]]
    ) -> tuple[T, float] | tuple[None, float]:
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
        line = self._set(stand, slots)
        made = self._finish(line), line.width
        if stand.fixed:
            self._made[key] = made
        return made

    def _stand(self, start: int, end: int) -> _Stand | None:
        """What stands between `start` and `end`."""
        first, last = self._begin(start), self._end(end)
        if first >= last:
            return None
        parts = tuple(
            self._part(run, max(first, run.start), min(last, run.end))
            for run in self._runs
            if run.start < last and run.end > first
        )
        height, baseline = self._height
        if any(part.run.span.field for part in parts) and height < self._box.side + _BESIDE_BOX:
            baseline += (self._box.side + _BESIDE_BOX - height) / 2
            height = self._box.side + _BESIDE_BOX
        order = tuple(visual_order([part.run.level for part in parts]))
        joints = tuple(_joints(parts, spaced=self.text[last : last + 1] == " "))
        return _Stand(parts, order, joints, all(part.slot < 0 for part in parts), height, baseline)

    def _part(self, run: _Run, start: int, end: int) -> _Part:
        slot = self._slots.get(run.start, -1)
        return _Part(run, start, end, slot, None if run.shaped is None else run.part(run.shaped, start, end))

    def _set(self, stand: _Stand, slots: Sequence[tuple[Value, Shaped]]) -> Line:
        """The line on which `stand` stands, each part in the place its level gives it."""
        size, box = self._size, self._box
        drawn = [part.shaped if part.slot < 0 else part.of(*slots[part.slot]) for part in stand.parts]
        widths = [
            shaped.advance * size / 1000 if shaped is not None else (box.before if index else 0) + box.side + box.after
            for index, shaped in enumerate(drawn)
        ]
        places = [0.0] * len(widths)
        pen = 0.0
        for index in stand.order:
            places[index] = pen
            pen += widths[index]
        left = (self._measure - pen) * self._shift if self._shift else 0.0
        segments: list[Segment] = []
        for first, last, run, rtl, spaced in stand.joints:
            face, href, shaped, wide = run.setting.face, run.span.href, drawn[first], widths[first]
            if shaped is None:
                x = left + places[first] + (box.after if run.level % 2 else box.before if first else 0)
                segments.append(Segment(x, "", face, size, None, box.side, run.span.field, (), spaced))
            elif first == last:
                x = left + places[first]
                segments.append(Segment(x, shaped.text, face, size, href, wide, None, (shaped,), spaced))
            else:
                pieces = [piece for piece in drawn[first : last + 1] if piece is not None]
                text = "".join([piece.text for piece in pieces])
                for more in widths[first + 1 : last + 1]:
                    wide += more
                if rtl:
                    pieces.reverse()
                x = left + places[last if rtl else first]
                segments.append(Segment(x, text, face, size, href, wide, None, tuple(pieces), spaced))
        return Line(tuple(segments), pen, stand.height, stand.baseline)


def _joints(parts: Sequence[_Part], *, spaced: bool) -> Iterator[_Joint]:
    """Neighbours of the same look and level as one segment; `spaced`: after the last of them the text has a space."""
    first = 0
    for index in range(1, len(parts) + 1):
        if index < len(parts) and _look(parts[index]) == _look(parts[first]):
            continue
        run = parts[first].run
        yield _Joint(first, index - 1, run, bool(run.level % 2), spaced and index == len(parts))
        first = index


def _look(part: _Part) -> object:
    """What neighbours have in common that make one segment; each checkbox stands for itself."""
    run = part.run
    return run.start if run.span.field else (run.level, run.setting.face, run.span.href)


def _runs(given: Paragraph) -> Iterator[_Run]:
    """`given` in runs of one look, level, script and face, each shaped as a whole, but for blanks."""
    opened: list[tuple[str, str]] = []
    blanks = list(accumulate(bool(span.blank) for span in given.spans))
    for start, end in _apart(given, _alike(given)):
        owner, level = given.owners[start], given.levels[start]
        span = given.spans[owner]
        language = span.language or given.language
        if span.field is not None:
            yield _Run(start, end, span, level, setting(plain_face(), "Latn", language, rtl=False))
            continue
        first = given.owners.index(owner)
        drawn = given.text[first : bisect_right(given.owners, owner)] if span.blank else ""
        for begin, stop, script in script_runs(given.text[start:end], language, [] if span.blank else opened):
            text = given.text[start + begin : start + stop]
            for left, right, face in face_runs(text, script, language, strong=span.strong):
                place = start + begin + left, start + begin + right
                joined = context(given.text, *place, script)
                look = setting(face, script, language, bool(level % 2))
                shown = given.text[slice(*place)]
                if span.blank:
                    whole = shown == drawn == span.text
                    number = blanks[owner] - 1
                    yield _Run(*place, span, level, look, *joined, None, number, drawn, first, whole)
                    continue
                shaped = shape(shown, look, *joined) if any(joined) else remembered(shown, look)
                yield _Run(*place, span, level, look, *joined, shaped)


def _alike(given: Paragraph) -> Iterator[tuple[int, int]]:
    """Where neighbours of the same look and level begin and end; a blank, and each checkbox, stands for itself."""
    keys = [
        (span.strong, span.href, span.language, owner if span.blank or span.field else None, level)
        for owner, level in zip(given.owners, given.levels, strict=True)
        for span in (given.spans[owner],)
    ]
    edges = [0, *(index for index in range(1, len(keys)) if keys[index] != keys[index - 1]), len(keys)]
    yield from ((start, end) for start, end in pairwise(edges) if end > start)


def _apart(given: Paragraph, stretches: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """`stretches` with the spaces between Urdu and left-to-right text by themselves, for Nastaliq's are too narrow there."""
    text, levels = given.text, given.levels
    for start, end in stretches:
        first, last = start, end
        if levels[start] % 2 and given.language_at(start).split("-", 1)[0] == "ur":
            first += text[start] in _WORD_SPACES and start > 0 and levels[start - 1] % 2 == 0
            last -= text[end - 1] in _WORD_SPACES and first < end < len(text) and levels[end] % 2 == 0
        yield from ((one, other) for one, other in pairwise((start, first, last, end)) if one < other)


def _height(runs: Sequence[_Run], size: float, leading: float) -> tuple[float, float]:
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
