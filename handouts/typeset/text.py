"""Text into lines: spans are gathered into a paragraph, shaped, broken into lines, and each line is put in order."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Literal

from handouts import memory
from handouts.content.blocks import Field
from handouts.content.cldr import Direction
from handouts.errors import Fault, RefusedAppointment, TemplateError
from handouts.typeset.bidi import visual_order
from handouts.typeset.fonts import Face, Glyph, plain_face, reaches
from handouts.typeset.shape import (
    Setting,
    Shaped,
    candidates,
    context,
    face_runs,
    first_with,
    remembered,
    script_of,
    script_runs,
    shape,
)
from handouts.typeset.spans import SPACES, UNDRAWN, Paragraph, Span, paragraph

__all__ = ["Align", "BoxSize", "Line", "Segment", "Span", "drawable", "require_glyphs", "set_lines"]

Align = Literal["start", "centre", "end"]

_ASCENT = 0.8  # of the size: where the baseline stands in a line set solid
_WORD_SPACES = " \u00a0\u202f"
_HAIR = 1e-6  # what two widths may differ by and still be equal, in points


@dataclass(frozen=True, slots=True)
class Segment:
    """Part of a line in one face and direction, or a checkbox (`field`): `x` from the line's left end, `width`, in points.

    `text` is in logical order, `glyphs` in the order they are drawn, left to right. `spaced`: it ends a line where the text
    has a space.
    """

    x: float
    text: str
    face: Face
    size: float
    href: str | None
    width: float
    field: Field | None = None
    glyphs: tuple[Glyph, ...] = ()
    spaced: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its segments as they are read, the width they take, its height, its baseline's depth below its top (points)."""

    segments: tuple[Segment, ...]
    width: float
    height: float
    baseline: float

    @property
    def text(self) -> str:
        """The words of the line."""
        return "".join(segment.text for segment in self.segments)


@dataclass(frozen=True, slots=True)
class BoxSize:
    """The measures of a checkbox in a line: its side, the space after it and the space before it, in points."""

    side: float = 14.4
    after: float = 6
    before: float = 16


def set_lines(
    spans: Iterable[Span],
    measure: float,
    size: float,
    *,
    leading: float = 1.3,
    align: Align = "start",
    box: BoxSize | None = None,
    place: str = "",
    language: str = "en",
) -> tuple[Line, ...]:
    """`spans` as lines no wider than `measure` points, in type of `size` points with `leading` times the size a line.

    A line breaks where Unicode and the `language` (BCP 47) let it, after hyphens, dashes and slashes only if a letter follows,
    and before a checkbox; never at U+00A0, U+202F or U+2060. A word wider than the line is divided between clusters. A line is
    higher where the letters of a script need it, and starts at the right in a language written from there. No text, no line. Raises TemplateError (words of a template) or RefusedAppointment (a blank's value)
    for a character that no face has, naming it and `place`.
    """
    given = tuple(spans)
    require_glyphs(given, place)
    gathered = paragraph(given, language)
    setter = _Setter(gathered, tuple(_runs(gathered)), measure, size, box or BoxSize())
    shift = _shift(align, gathered.direction)
    height = _height(setter.runs, size, leading)
    return tuple(setter.line(pieces, height, shift) for pieces in setter.rows())


def drawable(char: str) -> bool:
    """Whether some face can print `char`, or it is a space or a sign that only steers and is never drawn."""
    return char in SPACES or ord(char) in UNDRAWN or _has_face(unicodedata.normalize("NFC", char), False)


def require_glyphs(spans: Iterable[Span], place: str) -> None:
    """Raises for every character that no face has: TemplateError if any is a template's own word."""
    faults: dict[bool, list[Fault]] = {True: [], False: []}
    for span in spans:
        for char in sorted(set(unicodedata.normalize("NFC", span.text)) - SPACES):
            if ord(char) not in UNDRAWN and not _has_face(char, span.strong):
                faults[bool(span.blank)].append(_missing(char, span, place))
    TemplateError.gathered(faults[False])
    RefusedAppointment.gathered(faults[True])


@memory.remembered(4096)
def _has_face(text: str, strong: bool) -> bool:
    return all(first_with(char, candidates(script_of(char), "", strong=strong)) for char in text)


def _missing(char: str, span: Span, place: str) -> Fault:
    name = unicodedata.name(char, "a character without a name")
    shown = f'"{char}" (U+{ord(char):04X}, {name})' if char.isprintable() else f"U+{ord(char):04X} ({name})"
    problem = f"no font here has a glyph for {shown}, so it cannot be printed."
    if span.blank:
        remedy = 'Write it as on the person\'s papers, or add a font that has it: "handouts fonts add FILE.ttf".'
        return Fault(where=place or "document", field=span.blank, value=span.text, problem=problem, remedy=remedy)
    return Fault(where=place or "template", value=span.text, problem=problem, remedy="Use other words or signs there.")


