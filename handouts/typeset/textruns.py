"""A paragraph → its runs of one look, direction, script and face, the words of the template in them shaped."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from operator import itemgetter

from handouts.typeset.fonts import plain_face
from handouts.typeset.shape import Setting, Shaped, context, face_runs, remembered, script_runs, setting, shape
from handouts.typeset.spans import Paragraph, Span
from handouts.typeset.values import Value

_WORD_SPACES = " \u00a0\u202f"


@dataclass(frozen=True, slots=True)
class TextRun:
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

    def places(self, value: Value) -> tuple[list[int], int]:
        """Where each character of the skeleton, from the paragraph's `first`, begins in what is drawn for it, and where a blank's run does."""
        places = value.drawn(self.drawn)[1]
        return places, places[self.start - self.first]

    def within(self, value: Value, at: int) -> int:
        """Where `at`, which is in a blank's run, is in its text."""
        places, first = self.places(value)
        return places[at - self.first] - first

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


def text_runs(given: Paragraph) -> Iterator[TextRun]:
    """`given` in runs of one look, level, script and face, each shaped as a whole, but for blanks."""
    opened: list[tuple[str, str]] = []
    blanks = list(accumulate(bool(span.blank) for span in given.spans))
    for start, end in _apart(given, _alike(given)):
        owner, level = given.owners[start], given.levels[start]
        span = given.spans[owner]
        language = span.language or given.language
        if span.field is not None:
            yield TextRun(start, end, span, level, setting(plain_face(), "Latn", language, rtl=False))
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
                    yield TextRun(*place, span, level, look, *joined, None, number, drawn, first, whole)
                    continue
                shaped = shape(shown, look, *joined) if any(joined) else remembered(shown, look)
                yield TextRun(*place, span, level, look, *joined, shaped)


def _alike(given: Paragraph) -> Iterator[tuple[int, int]]:
    """Where neighbours of the same look and level begin and end; a blank, and each checkbox, stands for itself."""
    stretches: list[tuple[object, int]] = []
    for (owner, level), together in groupby(zip(given.owners, given.levels, strict=True)):
        span = given.spans[owner]
        alone = owner if span.blank or span.field else None
        stretches.append(((span.strong, span.href, span.language, alone, level), len(list(together))))
    start = 0
    for _, alike in groupby(stretches, itemgetter(0)):
        end = start + sum(length for _, length in alike)
        yield start, end
        start = end


def _apart(given: Paragraph, stretches: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """`stretches` with the spaces between Urdu and left-to-right text by themselves, for Nastaliq's are too narrow there."""
    text, levels = given.text, given.levels
    for start, end in stretches:
        first, last = start, end
        if levels[start] % 2 and given.language_at(start).split("-", 1)[0] == "ur":
            first += text[start] in _WORD_SPACES and start > 0 and levels[start - 1] % 2 == 0
            last -= text[end - 1] in _WORD_SPACES and first < end < len(text) and levels[end] % 2 == 0
        yield from ((one, other) for one, other in pairwise((start, first, last, end)) if one < other)
