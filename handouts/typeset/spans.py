"""Spans → a paragraph: what is drawn, character by character, with its levels and the places where a line may begin."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from handouts.content.blocks import Field
from handouts.content.cldr import Direction, direction_of
from handouts.typeset.bidi import CONTROLS, FSI, LRI, PDI, RLI, contained, has_two_directions
from handouts.typeset.breaks import line_breaks
from handouts.typeset.icu import levels

SPACES = frozenset(" \t\n\r\f\v")
BREAK_WITHOUT_SIGN, WORD_JOINER, BOX = "\u200b", "\u2060", "\ufffc"
STEERING = CONTROLS | {BREAK_WITHOUT_SIGN, WORD_JOINER, "\ufeff"}
# Joiners, direction marks and soft hyphens steer breaking, joining or order and have no sign of their own.
UNDRAWN = dict.fromkeys((0xAD, 0x200C, 0x200D, *(ord(char) for char in STEERING)))


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text in one look, or a checkbox that stands among the text.

    `blank` names the blank whose printed value it is ("" for words of the template), for messages; the value is isolated, so
    that it and the text around it keep their own order.
    `language` is a BCP 47 tag where it is not that of the text around it.
    """

    text: str
    strong: bool = False
    href: str | None = None
    blank: str = ""
    field: Field | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text as it is drawn, with spaces made one and nothing unseen left, and what is known of each of its characters.

    `owners` are the spans they come from, `levels` those of UAX #9, `breaks` the indices before which a line may begin.
    A checkbox is one character, U+FFFC.
    """

    spans: tuple[Span, ...]
    text: str
    owners: Sequence[int]
    levels: Sequence[int]
    breaks: tuple[int, ...]
    language: str
    direction: Direction

    def box(self, index: int) -> Field | None:
        """The checkbox at `index`."""
        return self.spans[self.owners[index]].field

    def language_at(self, index: int) -> str:
        """The language of the character at `index`."""
        return self.spans[self.owners[index]].language or self.language


@dataclass(slots=True)
class _Gathered:
    """Characters with their owners, those that only steer among them."""

    chars: list[str] = field(default_factory=list[str])
    owners: list[int] = field(default_factory=list[int])
    space: int | None = None
    after_box: bool = True  # nor does a space stand at the start

    def add(self, char: str, owner: int) -> None:
        self.chars.append(char)
        self.owners.append(owner)

    def settle(self) -> None:
        """The space that is due."""
        if self.space is not None and not self.after_box:
            if self.chars[-1] == BREAK_WITHOUT_SIGN:
                self.chars[-1], self.owners[-1] = " ", self.space
            else:
                self.add(" ", self.space)
        self.space = None


def paragraph(spans: Iterable[Span], language: str) -> Paragraph:
    """`spans` as a paragraph in `language` and its direction."""
    given = tuple(spans)
    base = direction_of(language)
    isolating = base == "rtl" or any(has_two_directions(span.text) or span.language for span in given)
    found = _Gathered()
    for owner, span in enumerate(given):
        if span.field is not None:
            found.space = None
            found.add(BOX, owner)
            found.after_box = True
        else:
            _gather(found, span, owner, _isolate(span, base, language) if isolating else "")
    text = "".join(found.chars)
    drawn = [index for index, char in enumerate(text) if char not in STEERING]
    at_levels = levels(text, 1 if base == "rtl" else 0) if isolating and text else bytes(len(text))
    owners = [found.owners[index] for index in drawn]
    shown = "".join([text[index] for index in drawn])
    breaks = _breaks(text, shown, language, [given[owner].field is not None for owner in owners])
    return Paragraph(given, shown, owners, [at_levels[index] for index in drawn], breaks, language, base)


def _isolate(span: Span, base: Direction, language: str) -> str:
    """What a span begins with so that it disturbs no text around it and none disturbs it ("": nothing)."""
    if span.href and span.href.startswith("tel:"):
        return LRI
    if span.blank:
        return FSI
    if span.language and span.language != language and direction_of(span.language) != base:
        return RLI if base == "ltr" else LRI
    return ""


def _gather(found: _Gathered, span: Span, owner: int, isolate: str) -> None:
    text = unicodedata.normalize("NFC", span.text.replace("\xad", ""))
    opened = False
    for char in contained(text) if isolate or span.blank else text:
        if char in SPACES:
            found.space = owner if found.space is None else found.space
        elif char == BREAK_WITHOUT_SIGN and (found.space is not None or found.after_box):
            continue  # a line may end at the space anyway
        else:
            found.settle()
            if isolate and not opened:
                found.add(isolate, owner)
                opened = True
            found.add(char, owner)
            if char not in STEERING:
                found.after_box = False
    if opened:
        found.add(PDI, owner)


def _breaks(text: str, drawn: str, language: str, boxes: Sequence[bool]) -> tuple[int, ...]:
    """Where a line may begin in `drawn`: before a checkbox always, after one never, between letters as the language has it."""
    steered = "".join([char for char in text if char not in CONTROLS])
    allowed: set[int] = set()
    shown = at = 0
    for place in line_breaks(steered, language) if steered else ():
        shown += sum(1 for char in steered[at:place] if char not in STEERING)
        at = place
        allowed.add(shown)
    for index, box in enumerate(boxes):
        if box:
            allowed.add(index)
            allowed.discard(index + 1)
    for index in range(1, len(boxes)):
        if boxes[index] and boxes[index - 1]:
            allowed.add(index)
    return tuple(sorted(index for index in allowed if 0 < index < len(drawn)))