@dataclass(frozen=True, slots=True)
class _Run:
    """Characters `start` to `end` of a paragraph in one face, look and direction, shaped; a checkbox has neither."""

    start: int
    end: int
    span: Span
    level: int
    setting: Setting
    shaped: Shaped | None

    def part(self, start: int, end: int, text: str) -> _Run:
        """The part of it between `start` and `end`, characters of the paragraph with this `text`."""
        start, end = max(start, self.start), min(end, self.end)
        if self.shaped is None or (start, end) == (self.start, self.end):
            return self
        kept = self.shaped.part(start - self.start, end - self.start)
        if kept is None:
            before = self.setting.before if start == self.start else ""
            after = self.setting.after if end == self.end else ""
            kept = _shaped(text[start:end], self.setting, self.span, before, after)
        return replace(self, start=start, end=end, shaped=kept)


def _runs(given: Paragraph) -> Iterator[_Run]:
    """`given` in runs of one look, level, script and face, each shaped as a whole."""
    opened: list[tuple[str, str]] = []
    for start, end in _apart(given, _alike(given)):
        span, level = given.spans[given.owners[start]], given.levels[start]
        language = span.language or given.language
        if span.field is not None:
            yield _Run(start, end, span, level, Setting(plain_face(), "Latn", language, False), None)
            continue
        for first, last, script in script_runs(given.text[start:end], language, [] if span.blank else opened):
            text = given.text[start + first : start + last]
            for left, right, face in face_runs(text, script, language, strong=span.strong):
                begin, stop = start + first + left, start + first + right
                joined = context(given.text, begin, stop, script)
                setting = Setting(face, script, language, bool(level % 2), *joined)
                yield _Run(begin, stop, span, level, setting, _shaped(given.text[begin:stop], setting, span, *joined))


def _alike(given: Paragraph) -> Iterator[tuple[int, int]]:
    """Where neighbours of the same look and level begin and end; a blank, and each checkbox, stands for itself."""
    keys = [
        (span.strong, span.href, span.language, owner if span.blank or span.field else None, level)
        for owner, level in zip(given.owners, given.levels, strict=True)
        for span in (given.spans[owner],)
    ]
    edges = [0, *(index for index in range(1, len(keys)) if keys[index] != keys[index - 1]), len(keys)]
    yield from ((start, end) for start, end in pairwise(edges) if end > start)


