"""Spans → a paragraph: what is drawn, character by character, with its levels and the places where a line may begin."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from handouts.content.blocks import Field
from handouts.content.cldr import Direction, direction_of
from handouts.typeset.bidi import CONTROLS, FSI, LRI, PDI, RLI, contained, has_two_directions
from handouts.typeset.breaks import line_breaks

SPACES = frozenset(" \t\n\r\f\v")
BREAK_WITHOUT_SIGN, WORD_JOINER, BOX = "\u200b", "\u2060", "\ufffc"
STEERING = CONTROLS | {BREAK_WITHOUT_SIGN, WORD_JOINER, "\ufeff"}
_PIECES = re.compile(r"[ \t\n\r\f\v]+|\u200b|[^ \t\n\r\f\v\u200b]+")
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

    def add(self, chars: str, owner: int) -> None:
        self.chars += chars
        self.owners += [owner] * len(chars)

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
    at_levels = _levels(text, base) if isolating and text else bytes(len(text))
    breaks = _breaks(text, language)
    shown, owners = text, found.owners
    if not STEERING.isdisjoint(text):
        drawn = [index for index, char in enumerate(text) if char not in STEERING]
        shown = "".join([text[index] for index in drawn])
        owners, at_levels = ([each[index] for index in drawn] for each in (owners, at_levels))
    boxes = [index for index, owner in enumerate(owners) if given[owner].field is not None] if BOX in shown else []
    return Paragraph(given, shown, owners, list(at_levels), _beside(boxes, breaks, len(shown)), language, base)


def _levels(text: str, base: Direction) -> Sequence[int]:
    from handouts.typeset.icu import levels  # noqa: PLC0415 - loads ctypes, which text in one direction does without

    return levels(text, 1 if base == "rtl" else 0)


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
    for piece in _PIECES.findall(contained(text) if isolate or span.blank else text):
        if piece[0] in SPACES:
            found.space = owner if found.space is None else found.space
        elif piece == BREAK_WITHOUT_SIGN and (found.space is not None or found.after_box):
            continue  # a line may end at the space anyway
        else:
            found.settle()
            if isolate and not opened:
                found.add(isolate, owner)
                opened = True
            found.add(piece, owner)
            if not STEERING.issuperset(piece):
                found.after_box = False
    if opened:
        found.add(PDI, owner)


def _breaks(text: str, language: str) -> set[int]:
    """Where a line may begin, by the indices of what is drawn of `text`: between letters as the language has it."""
    if STEERING.isdisjoint(text):
        return set(line_breaks(text, language)) if text else set()
    steered = "".join([char for char in text if char not in CONTROLS])
    shown = list(accumulate([char not in STEERING for char in steered], initial=0))
    return {shown[place] for place in line_breaks(steered, language)} if steered else set()


def _beside(boxes: Iterable[int], breaks: set[int], length: int) -> tuple[int, ...]:
    """`breaks` in their order, with those before each of the checkboxes, and after one only where another follows."""
    breaks -= {box + 1 for box in boxes}
    return tuple(sorted(index for index in breaks.union(boxes) if 0 < index < length))
