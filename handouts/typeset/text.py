"""Text into lines: spans are cut into words, words are fitted into lines, lines become positioned segments."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from handouts.content.blocks import Field
from handouts.errors import Fault, RefusedAppointment, TemplateError
from handouts.typeset.fonts import BOLD, REGULAR, Face, Glyph, advances, shaped, stand_ins, width

Align = Literal["start", "centre", "end"]

_SPACES = frozenset(" \t\n\r\f\v")
_BREAKS_AFTER = frozenset("-\u2010\u2013\u2014/\u200b")
_BREAK_WITHOUT_SIGN = "\u200b"
# Joiners, direction marks and soft hyphens steer breaking or order and are never drawn.
_UNDRAWN = dict.fromkeys((0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF))
_ASCENT = 0.8  # of the size: where the baseline stands in a line set solid


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text in one look, or a checkbox that stands among the text.

    `blank` names the blank whose printed value it is ("" for words of the template), for messages.
    """

    text: str
    strong: bool = False
    href: str | None = None
    blank: str = ""
    field: Field | None = None

    @property
    def face(self) -> Face:
        """The face it is set in."""
        return BOLD if self.strong else REGULAR


@dataclass(frozen=True, slots=True)
class Segment:
    """Part of a line in one face: `x` from the line's start and `width` in points, or a checkbox with its `field`.

    `text` is in logical order, `glyphs` in the order they are drawn. `spaced`: it ends a line where the text has a space.
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
    """One line: its segments, the width they take, its height, and how far below its top the baseline is, in points."""

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


@dataclass(slots=True)
class _Word:
    """What a line never divides, unless it is wider than a whole line; `gap` is the space after it, in points."""

    pieces: list[tuple[Span, str, float]] = field(default_factory=list[tuple[Span, str, float]])
    width: float = 0
    gap: float = 0
    space: str = ""

    @property
    def has_text(self) -> bool:
        """Whether there is more in it than a checkbox, which stays with the word after it."""
        return any(text for _, text, _ in self.pieces)

    def add(self, span: Span, text: str, wide: float) -> None:
        self.pieces.append((span, text, wide))
        self.width += wide


def set_lines(
    spans: Iterable[Span],
    measure: float,
    size: float,
    *,
    leading: float = 1.3,
    align: Align = "start",
    box: BoxSize | None = None,
    place: str = "",
) -> tuple[Line, ...]:
    """`spans` as lines no wider than `measure` points, in type of `size` points with `leading` times the size a line.

    A line breaks at spaces, after hyphens, dashes and slashes that no digit follows, and before a checkbox; never at
    U+00A0 or U+202F. A word wider than the line is divided between characters. No text, no line.
    Raises TemplateError (words of a template) or RefusedAppointment (a blank's value) for a character that the face
    lacks, naming it and `place`.
    """
    given = tuple(spans)
    require_glyphs(given, place)
    boxes = box or BoxSize()
    rows = _fitted(_words(given, size, boxes), measure, size)
    return tuple(_line(row, measure, size * leading, size=size, align=align, box=boxes) for row in rows)


def drawable(char: str) -> bool:
    """Whether every face can print `char`, or it is a space or a mark that is never drawn."""
    return char in _SPACES or ord(char) in _UNDRAWN or all(char in advances(face) for face in (REGULAR, BOLD))


def require_glyphs(spans: Iterable[Span], place: str) -> None:
    """Raises for every character that the face of its span lacks: TemplateError if any is a template's own word."""
    faults: dict[bool, list[Fault]] = {True: [], False: []}
    for span in spans:
        drawn = span.text.translate(_UNDRAWN)
        for char in sorted(set(drawn) - advances(span.face).keys() - _SPACES):
            faults[bool(span.blank)].append(_missing(char, span, place))
    TemplateError.gathered(faults[False])
    RefusedAppointment.gathered(faults[True])


def _missing(char: str, span: Span, place: str) -> Fault:
    name = unicodedata.name(char, "a character without a name")
    shown = f'"{char}" (U+{ord(char):04X}, {name})' if char.isprintable() else f"U+{ord(char):04X} ({name})"
    problem = f"{span.face.name} has no glyph for {shown}, so it cannot be printed."
    if span.blank:
        remedy = "Write the value in Latin, Greek or Cyrillic letters, as on the person's papers."
        return Fault(where=place or "document", field=span.blank, value=span.text, problem=problem, remedy=remedy)
    return Fault(where=place or "template", value=span.text, problem=problem, remedy="Use other words or signs there.")


def _words(spans: Sequence[Span], size: float, box: BoxSize) -> list[_Word]:
    """The words of `spans`; a word may run through several spans ("<strong>Call</strong>.")."""
    words = [_Word()]
    for index, span in enumerate(spans):
        if span.field is not None:
            if words[-1].pieces:
                words.append(_Word())
            if len(words) > 1:
                words[-2].gap, words[-2].space = box.before, ""
            words[-1].add(span, "", box.side + box.after)
            continue
        for text, ends, spaced in _cut(span.text, _first_char(spans[index + 1 :])):
            drawn = text.translate(_UNDRAWN)
            if drawn:
                words[-1].add(span, drawn, width(span.face, drawn, size))
            if ends and words[-1].has_text:
                if spaced:
                    words[-1].gap, words[-1].space = width(span.face, " ", size), " "
                words.append(_Word())
            elif spaced and len(words) > 1 and not (words[-1].pieces or words[-2].space):
                words[-2].gap, words[-2].space = width(span.face, " ", size), " "
    return _ended(words if words[-1].pieces else words[:-1])


def _ended(words: list[_Word]) -> list[_Word]:
    """`words` without the space after the last of them."""
    for last in words[-1:]:
        last.gap, last.space = 0, ""
    return words


def _first_char(spans: Sequence[Span]) -> str:
    return next((span.text[0] for span in spans if span.text), " ")


def _cut(text: str, following: str) -> Iterator[tuple[str, bool, bool]]:
    """Pieces of `text`, each with whether a line may end after it and whether a space stands there."""
    start = 0
    for index, char in enumerate(text):
        if char in _SPACES:
            yield text[start:index], True, True
            start = index + 1
        elif char in _BREAKS_AFTER:
            after = text[index + 1] if index + 1 < len(text) else following
            if (after not in _SPACES and char == _BREAK_WITHOUT_SIGN) or (after.isalpha() and index > start):
                yield text[start : index + 1], True, False
                start = index + 1
    if start < len(text):
        yield text[start:], False, False


def _fitted(words: Iterable[_Word], measure: float, size: float) -> Iterator[list[_Word]]:
    """`words` in rows, as many in each as fit into `measure`."""
    row: list[_Word] = []
    used = 0.0
    for word in words:
        if row and used + row[-1].gap + word.width <= measure + 1e-6:
            used += row[-1].gap + word.width
            row.append(word)
            continue
        if row:
            yield row
        *whole, last = _divided(word, measure, size)
        yield from ([part] for part in whole)
        row, used = [last], last.width
    if row:
        yield row


def _divided(word: _Word, measure: float, size: float) -> list[_Word]:
    """`word` itself, or its parts if it is wider than a line; combining marks stay with their letter."""
    if word.width <= measure + 1e-6:
        return [word]
    parts = [_Word()]
    for span, text, wide in word.pieces:
        if not text:
            parts[-1].add(span, text, wide)
            continue
        for cluster in _clusters(text):
            cluster_width = width(span.face, cluster, size)
            if parts[-1].pieces and parts[-1].width + cluster_width > measure + 1e-6:
                parts.append(_Word())
            parts[-1].add(span, cluster, cluster_width)
    parts[-1].gap, parts[-1].space = word.gap, word.space
    return parts


def _clusters(text: str) -> Iterator[str]:
    start = 0
    for index in range(1, len(text)):
        if not unicodedata.category(text[index]).startswith("M"):
            yield text[start:index]
            start = index
    yield text[start:]


def _line(row: list[_Word], measure: float, height: float, *, size: float, align: Align, box: BoxSize) -> Line:
    segments: list[Segment] = []
    x = 0.0
    for index, word in enumerate(row):
        for span, text, wide in word.pieces:
            if span.field is not None:
                segments.append(Segment(x, "", span.face, size, None, box.side, span.field))
            else:
                drawn = text.translate(stand_ins(span.face))
                segments.append(Segment(x, drawn, span.face, size, span.href, wide))
            x += wide
        if index + 1 < len(row):
            if word.space and segments[-1].field is None:
                last = segments[-1]
                segments[-1] = replace(last, text=last.text + word.space, width=last.width + word.gap)
            x += word.gap
    shift = {"start": 0.0, "centre": (measure - x) / 2, "end": measure - x}[align]
    if any(segment.field for segment in segments):
        height = max(height, box.side + 4.5)
    baseline = (height - size) / 2 + size * _ASCENT
    drawn = [replace(each, glyphs=shaped(each.face, each.text)) for each in _joined(segments, shift)]
    if drawn and row[-1].space:
        drawn[-1] = replace(drawn[-1], spaced=True)
    return Line(tuple(drawn), x, height, baseline)


def _joined(segments: Iterable[Segment], shift: float) -> Iterator[Segment]:
    """Neighbours of the same look as one segment, moved by `shift`."""
    held: Segment | None = None
    for segment in segments:
        alike = held and not held.field and not segment.field
        if held and alike and (held.face, held.href) == (segment.face, segment.href):
            held = replace(held, text=held.text + segment.text, width=held.width + segment.width)
            continue
        if held:
            yield held
        held = replace(segment, x=segment.x + shift)
    if held:
        yield held