def _apart(given: Paragraph, stretches: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """`stretches` with the spaces between Urdu and left-to-right text by themselves, for Nastaliq's are too narrow there."""
    text, levels = given.text, given.levels
    for start, end in stretches:
        first, last = start, end
        if levels[start] % 2 and given.language_at(start).split("-", 1)[0] == "ur":
            first += text[start] in _WORD_SPACES and start > 0 and levels[start - 1] % 2 == 0
            last -= text[end - 1] in _WORD_SPACES and first < end < len(text) and levels[end] % 2 == 0
        yield from ((one, other) for one, other in pairwise((start, first, last, end)) if one < other)


def _shaped(text: str, setting: Setting, span: Span, before: str = "", after: str = "") -> Shaped:
    """`text` shaped; remembered unless it, or what it is joined to, may be a patient's."""
    alone = setting if before or after else replace(setting, before="", after="")
    if span.blank or before or after:
        return shape(text, alone)
    return remembered(text, alone)


@dataclass(frozen=True, slots=True)
class _Setter:
    """What is the same for all lines of a paragraph."""

    given: Paragraph
    runs: tuple[_Run, ...]
    measure: float
    size: float
    box: BoxSize

    def rows(self) -> Iterator[list[_Run]]:
        """The runs of each line, as many in one as fit into the measure."""
        text, pens = self.given.text, self._pens()
        places = (*self.given.breaks, len(text))
        start = 0
        while start < len(text):
            first = bisect_right(places, start)
            last = first
            while last + 1 < len(places) and self._reach(pens, start, places[last + 1]) <= self.measure + _HAIR:
                last += 1
            end, pieces = places[last], self._pieces(start, places[last])
            while last > first and self._width(pieces) > self.measure + _HAIR:
                last -= 1
                end, pieces = places[last], self._pieces(start, places[last])
            if self._width(pieces) > self.measure + _HAIR:
                end, pieces = self._divided(pens, start, end)
            if pieces:
                yield pieces
            start = end

    def _divided(self, pens: Sequence[float], start: int, end: int) -> tuple[int, list[_Run]]:
        """As much from `start` as fits, one cluster at least, where `end` is too far."""
        edges = [
            run.start + cluster.start if cluster else run.start
            for run in self.runs
            for cluster in (run.shaped.clusters if run.shaped else (None,))
            if start < run.start + (cluster.start if cluster else 0) < end
        ]
        edges = [*edges, end] if end not in edges else edges
        last = max(bisect_right([self._reach(pens, start, edge) for edge in edges], self.measure + _HAIR) - 1, 0)
        while last > 0 and self._width(self._pieces(start, edges[last])) > self.measure + _HAIR:
            last -= 1
        return edges[last], self._pieces(start, edges[last])

    def _pens(self) -> list[float]:
        """Where the pen stands before each character if all is one line, in points."""
        moves = [0.0] * len(self.given.text)
        for run in self.runs:
            if run.shaped is None:
                moves[run.start] = self.box.before + self.box.side + self.box.after
                continue
            for cluster in run.shaped.clusters:
                moves[run.start + cluster.start] = cluster.advance * self.size / 1000
        return list(accumulate(moves, initial=0.0))

    def _reach(self, pens: Sequence[float], start: int, end: int) -> float:
        """The width of a line from `start` to `end`, as far as it is known before it is set."""
        start, end = self._trimmed(start, end)
        first = self.box.before if start < end and self.given.box(start) else 0
        return pens[end] - pens[start] - first

    def _trimmed(self, start: int, end: int) -> tuple[int, int]:
        text = self.given.text
        while end > start and text[end - 1] == " ":
            end -= 1
        while start < end and text[start] == " ":
            start += 1
        return start, end

    def _pieces(self, start: int, end: int) -> list[_Run]:
        start, end = self._trimmed(start, end)
        if start == end:
            return []
        return [run.part(start, end, self.given.text) for run in self.runs if run.start < end and run.end > start]

    def _width(self, pieces: Sequence[_Run]) -> float:
        return sum(self._advance(piece, first=not index) for index, piece in enumerate(pieces))

    def _advance(self, piece: _Run, *, first: bool) -> float:
        if piece.shaped is None:
            return (0 if first else self.box.before) + self.box.side + self.box.after
        return piece.shaped.advance * self.size / 1000

    def line(self, pieces: Sequence[_Run], height: tuple[float, float], shift: float) -> Line:
        """`pieces`, which are in logical order, as a line: each in the place its level gives it."""
        places = [0.0] * len(pieces)
        pen = 0.0
        for index in visual_order([piece.level for piece in pieces]):
            places[index] = pen
            pen += self._advance(pieces[index], first=not index)
        left = (self.measure - pen) * shift if shift else 0.0
        segments = [
            self._segment(piece, left + at, first=not index)
            for index, (piece, at) in enumerate(zip(pieces, places, strict=True))
        ]
        tall, baseline = height
        if any(segment.field for segment in segments) and tall < self.box.side + 4.5:
            baseline += (self.box.side + 4.5 - tall) / 2
            tall = self.box.side + 4.5
        levels = [piece.level for piece in pieces]
        joined = list(_joined(segments, levels))
        if self.given.text[pieces[-1].end : pieces[-1].end + 1] == " ":
            joined[-1] = replace(joined[-1], spaced=True)
        return Line(tuple(joined), pen, tall, baseline)

    def _segment(self, piece: _Run, x: float, *, first: bool) -> Segment:
        if piece.shaped is None:
            x += self.box.after if piece.level % 2 else 0 if first else self.box.before
            return Segment(x, "", piece.setting.face, self.size, None, self.box.side, piece.span.field)
        wide = self._advance(piece, first=first)
        text, glyphs = self.given.text[piece.start : piece.end], piece.shaped.glyphs
        return Segment(x, text, piece.setting.face, self.size, piece.span.href, wide, glyphs=glyphs)


def _joined(segments: Iterable[Segment], levels: Iterable[int]) -> Iterator[Segment]:
    """Neighbours of the same look and level as one segment."""
    held: Segment | None = None
    held_level = 0
    for segment, level in zip(segments, levels, strict=True):
        alike = held and not held.field and not segment.field and level == held_level
        if held and alike and (held.face, held.href) == (segment.face, segment.href):
            parts = (segment, held) if level % 2 else (held, segment)
            glyphs = parts[0].glyphs + parts[1].glyphs
            text, wide = held.text + segment.text, held.width + segment.width
            held = replace(held, x=parts[0].x, text=text, width=wide, glyphs=glyphs)
            continue
        if held:
            yield held
        held, held_level = segment, level
    if held:
        yield held


def _height(runs: Iterable[_Run], size: float, leading: float) -> tuple[float, float]:
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
