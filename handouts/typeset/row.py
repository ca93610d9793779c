"""Words that were shaped by themselves → a shaped text of them all."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from handouts.typeset.fonts import Glyph
from handouts.typeset.shape import Shaped


class Row(Shaped):
    """Shaped words, and the spaces between them, one after the other from left to right; none changes another."""

    __slots__ = ("words",)

    def __init__(self, words: Sequence[Shaped]) -> None:
        self.text = "".join([word.text for word in words])
        self.words = words
        self.rtl = False
        self.kept = {}
        self._pens = []
        self.advance = sum([word.advance for word in words])

    @property
    def glyphs(self) -> tuple[Glyph, ...]:  # type: ignore[override]
        """All that is drawn."""
        return tuple([glyph for word in self.words for glyph in word.glyphs])

    @property
    def begins(self) -> Sequence[int]:  # type: ignore[override]
        """The first characters of the glyphs' clusters."""
        starts = accumulate([len(word.text) for word in self.words], initial=0)
        return [start + begin for start, word in zip(starts, self.words, strict=False) for begin in word.begins]

    @property
    def moves(self) -> list[float]:
        """How far each character moves the pen."""
        return [move for word in self.words for move in word.moves]

    def reach(self, at: int) -> float:
        """How far what stands before character `at` moves the pen."""
        found = 0.0
        for word in self.words:
            length = len(word.text)
            if at < length:
                return found + word.reach(at)
            found += word.advance
            at -= length
        return found

    def part(self, start: int, end: int) -> Shaped | None:
        """The characters `start` to `end` alone, as of any shaped text."""
        found: list[Shaped] = []
        at = 0
        for word in self.words:
            after = at + len(word.text)
            if start <= at and after <= end:
                found.append(word)
            elif at < end and start < after:
                part = word.part(max(start, at) - at, min(end, after) - at)
                if part is None:
                    return None
                found.append(part)
            at = after
        return found[0] if len(found) == 1 else Row(found)
