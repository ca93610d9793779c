"""Text into lines: spans become a plan, and what is in their blanks makes lines of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Generic, TypeVar

from handouts import memory
from handouts.errors import Fault, RefusedAppointment, TemplateError
from handouts.typeset.fonts import candidates
from handouts.typeset.holes import Given, Hole
from handouts.typeset.lines import Align, BoxSize, Line, LineLook, Segment
from handouts.typeset.plan import Pattern, Plan, TooWide
from handouts.typeset.shape import Shaped, first_with, script_of
from handouts.typeset.spans import SPACES, UNDRAWN, Span
from handouts.typeset.values import Value, Values

__all__ = [
    "Align",
    "BoxSize",
    "Line",
    "LineLook",
    "LineSetter",
    "Own",
    "Segment",
    "Span",
    "drawable",
    "require_glyphs",
    "set_lines",
]

_MOST_PLANS = 256

T = TypeVar("T")


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
    words = tuple(replace(span, text="") if span.blank else span for span in given)
    setter = _remembered(words, LineLook(measure, size, leading, align, box or BoxSize(), language), place)
    values = Values()
    pattern, shown = setter.set([values.of(span.text) for span in given if span.blank], values)
    return tuple([line.filled(shown) for line in pattern.lines])


class LineSetter(Generic[T]):
    """Sets the same `spans` for the values of many packets; each line, with holes for them, becomes what `finish` makes of it.

    The texts of blanks are left out. What is found out stays known by the skeletons of the values, if they tell nothing of a
    patient. With `one_stop` a sentence that ends with a blank that ends in a full stop ("1:00 p.m.", "Lee Jr.") has no second.
    `place` is told in errors. `blanks` are the names of its blanks, in their order.
    """

    def __init__(
        self,
        spans: tuple[Span, ...],
        look: LineLook,
        place: str,
        finish: Callable[[Line], T],
        *,
        one_stop: bool = False,
    ) -> None:
        self.blanks = tuple(span.blank for span in spans if span.blank)
        self._spans, self._place, self._one_stop = spans, place, one_stop
        self._look, self._finish = look, finish
        self._plans: dict[tuple[str, ...], Plan[T]] = {}

    def set(self, values: Sequence[Value], known: Values) -> tuple[Pattern[T], Given]:
        """The lines with these values of the blanks, in their order, and what is in their holes."""
        try:
            own = Own(values)
            return self.pattern(values, own, known), own
        except TooWide:
            values = [value.as_it_is() for value in values]
            own = Own(values)
            return self.pattern(values, own, known), own

    def pattern(self, values: Sequence[Value], given: Given, known: Values) -> Pattern[T]:
        """The lines as these values break them, and what is `given` for them; what tells of a patient is kept in `known` alone.

        Raises as `Plan.pattern`.
        """
        key = tuple([value.skeleton for value in values])
        plan = self._plans.get(key) or self._plan(key, values, known)
        return plan.pattern(values, given)

    def _plan(self, key: tuple[str, ...], values: Sequence[Value], known: Values) -> Plan[T]:
        named = zip(values, self.blanks, strict=True)
        if not any(known.skeleton_tells(value, blank) for value, blank in named):
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            plan = self._plans[key] = self._new(key, tells=False)
            return plan
        if (self, key) not in known.kept:
            known.kept[self, key] = self._new(key, tells=True)
        return known.kept[self, key]

    def _new(self, skeletons: Sequence[str], *, tells: bool) -> Plan[T]:
        texts = iter(skeletons)
        spans = tuple([replace(span, text=next(texts)) if span.blank else span for span in self._spans])
        if self._one_stop:
            spans = tuple(_with_one_stop(spans))
        require_glyphs(spans, self._place)
        return Plan(spans, self._look, self._finish, tells=tells)


class Own(dict[Hole, Shaped]):
    """What is drawn in the holes of a paragraph with these values of its blanks, in their order."""

    def __init__(self, values: Sequence[Value]) -> None:
        super().__init__()
        self._values = values

    def __missing__(self, hole: Hole) -> Shaped:
        found = self[hole] = hole.of(self._values[hole.run.blank])
        return found


def _with_one_stop(spans: Iterable[Span]) -> Iterator[Span]:
    """`spans` without the full stop of a sentence that ends with a blank that ends in one."""
    before: Span | None = None
    for span in spans:
        ended = before is not None and before.blank and before.text.endswith(".") and span.text.startswith(".")
        before = replace(span, text=span.text[1:]) if ended and not span.blank else span
        yield before


@memory.remembered(64)
def _remembered(spans: tuple[Span, ...], look: LineLook, place: str) -> LineSetter[Line]:
    return LineSetter(spans, look, place, lambda line: line)


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
